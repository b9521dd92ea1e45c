package session

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"devspace-helper/internal/wire"
)

func TestHelloOpenAndScan(t *testing.T) {
	root := t.TempDir()
	write(t, root, "src/a.txt", "hello\n")
	write(t, root, "node_modules/x/y.js", "no")
	write(t, root, ".devspace/cache", "no")
	write(t, root, "src/.devspace/cache", "no")
	write(t, root, ".devspace-stage-1", "no")
	must(t, os.Symlink("../elsewhere", filepath.Join(root, "src/link")))
	must(t, syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600))
	must(t, os.WriteFile(filepath.Join(root, "caf\xe9"), nil, 0o644))
	c := start(t, root)
	hello := c.await("HELLO", func(r *wire.Reply) bool { return true })
	if hello.Type != wire.Hello || hello.Version != wire.Version || hello.OS != "linux" || hello.PID != uint64(c.command.Process.Pid) {
		t.Errorf("%+v", hello)
	}
	c.open(0, "node_modules/")
	opened := c.await("OPENED", func(r *wire.Reply) bool { return r.Type == wire.Opened })
	if opened.Text != root || opened.Flags != wire.Watching {
		t.Errorf("%+v", opened)
	}
	known := c.tree()
	want := map[string]wire.Kind{
		"": wire.Directory, "src": wire.Directory, "src/a.txt": wire.File, "src/link": wire.Link,
		"pipe": wire.Special, "caf\uFFFDe9": wire.Unreadable,
	}
	for path, kind := range want {
		if known[path].Kind != kind {
			t.Errorf("%q: %+v, want kind %d", path, known[path], kind)
		}
	}
	if len(known) != len(want) {
		t.Errorf("listed %v", known)
	}
	if e := known["src/a.txt"]; e.Size != 6 || e.Mode != 0o644 || e.Mtime.Sec == 0 {
		t.Errorf("%+v", e)
	}
	if e := known["src/link"]; e.Text != "../elsewhere" {
		t.Errorf("%+v", e)
	}
}

func TestPutGetHashRoundTrip(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(0)
	for name, size := range map[string]int{"empty": 0, "small": 1024, "edge": 32 << 10, "past the edge": 32<<10 + 1, "deep/er/big": 3 << 20} {
		content := make([]byte, size)
		_, _ = rand.Read(content)
		mtime := wire.Time{Sec: 1600000000, Nsec: 123456789}
		e := c.applied(c.put(wire.Request{Path: name, Expect: wire.Expect{Kind: wire.Nothing}, Mode: 0o4751, Mtime: mtime}, content, 100_000))
		if e.Mode != 0o4751 || e.Mtime != mtime || e.Size != uint64(size) {
			t.Errorf("%s: %+v", name, e)
		}
		onDisk, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !bytes.Equal(onDisk, content) {
			t.Errorf("%s: content differs, %v", name, err)
		}
		end := c.ask(wire.Request{Type: wire.Get, Path: name, Expect: wire.Expect{Kind: wire.Exactly, Stamp: e.Stamp}})
		if end.Type != wire.HelperEnd || end.Entry != e || end.Hash != sha256.Sum256(content) {
			t.Errorf("%s: %+v", name, end)
		}
		c.mu.Lock()
		got := c.content[end.ID]
		c.mu.Unlock()
		if !bytes.Equal(got, content) {
			t.Errorf("%s: GET gave other content", name)
		}
		hashed := c.ask(wire.Request{Type: wire.HashOf, Path: name})
		if hashed.Type != wire.Hashed || hashed.Hash != sha256.Sum256(content) || hashed.Stamp != e.Stamp {
			t.Errorf("%s: %+v", name, hashed)
		}
		// The watcher's echo of our own change says nothing new.
		echo := c.awaitEntry(0, "the echo of "+name, func(e *wire.Entry) bool { return e.Path == name })
		if echo != e {
			t.Errorf("%s: echo %+v, applied %+v", name, echo, e)
		}
	}
	if stages := leftovers(t, root, c.home); len(stages) > 0 {
		t.Errorf("left behind: %v", stages)
	}
}

