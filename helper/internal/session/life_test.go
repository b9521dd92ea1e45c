package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"devspace-helper/internal/wire"
)

func TestProtocolErrorsEndTheSession(t *testing.T) {
	open := func(version, flags uint64) []byte {
		return wire.AppendRequest(nil, &wire.Request{Type: wire.Open, Version: version, Text: "/tmp", Flags: flags})
	}
	put := wire.AppendRequest(nil, &wire.Request{Type: wire.Put, ID: 1, Path: "f", Size: 1})
	for name, input := range map[string][]byte{
		"a request before OPEN": wire.AppendRequest(nil, &wire.Request{Type: wire.Scan}),
		"OPEN twice":            append(open(wire.Version, wire.NoWatch), open(wire.Version, wire.NoWatch)...),
		"another version":       open(wire.Version-1, wire.NoWatch),
		"a frame too long":      {0, 0x10, 0, 0x41, 1},
		"a path that escapes":   append(open(wire.Version, wire.NoWatch), 0, 0, 0, 6, wire.Scan, 1, 3, '.', '.', '/'),
		"an id used twice":      append(open(wire.Version, wire.NoWatch), append(put, put...)...),
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
	b := wire.AppendRequest(nil, &wire.Request{Type: wire.Open, Version: wire.Version, Text: root})
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

func gone(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", path, err)
	}
}
