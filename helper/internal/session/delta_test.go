package session

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"devspace-helper/internal/wire"
)

func (c *client) got(id uint64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.content[id]
}

// random writes a file of random content and returns both.
func random(t *testing.T, root, name string, size int) []byte {
	content := make([]byte, size)
	_, _ = rand.Read(content)
	write(t, root, name, string(content))
	return content
}

func TestSumsOfBlocks(t *testing.T) {
	for name, size := range map[string]int{"empty": 0, "less than a block": 100, "whole blocks": 8 * 4096, "a rest": 300_001} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			content := random(t, root, "f", size)
			c := start(t, root)
			c.open(wire.NoWatch)
			end := c.ask(wire.Request{Type: wire.Sign, Path: "f", Block: 4096})
			var want []byte
			for rest := content; len(rest) > 0; {
				n := 4096
				if n > len(rest) {
					n = len(rest)
				}
				sum := crc32.ChecksumIEEE(rest[:n])
				want = append(want, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
				rest = rest[n:]
			}
			if end.Type != wire.HelperEnd || end.Hash != sha256.Sum256(want) || !bytes.Equal(c.got(end.ID), want) {
				t.Errorf("%+v, %d bytes of sums instead of %d", end, len(c.got(end.ID)), len(want))
			}
		})
	}
}

func TestPartsOfAFile(t *testing.T) {
	root := t.TempDir()
	content := random(t, root, "f", 200_000)
	c := start(t, root)
	c.open(wire.NoWatch)
	end := c.ask(wire.Request{Type: wire.Get, Path: "f", Ranges: []wire.Range{{Offset: 100_000, Length: 99_999}, {Offset: 0, Length: 1}}})
	want := append(append([]byte{}, content[100_000:199_999]...), content[0])
	if end.Type != wire.HelperEnd || end.Hash != sha256.Sum256(want) || !bytes.Equal(c.got(end.ID), want) {
		t.Errorf("%+v", end)
	}
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: "f", Ranges: []wire.Range{{Offset: 199_999, Length: 2}}}), wire.Changed)
}

// copies is a PUT of what the pieces make: a part of the old file, or content.
func copies(id uint64, r wire.Request, old []byte, pieces ...any) ([]wire.Request, []byte) {
	var result []byte
	var frames []wire.Request
	for _, piece := range pieces {
		switch piece := piece.(type) {
		case wire.Range:
			frames = append(frames, wire.Request{Type: wire.Copy, ID: id, Range: piece})
			result = append(result, old[piece.Offset:piece.Offset+piece.Length]...)
		case []byte:
			frames = append(frames, wire.Request{Type: wire.Data, ID: id, Data: piece})
			result = append(result, piece...)
		}
	}
	r.Type, r.ID, r.Size = wire.Put, id, uint64(len(result))
	frames = append([]wire.Request{r}, frames...)
	return append(frames, wire.Request{Type: wire.End, ID: id, Hash: sha256.Sum256(result)}), result
}

func TestPutCopiesFromWhatIsThere(t *testing.T) {
	root := t.TempDir()
	old := random(t, root, "f", 1<<20)
	c := start(t, root)
	c.open(wire.NoWatch)
	r := wire.Request{Path: "f", Mode: 0o644, Expect: wire.Expect{Kind: wire.Exactly, Stamp: c.tree()["f"].Stamp}}
	frames, want := copies(c.id(), r, old,
		[]byte("new head"), wire.Range{Offset: 0, Length: 400_000}, wire.Range{Offset: 400_000, Length: 1}, []byte("in"),
		[]byte("serted"), wire.Range{Offset: 500_000, Length: 500_000}, wire.Range{Offset: 7, Length: 9}, []byte("tail"))
	c.send(frames...)
	e := c.applied(c.answer(frames[0].ID))
	if got, _ := os.ReadFile(filepath.Join(root, "f")); !bytes.Equal(got, want) || e.Size != uint64(len(want)) {
		t.Errorf("%d bytes instead of %d, or others; %+v", len(got), len(want), e)
	}
	if left := leftovers(t, root, c.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What is complete and still being put together holds up what comes after it: nothing is refused.
func TestManyPutsThatCopy(t *testing.T) {
	root := t.TempDir()
	old := make([]byte, 1<<20)
	const puts = 150
	for i := 0; i < puts; i++ {
		write(t, root, "f"+strconv.Itoa(i), string(old))
	}
	c := start(t, root)
	c.open(wire.NoWatch)
	tree := c.tree()
	var ids []uint64
	var requests []wire.Request
	for i := 0; i < puts; i++ {
		path := "f" + strconv.Itoa(i)
		r := wire.Request{Path: path, Mode: 0o644, Expect: wire.Expect{Kind: wire.Exactly, Stamp: tree[path].Stamp}}
		frames, _ := copies(c.id(), r, old, wire.Range{Offset: 0, Length: 1 << 20}, []byte("new"))
		ids, requests = append(ids, frames[0].ID), append(requests, frames...)
	}
	c.send(requests...)
	for _, id := range ids {
		c.applied(c.answer(id))
	}
}

func TestPutThatCannotCopyChangesNothing(t *testing.T) {
	root := t.TempDir()
	old := random(t, root, "f", 100_000)
	c := start(t, root)
	c.open(wire.NoWatch)
	stamp := c.tree()["f"].Stamp
	exactly := wire.Request{Path: "f", Mode: 0o644, Expect: wire.Expect{Kind: wire.Exactly, Stamp: stamp}}
	whole := wire.Range{Offset: 0, Length: 100_000}

	frames, _ := copies(c.id(), exactly, old, whole)
	frames[len(frames)-1].Hash[0] ^= 1
	c.send(frames...)
	c.failed(c.answer(frames[0].ID), wire.Mismatch)

	frames, _ = copies(c.id(), exactly, old, whole)
	frames[1].Offset = 50_000 // beyond the end
	c.send(frames...)
	c.failed(c.answer(frames[0].ID), wire.Changed)

	frames, _ = copies(c.id(), exactly, old, whole)
	frames[0].Size-- // more than said
	c.send(frames...)
	c.failed(c.answer(frames[0].ID), wire.Mismatch)

	for name, r := range map[string]wire.Request{"nothing there": {Path: "new"}, "no expectation": {Path: "f"}} {
		frames, _ = copies(c.id(), r, old, whole)
		c.send(frames...)
		if got := c.answer(frames[0].ID); got.Type != wire.Failed {
			t.Errorf("%s: %+v", name, got)
		}
	}
	frames, _ = copies(c.id(), exactly, old, whole, []byte("x"))
	c.send(frames[:2]...)
	c.send(wire.Request{Type: wire.Cancel, ID: frames[0].ID})
	c.failed(c.answer(frames[0].ID), wire.Cancelled)

	frames, _ = copies(c.id(), exactly, old, whole, []byte("x"))
	c.send(frames[0], frames[1], wire.Request{Type: wire.Ping, ID: 1})
	c.await("PONG", func(r *wire.Reply) bool { return r.Type == wire.Pong }) // the PUT has opened what it copies from
	write(t, root, "f", "edited meanwhile")
	c.send(frames[2], frames[3])
	c.failed(c.answer(frames[0].ID), wire.Changed)
	if got, _ := os.ReadFile(filepath.Join(root, "f")); string(got) != "edited meanwhile" {
		t.Errorf("an edit was lost: %.40q", got)
	}
	if left := leftovers(t, root, c.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
