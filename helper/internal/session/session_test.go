package session

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strconv"
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

func TestProtocolErrorsEndTheSession(t *testing.T) {
	open := func(version, flags uint64) []byte {
		return wire.AppendRequest(nil, &wire.Request{Type: wire.Open, Version: version, Text: "/tmp", Flags: flags})
	}
	put := wire.AppendRequest(nil, &wire.Request{Type: wire.Put, ID: 1, Path: "f", Size: 1})
	for name, input := range map[string][]byte{
		"a request before OPEN": wire.AppendRequest(nil, &wire.Request{Type: wire.Scan}),
		"OPEN twice":            append(open(1, wire.NoWatch), open(1, wire.NoWatch)...),
		"another version":       open(2, wire.NoWatch),
		"a frame too long":      {0, 0x10, 0, 0x41, 1},
		"a path that escapes":   append(open(1, wire.NoWatch), 0, 0, 0, 6, wire.Scan, 1, 3, '.', '.', '/'),
		"an id used twice":      append(open(1, wire.NoWatch), append(put, put...)...),
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, t.TempDir())
			_, _ = c.in.Write(input)
			fatal := c.await("FATAL", func(r *wire.Reply) bool { return r.Type == wire.Fatal })
			if fatal.Code != wire.ProtocolError || fatal.Text == "" {
				t.Errorf("%+v", fatal)
			}
			c.ended()
			if c.command.ProcessState.ExitCode() != 1 {
				t.Error(c.command.ProcessState)
			}
			gone(t, c.home)
		})
	}
}

func TestRootsThatCannotBeOpened(t *testing.T) {
	base := t.TempDir()
	write(t, base, "file", "x")
	for path, code := range map[string]uint64{
		filepath.Join(base, "missing"): wire.RootMissing,
		filepath.Join(base, "file"):    wire.RootNotDirectory,
		filepath.Join(base, "file/x"):  wire.RootNotDirectory,
	} {
		c := start(t, base)
		c.send(wire.Request{Type: wire.Open, Version: wire.Version, Text: path})
		if fatal := c.await("FATAL", func(r *wire.Reply) bool { return r.Type == wire.Fatal }); fatal.Code != code || !strings.Contains(fatal.Text, path) {
			t.Errorf("%s: %+v", path, fatal)
		}
		c.ended()
	}
	// A missing root is created on request, and a relative one starts at the working directory.
	c := start(t, base)
	c.send(wire.Request{Type: wire.Open, Version: wire.Version, Text: "made/for/us", Flags: wire.CreateRoot})
	opened := c.await("OPENED", func(r *wire.Reply) bool { return r.Type == wire.Opened })
	if want := filepath.Join(base, "made/for/us"); opened.Text != want {
		t.Errorf("%+v", opened)
	}
	// A root behind a symbolic link is named as what it really is.
	must(t, os.Symlink("made/for", filepath.Join(base, "link")))
	c = start(t, base)
	c.send(wire.Request{Type: wire.Open, Version: wire.Version, Text: filepath.Join(base, "link/us"), Flags: wire.NoWatch})
	opened = c.await("OPENED", func(r *wire.Reply) bool { return r.Type == wire.Opened })
	if want := filepath.Join(base, "made/for/us"); opened.Text != want || opened.Flags != 0 {
		t.Errorf("%+v", opened)
	}
}

// However the session ends, nothing of ours stays in the container: no directory, no half-received file.
func TestCleanup(t *testing.T) {
	for name, end := range map[string]func(*client) int{
		"BYE":          func(c *client) int { c.send(wire.Request{Type: wire.Bye}); return 0 },
		"end of input": func(c *client) int { must(c.t, c.in.Close()); return 0 },
		"SIGTERM":      func(c *client) int { must(c.t, c.command.Process.Signal(syscall.SIGTERM)); return 128 + 15 },
		"SIGHUP":       func(c *client) int { must(c.t, c.command.Process.Signal(syscall.SIGHUP)); return 128 + 1 },
		"SIGINT":       func(c *client) int { must(c.t, c.command.Process.Signal(syscall.SIGINT)); return 128 + 2 },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			c := start(t, root)
			c.open(0)
			id := c.id()
			c.send(wire.Request{Type: wire.Put, ID: id, Path: "half", Size: 1 << 20}, wire.Request{Type: wire.Data, ID: id, Data: make([]byte, 1000)}, wire.Request{Type: wire.Ping, ID: 1})
			c.await("PONG", func(r *wire.Reply) bool { return r.Type == wire.Pong })
			if len(leftovers(t, root, c.home)) != 1 {
				t.Error("nothing was staged, so this test shows nothing")
			}
			code := end(c)
			c.ended()
			if got := c.command.ProcessState.ExitCode(); got != code {
				t.Errorf("exit code %d, want %d", got, code)
			}
			gone(t, c.home)
			if stages := leftovers(t, root, root); len(stages) > 0 {
				t.Errorf("left behind: %v", stages)
			}
		})
	}
}

// A directory that only happens to hold the binary is not the helper's to remove.
func TestForeignDirectoryIsKept(t *testing.T) {
	c := startAt(t, t.TempDir(), "", []string{binary, "serve"})
	c.open(0)
	c.send(wire.Request{Type: wire.Bye})
	c.ended()
	if _, err := os.Stat(binary); err != nil {
		t.Error(err)
	}
}

// A client that went away without a word, while the helper has much to say.
func TestClosedOutput(t *testing.T) {
	root := t.TempDir()
	write(t, root, "big", strings.Repeat("x", 1<<20))
	home := t.TempDir() + "/.devspace-x"
	must(t, os.Mkdir(home, 0o700))
	code, err := os.ReadFile(binary)
	must(t, err)
	must(t, os.WriteFile(home+"/helper", code, 0o700))
	toHelper, in, err := os.Pipe()
	must(t, err)
	defer toHelper.Close()
	out, fromHelper, err := os.Pipe()
	must(t, err)
	process, err := os.StartProcess(home+"/helper", []string{"helper", "serve"}, &os.ProcAttr{Files: []*os.File{toHelper, fromHelper, os.Stderr}})
	must(t, err)
	must(t, fromHelper.Close())
	b := wire.AppendRequest(nil, &wire.Request{Type: wire.Open, Version: 1, Text: root})
	for id := uint64(1); id < 50; id++ {
		b = wire.AppendRequest(b, &wire.Request{Type: wire.Get, ID: id, Path: "big"})
	}
	_, err = in.Write(b)
	must(t, err)
	must(t, out.Close())
	if _, err := process.Wait(); err != nil {
		t.Error(err)
	}
	gone(t, home)
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

func gone(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", path, err)
	}
}

// leftovers lists staged files in directories and below.
func leftovers(t testing.TB, directories ...string) (found []string) {
	t.Helper()
	for _, directory := range directories {
		_ = filepath.WalkDir(directory, func(path string, d os.DirEntry, err error) error {
			if err == nil && strings.HasPrefix(d.Name(), ".devspace-stage-") {
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}