func TestExpectations(t *testing.T) {
	root := t.TempDir()
	write(t, root, "there", "old")
	c := start(t, root)
	c.open(wire.NoWatch)
	stamp := c.tree()["there"].Stamp
	none := wire.Expect{Kind: wire.Nothing}
	exactly := wire.Expect{Kind: wire.Exactly, Stamp: stamp}

	c.failed(c.put(wire.Request{Path: "there", Expect: none}, []byte("new"), 10), wire.Changed)
	c.failed(c.put(wire.Request{Path: "there", Expect: none}, make([]byte, 100_000), 1<<17), wire.Changed)
	c.failed(c.put(wire.Request{Path: "not/there", Expect: exactly}, []byte("new"), 10), wire.Changed)
	if _, err := os.Lstat(filepath.Join(root, "not")); err == nil {
		t.Error("a refused PUT left a directory behind")
	}
	write(t, root, "there", "NEW") // the same size, most likely within the same second
	for kind, r := range map[string]wire.Request{
		"PUT": {Type: wire.Put}, "GET": {Type: wire.Get}, "REMOVE": {Type: wire.Remove},
		"CHMOD": {Type: wire.Chmod, Mode: 0o600}, "SYMLINK": {Type: wire.Symlink, Text: "x"}, "MKDIR": {Type: wire.Mkdir, Mode: 0o700},
	} {
		r.Path, r.Expect = "there", exactly
		if r.Type == wire.Put {
			c.failed(c.put(r, []byte("lost"), 10), wire.Changed)
		} else {
			c.failed(c.ask(r), wire.Changed)
		}
		if got, _ := os.ReadFile(filepath.Join(root, "there")); string(got) != "NEW" {
			t.Fatalf("%s destroyed an edit: %q", kind, got)
		}
	}
	now := c.applied(c.ask(wire.Request{Type: wire.Chmod, Path: "there", Mode: 0o640}))
	if now.Mode != 0o640 || now.Stamp == stamp {
		t.Errorf("%+v", now)
	}
	c.applied(c.put(wire.Request{Path: "there", Expect: wire.Expect{Kind: wire.Exactly, Stamp: now.Stamp}, Mode: 0o600}, []byte("mine"), 10))
}

func TestKindsAndAbsence(t *testing.T) {
	root := t.TempDir()
	write(t, root, "dir/child", "x")
	write(t, root, "file", "x")
	must(t, syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600))
	must(t, os.Symlink("file", filepath.Join(root, "link")))
	c := start(t, root)
	c.open(wire.NoWatch)
	for _, path := range []string{"", "dir", "pipe", "link"} { // none of which may hang or be followed
		c.failed(c.ask(wire.Request{Type: wire.Get, Path: path}), wire.WrongKind)
		c.failed(c.ask(wire.Request{Type: wire.HashOf, Path: path}), wire.WrongKind)
	}
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: "nothing"}), wire.NotFound)
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: "no/thing"}), wire.NotFound)
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: "file/below"}), wire.WrongKind)
	c.failed(c.put(wire.Request{Path: "dir"}, []byte("x"), 10), wire.WrongKind)
	c.failed(c.put(wire.Request{Path: "file/below"}, []byte("x"), 10), wire.WrongKind)
	c.failed(c.ask(wire.Request{Type: wire.Symlink, Path: "dir", Text: "x"}), wire.WrongKind)
	c.failed(c.ask(wire.Request{Type: wire.Mkdir, Path: "file", Mode: 0o755}), wire.WrongKind)
	c.failed(c.ask(wire.Request{Type: wire.Chmod, Path: "link", Mode: 0o777}), wire.WrongKind)
	c.failed(c.ask(wire.Request{Type: wire.Chmod, Path: "nothing", Mode: 0o777}), wire.NotFound)
	c.failed(c.ask(wire.Request{Type: wire.Remove, Path: "dir"}), wire.NotEmpty)

	if e := c.applied(c.ask(wire.Request{Type: wire.Remove, Path: "nothing"})); e.Kind != wire.Absent {
		t.Errorf("%+v", e)
	}
	if e := c.applied(c.ask(wire.Request{Type: wire.Remove, Path: "no/thing"})); e.Kind != wire.Absent {
		t.Errorf("%+v", e)
	}
	c.applied(c.ask(wire.Request{Type: wire.Remove, Path: "link"}))
	if got, _ := os.ReadFile(filepath.Join(root, "file")); string(got) != "x" {
		t.Error("removing a link removed what it leads to")
	}
	if e := c.applied(c.ask(wire.Request{Type: wire.Mkdir, Path: "new/dir", Mode: 0o2711})); e.Kind != wire.Directory || e.Mode != 0o2711 {
		t.Errorf("%+v", e)
	}
	if e := c.tree()["new"]; e.Mode != 0o755 {
		t.Errorf("the parent made on the way: %+v", e)
	}
	if e := c.applied(c.ask(wire.Request{Type: wire.Symlink, Path: "new/link", Text: "/nowhere"})); e.Kind != wire.Link || e.Text != "/nowhere" {
		t.Errorf("%+v", e)
	}
	e := c.applied(c.put(wire.Request{Path: "new/link", Mode: 0o644}, []byte("now a file"), 100))
	if e.Kind != wire.File || e.Size != 10 {
		t.Errorf("%+v", e)
	}
	c.applied(c.ask(wire.Request{Type: wire.Remove, Path: "new/link"}))
	c.applied(c.ask(wire.Request{Type: wire.Remove, Path: "new/dir"}))
	c.applied(c.ask(wire.Request{Type: wire.Remove, Path: "new"}))
	if known := c.tree(); known["new"].Path != "" {
		t.Errorf("known: %v", known)
	}
}

