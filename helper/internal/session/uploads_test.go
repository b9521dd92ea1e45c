package session

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"devspace-helper/internal/wire"
)

func TestInterleavedUploads(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(wire.NoWatch)
	const uploads = 64
	var frames [uploads][]wire.Request
	for i := range frames {
		content := bytes.Repeat([]byte{byte(i)}, 1000*(i+1)) // some are kept in memory, some are staged
		frames[i] = putFrames(c.id(), wire.Request{Path: "d/f" + strconv.Itoa(i), Mode: 0o644}, content, 20_000)
	}
	for round, left := 0, true; left; round++ {
		left = false
		for i := range frames {
			if round < len(frames[i]) {
				c.send(frames[i][round])
				left = true
			}
		}
		if round == 0 {
			c.failed(c.put(wire.Request{Path: "one too many"}, nil, 1), wire.Other)
		}
	}
	for i := range frames {
		e := c.applied(c.answer(frames[i][0].ID))
		got, err := os.ReadFile(filepath.Join(root, e.Path))
		if err != nil || !bytes.Equal(got, bytes.Repeat([]byte{byte(i)}, 1000*(i+1))) {
			t.Errorf("%s: %d bytes, %v", e.Path, len(got), err)
		}
	}
}

// A change to a tree may be sent without waiting for answers in between.
func TestPipelinedTree(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(0)
	none := wire.Expect{Kind: wire.Nothing}
	requests := []wire.Request{{Type: wire.Mkdir, ID: c.id(), Path: "a", Expect: none, Mode: 0o750}}
	requests = append(requests, putFrames(c.id(), wire.Request{Path: "a/f", Expect: none, Mode: 0o640}, []byte("x"), 10)...)
	requests = append(requests,
		wire.Request{Type: wire.Symlink, ID: c.id(), Path: "a/l", Expect: none, Text: "f"},
		wire.Request{Type: wire.Remove, ID: c.id(), Path: "a/f"}, wire.Request{Type: wire.Remove, ID: c.id(), Path: "a/l"},
		wire.Request{Type: wire.Remove, ID: c.id(), Path: "a"}, wire.Request{Type: wire.Mkdir, ID: c.id(), Path: "b", Expect: none, Mode: 0o700})
	c.send(requests...)
	for id := uint64(1); id <= c.nextID; id++ {
		c.applied(c.answer(id))
	}
	c.settled("only b", matches(t, root))
}

func TestContentIsChecked(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(wire.NoWatch)
	for _, size := range []int{100, 100_000} {
		content := bytes.Repeat([]byte("x"), size)
		for name, spoil := range map[string]func([]wire.Request) []wire.Request{
			"a wrong hash": func(f []wire.Request) []wire.Request { f[len(f)-1].Hash[0] ^= 1; return f },
			"too little":   func(f []wire.Request) []wire.Request { f[0].Size++; return f },
			"too much":     func(f []wire.Request) []wire.Request { f[0].Size--; return f },
		} {
			id := c.id()
			c.send(spoil(putFrames(id, wire.Request{Path: "f", Mode: 0o644}, content, 1000))...)
			c.failed(c.answer(id), wire.Mismatch)
			if _, err := os.Lstat(filepath.Join(root, "f")); err == nil {
				t.Errorf("%s of %d bytes came into place", name, size)
			}
		}
	}
	if stages := leftovers(t, root, c.home); len(stages) > 0 {
		t.Errorf("left behind: %v", stages)
	}
}
