package session

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"devspace-helper/internal/wire"
)

func small(path, content string, expect wire.ExpectKind) wire.SmallFile {
	return wire.SmallFile{
		Path: path, Mode: 0o640, Mtime: wire.Time{Sec: 1600000000, Nsec: 5}, Data: []byte(content),
		Hash: sha256.Sum256([]byte(content)), Expect: wire.Expect{Kind: expect},
	}
}

// puts sends a PUTS and returns how each file went.
func (c *client) puts(files ...wire.SmallFile) []wire.Outcome {
	c.t.Helper()
	id := c.id()
	c.send(wire.Request{Type: wire.Puts, ID: id, Files: files})
	var outcomes []wire.Outcome
	c.await("an answer for each file", func(r *wire.Reply) bool {
		if r.ID == id && r.Type == wire.Placed {
			outcomes = append(outcomes, r.Outcomes...)
		}
		return len(outcomes) >= len(files)
	})
	if len(outcomes) != len(files) {
		c.t.Fatalf("%d files, and the answer is %+v", len(files), outcomes)
	}
	return outcomes
}

// One bad file of a PUTS stops no other, and each is judged as a PUT would be.
func TestEachSmallFileForItself(t *testing.T) {
	base := t.TempDir()
	root := filepath.Join(base, "root")
	write(t, base, "outside/secret", "secret")
	write(t, root, "there", "old")
	write(t, root, "edited", "old")
	write(t, root, "dir/child", "x")
	write(t, root, "dir/any", "old")
	must(t, os.Symlink("../outside", filepath.Join(root, "out")))
	must(t, os.Symlink("../outside/secret", filepath.Join(root, "leaf")))
	must(t, syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600))
	c := start(t, root)
	c.open(wire.NoWatch)
	stamp := c.tree()["there"].Stamp
	stale := c.tree()["edited"].Stamp
	write(t, root, "edited", "mine")
	exactly := func(path string, stamp wire.Stamp) wire.SmallFile {
		f := small(path, "new", wire.Exactly)
		f.Expect.Stamp = stamp
		return f
	}
	wrong := small("wrong", "x", wire.Anything)
	wrong.Hash[0]++
	cases := []struct {
		file wire.SmallFile
		code wire.Code
	}{
		{small("first", "1", wire.Nothing), 0},
		{small("dir", "x", wire.Anything), wire.WrongKind},
		{small("dir/new", "2", wire.Nothing), 0},
		{small("dir/child", "lost", wire.Nothing), wire.Changed},
		{small("dir/any", "new", wire.Anything), 0},
		{small("there/below", "x", wire.Anything), wire.WrongKind},
		{exactly("there", stamp), 0},
		{exactly("edited", stale), wire.Changed},
		{exactly("not/there", stamp), wire.Changed},
		{small("out/secret", "evil", wire.Anything), wire.Unsafe},
		{small("out/new", "evil", wire.Nothing), wire.Unsafe},
		{small("leaf", "a file now", wire.Anything), 0},
		{small("pipe", "a file now", wire.Anything), 0},
		{small("", "x", wire.Anything), wire.Unsafe},
		{small(".devspace-stage-1", "x", wire.Anything), wire.Unsafe},
		{small("dir/.devspace/x", "x", wire.Anything), wire.Unsafe},
		{wrong, wire.Mismatch},
		{small("made/on/the/way", "3", wire.Nothing), 0},
		{small("made/on/the/other", "", wire.Nothing), 0},
		{small("last", strings.Repeat("x", wire.MaxSmall), wire.Nothing), 0},
		{small("last", "twice", wire.Nothing), wire.Changed},
	}
	var files []wire.SmallFile
	for _, one := range cases {
		files = append(files, one.file)
	}
	outcomes := c.puts(files...)
	c.ask(wire.Request{Type: wire.Scan})
	tree := c.tree()
	for i, got := range outcomes {
		f, code := cases[i].file, cases[i].code
		if got.Code != code {
			t.Errorf("%q: code %d (%s), want %d", f.Path, got.Code, got.Text, code)
		}
		if code != 0 {
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, f.Path))
		if err != nil || string(content) != string(f.Data) {
			t.Errorf("%q holds %q, %v", f.Path, content, err)
		}
		got.Entry.Path = f.Path
		if now := tree[f.Path]; got.Entry != now || now.Mode != 0o640 || now.Mtime != f.Mtime {
			t.Errorf("%q was said to be %+v and is %+v", f.Path, got.Entry, now)
		}
	}
	if got, _ := os.ReadFile(filepath.Join(root, "edited")); string(got) != "mine" {
		t.Errorf("an edit was destroyed: %q", got)
	}
	if _, err := os.Lstat(filepath.Join(root, "not")); err == nil {
		t.Error("a refused file left a directory behind")
	}
	if got, _ := os.ReadFile(filepath.Join(base, "outside/secret")); string(got) != "secret" {
		t.Errorf("outside, secret holds %q", got)
	}
	if left, _ := os.ReadDir(filepath.Join(base, "outside")); len(left) != 1 {
		t.Errorf("outside now holds %v", left)
	}
	if stages := leftovers(t, root, c.home); len(stages) > 0 {
		t.Errorf("left behind: %v", stages)
	}
}

// What somebody does to the files of a PUTS is told as what happens to others.
func TestSmallFilesAreWatched(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(0)
	var files []wire.SmallFile
	for i := 0; i < 200; i++ {
		files = append(files, small("d"+strconv.Itoa(i%7)+"/f"+strconv.Itoa(i), "x", wire.Nothing))
	}
	mark := c.mark()
	for i, outcome := range c.puts(files...) {
		if outcome.Code != 0 {
			t.Fatalf("%q: %s", files[i].Path, outcome.Text)
		}
	}
	must(t, os.RemoveAll(filepath.Join(root, "d3")))
	c.awaitEntry(mark, "the removal", func(e *wire.Entry) bool { return e.Path == "d3" && e.Kind == wire.Absent })
	c.settled("the tree as it is", matches(t, root))
	// The id of an upload that is open cannot be used.
	id := c.id()
	c.send(wire.Request{Type: wire.Put, ID: id, Path: "f", Size: 1}, wire.Request{Type: wire.Puts, ID: id, Files: files[:1]})
	c.await("FATAL", func(r *wire.Reply) bool { return r.Type == wire.Fatal && r.Code == wire.ProtocolError })
}