func TestScanOfAPath(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a/b/c", "x")
	write(t, root, "skip/d", "x")
	must(t, os.Symlink("a", filepath.Join(root, "link")))
	c := start(t, root)
	c.open(wire.NoWatch, "skip")
	for path, want := range map[string]string{"a": "a a/b a/b/c", "a/b/c": "a/b/c", "none": "none-", "a/x/y": "a/x/y-", "skip": "", "skip/d": "", "link/b": "link/b-", "link": "link"} {
		id := c.id()
		mark := c.mark()
		c.send(wire.Request{Type: wire.Scan, ID: id, Path: path})
		c.answer(id)
		var seen []string
		c.mu.Lock()
		for _, r := range c.heard[mark:] {
			for _, e := range r.Entries {
				if e.Kind == wire.Absent {
					e.Path += "-"
				}
				seen = append(seen, e.Path)
			}
		}
		c.mu.Unlock()
		if got := strings.Join(seen, " "); got != want {
			t.Errorf("SCAN %q listed %q, want %q", path, got, want)
		}
	}
}

func TestCancel(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(wire.NoWatch)
	for _, size := range []uint64{10, 1 << 20} {
		id := c.id()
		c.send(
			wire.Request{Type: wire.Put, ID: id, Path: "f", Size: size}, wire.Request{Type: wire.Data, ID: id, Data: []byte("12345")},
			wire.Request{Type: wire.Cancel, ID: id},
			wire.Request{Type: wire.Data, ID: id, Data: []byte("12345")}, wire.Request{Type: wire.End, ID: id},
		)
		c.failed(c.answer(id), wire.Cancelled)
	}
	must(t, os.WriteFile(filepath.Join(root, "big"), nil, 0o644))
	must(t, os.Truncate(filepath.Join(root, "big"), 8<<30)) // minutes of hashing
	id := c.id()
	c.send(wire.Request{Type: wire.HashOf, ID: id, Path: "big"}, wire.Request{Type: wire.Cancel, ID: id})
	c.failed(c.answer(id), wire.Cancelled)
	c.send(wire.Request{Type: wire.Cancel, ID: 999}, wire.Request{Type: wire.Ping, ID: 5})
	c.await("PONG", func(r *wire.Reply) bool { return r.Type == wire.Pong && r.ID == 5 })
	if stages := leftovers(t, root, c.home); len(stages) > 0 {
		t.Errorf("left behind: %v", stages)
	}
}

func write(t testing.TB, root, path, content string) {
	t.Helper()
	full := filepath.Join(root, path)
	must(t, os.MkdirAll(filepath.Dir(full), 0o755))
	must(t, os.WriteFile(full, []byte(content), 0o644))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
