package session

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"devspace-helper/internal/wire"
)

// A link inside the root leads out of it. No request may go that way, to read or to write.
func TestLinksAreNeverFollowed(t *testing.T) {
	base := t.TempDir()
	root := filepath.Join(base, "root")
	write(t, base, "outside/secret", "secret")
	write(t, root, "dir/inside", "x")
	must(t, os.Symlink("../outside", filepath.Join(root, "out")))
	must(t, os.Symlink("../../outside", filepath.Join(root, "dir/out")))
	must(t, os.Symlink("dir", filepath.Join(root, "in"))) // harmless, but a client that knows the tree never asks
	must(t, os.Symlink("../outside/secret", filepath.Join(root, "leaf")))
	before := walk(t, filepath.Join(base, "outside"))
	c := start(t, root)
	c.open(0)
	for _, path := range []string{"out/secret", "out/new", "out/new/er", "dir/out/secret", "in/inside", "in/new"} {
		for _, r := range []wire.Request{
			{Type: wire.Get}, {Type: wire.HashOf}, {Type: wire.Mkdir, Mode: 0o755}, {Type: wire.Remove},
			{Type: wire.Chmod, Mode: 0o777}, {Type: wire.Symlink, Text: "x"},
		} {
			r.Path = path
			c.failed(c.ask(r), wire.Unsafe)
		}
		c.failed(c.put(wire.Request{Path: path}, []byte("evil"), 10), wire.Unsafe)
		c.failed(c.put(wire.Request{Path: path}, make([]byte, 100_000), 10_000), wire.Unsafe)
	}
	// At the end of a path a link is itself the object.
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: "leaf"}), wire.WrongKind)
	c.failed(c.ask(wire.Request{Type: wire.Chmod, Path: "leaf", Mode: 0o777}), wire.WrongKind)
	c.applied(c.put(wire.Request{Path: "leaf", Mode: 0o644}, []byte("a file now"), 10))
	c.applied(c.ask(wire.Request{Type: wire.Remove, Path: "out"}))
	for path := range c.tree() {
		if strings.HasPrefix(path, "dir/out/") || strings.HasPrefix(path, "in/") {
			t.Errorf("%s was listed", path)
		}
	}
	after := walk(t, filepath.Join(base, "outside"))
	for path, e := range before {
		if after[path] != e {
			t.Errorf("outside, %q was %+v and is %+v", path, e, after[path])
		}
	}
	if len(after) != len(before) {
		t.Errorf("outside now holds %v", after)
	}
}

func TestReservedNames(t *testing.T) {
	root := t.TempDir()
	write(t, root, ".devspace-stage-1", "x")
	c := start(t, root)
	c.open(wire.NoWatch)
	for _, path := range []string{".devspace-stage-1", ".devspace-abc/x", "sub/.devspace-x", "sub/.devspace", ".devspace/x", ""} {
		c.failed(c.put(wire.Request{Path: path}, []byte("x"), 10), wire.Unsafe)
		c.failed(c.ask(wire.Request{Type: wire.Remove, Path: path}), wire.Unsafe)
		c.failed(c.ask(wire.Request{Type: wire.Mkdir, Path: path, Mode: 0o755}), wire.Unsafe)
	}
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: ".devspace-stage-1"}), wire.Unsafe)
}

// Where something may not be read or written, that is said of this one thing, and all else goes on. As root nothing is
// forbidden, so the helper runs as somebody else.
func TestPermissionDenied(t *testing.T) {
	root := t.TempDir()
	write(t, root, "secret", "x")
	write(t, root, "closed/file", "x")
	write(t, root, "readonly/file", "x")
	write(t, root, "readable", "x")
	must(t, os.Chmod(filepath.Join(root, "secret"), 0o600))
	must(t, os.Chmod(filepath.Join(root, "readonly"), 0o555))
	must(t, os.Chmod(filepath.Join(root, "closed"), 0o700))
	if os.Geteuid() != 0 {
		must(t, os.Chmod(filepath.Join(root, "secret"), 0))
		must(t, os.Chmod(filepath.Join(root, "closed"), 0))
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "closed"), 0o700) })
	}
	must(t, os.Chmod(root, 0o755))
	c := startAs(t, root, 54321)
	c.open(0)
	known := c.tree()
	for path, kind := range map[string]wire.Kind{
		"secret": wire.Unreadable, "closed": wire.Unreadable, "readonly": wire.Directory, "readonly/file": wire.File, "readable": wire.File,
	} {
		if known[path].Kind != kind {
			t.Errorf("%s: %+v, want kind %d", path, known[path], kind)
		}
	}
	if len(known) != 6 {
		t.Errorf("listed %v", known)
	}
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: "secret"}), wire.Permission)
	c.failed(c.ask(wire.Request{Type: wire.HashOf, Path: "secret"}), wire.Permission)
	c.failed(c.ask(wire.Request{Type: wire.Get, Path: "closed/file"}), wire.Permission)
	c.failed(c.put(wire.Request{Path: "readonly/file", Mode: 0o644}, []byte("y"), 10), wire.Permission)
	c.failed(c.put(wire.Request{Path: "readonly/new", Mode: 0o644}, make([]byte, 100_000), 10_000), wire.Permission)
	c.failed(c.ask(wire.Request{Type: wire.Mkdir, Path: "readonly/dir", Mode: 0o755}), wire.Permission)
	c.failed(c.ask(wire.Request{Type: wire.Remove, Path: "readonly/file"}), wire.Permission)
	c.failed(c.ask(wire.Request{Type: wire.Symlink, Path: "readonly/link", Text: "x"}), wire.Permission)
	if os.Geteuid() == 0 { // else the files are our own and this is allowed
		c.failed(c.ask(wire.Request{Type: wire.Chmod, Path: "readable", Mode: 0o777}), wire.Permission)
	}
	// What becomes readable is read.
	must(t, os.Chmod(filepath.Join(root, "closed"), 0o755))
	c.awaitEntry(0, "the opened directory's child", func(e *wire.Entry) bool { return e.Path == "closed/file" && e.Kind == wire.File })
}

// startAs is start under another user when we are root. The home is that user's own.
func startAs(t *testing.T, root string, uid uint32) *client {
	t.Helper()
	if os.Geteuid() != 0 {
		return start(t, root)
	}
	home, err := os.MkdirTemp("", ".devspace-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	if out, err := run([]string{"cp", binary, filepath.Join(home, "helper")}); err != nil {
		t.Fatal(out)
	}
	must(t, os.Chown(home, int(uid), int(uid)))
	for dir := root; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
		must(t, os.Chmod(dir, 0o755)) // test directories are closed to others
	}
	c := newClient(t, root, home, []string{filepath.Join(home, "helper"), "serve"})
	c.command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	c.run()
	return c
}

// mount mounts something for one test, or says why it cannot.
func mount(t *testing.T, target string, arguments ...string) {
	t.Helper()
	must(t, os.MkdirAll(target, 0o755))
	if out, err := exec.Command("mount", append(arguments, target)...).CombinedOutput(); err != nil {
		t.Skipf("cannot mount here (%v: %s)", err, bytes.TrimSpace(out))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", target).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
}

func TestDiskFull(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	mount(t, root, "-t", "tmpfs", "-o", "size=1m", "tmpfs")
	write(t, root, "precious", "old content")
	c := start(t, root)
	c.open(0)
	r := c.put(wire.Request{Path: "precious", Mode: 0o644}, make([]byte, 3<<20), wire.MaxData)
	c.failed(r, wire.NoSpace)
	if !strings.Contains(r.Text, "precious") || !strings.Contains(r.Text, "no space") {
		t.Errorf("the message says %q", r.Text)
	}
	if got, _ := os.ReadFile(filepath.Join(root, "precious")); string(got) != "old content" {
		t.Errorf("the file now holds %d bytes", len(got))
	}
	if left := leftovers(t, root, c.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	c.applied(c.put(wire.Request{Path: "small", Mode: 0o644}, []byte("fits"), 10))
	c.applied(c.put(wire.Request{Path: "precious", Mode: 0o644}, make([]byte, 500_000), wire.MaxData)) // staged beside
}

// The helper's directory and the target look like one file system, but a rename between the mounts is refused.
func TestSameFileSystemMountedTwice(t *testing.T) {
	base := t.TempDir()
	root := filepath.Join(base, "root")
	must(t, os.MkdirAll(filepath.Join(base, "elsewhere"), 0o755))
	mount(t, filepath.Join(root, "mounted"), "--bind", filepath.Join(base, "elsewhere"))
	c := start(t, root)
	c.open(0)
	for _, size := range []int{10, 500_000} {
		content := bytes.Repeat([]byte("x"), size)
		for _, path := range []string{"mounted/file", "plain"} {
			c.applied(c.put(wire.Request{Path: path, Mode: 0o640}, content, wire.MaxData))
			got, err := os.ReadFile(filepath.Join(root, path))
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s of %d bytes: %d bytes, %v", path, size, len(got), err)
			}
		}
		must(t, os.Remove(filepath.Join(root, "mounted/file")))
	}
	c = start(t, root)
	c.open(0)
	c.applied(c.put(wire.Request{Path: "mounted/large", Mode: 0o640}, make([]byte, 500_000), wire.MaxData))
	c = start(t, root)
	c.open(0)
	e := c.applied(c.ask(wire.Request{Type: wire.Symlink, Path: "mounted/link", Text: "target"}))
	if e.Text != "target" {
		t.Errorf("%+v", e)
	}
	if left := leftovers(t, root, c.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReadOnlyFileSystem(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	mount(t, root, "-t", "tmpfs", "-o", "ro", "tmpfs")
	c := start(t, root)
	c.open(0)
	c.failed(c.put(wire.Request{Path: "f", Mode: 0o644}, []byte("x"), 10), wire.Permission)
	c.failed(c.ask(wire.Request{Type: wire.Mkdir, Path: "d", Mode: 0o755}), wire.Permission)
}

// A helper that runs as root must not leave files the application cannot write.
func TestOwners(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	root := t.TempDir()
	write(t, root, "theirs", "x")
	write(t, root, "app/x", "x")
	must(t, os.Chown(filepath.Join(root, "theirs"), 1001, 1002))
	must(t, os.Chown(filepath.Join(root, "app"), 1003, 1004))
	c := start(t, root)
	c.open(wire.NoWatch)
	c.applied(c.put(wire.Request{Path: "theirs", Mode: 0o4755}, []byte("y"), 10))
	c.applied(c.put(wire.Request{Path: "app/new/deep/file", Mode: 0o600}, make([]byte, 100_000), 10_000))
	c.applied(c.ask(wire.Request{Type: wire.Mkdir, Path: "app/dir", Mode: 0o700}))
	c.applied(c.ask(wire.Request{Type: wire.Symlink, Path: "app/link", Text: "x"}))
	c.applied(c.put(wire.Request{Path: "ours", Mode: 0o600}, []byte("y"), 10))
	for path, want := range map[string][2]uint32{
		"theirs": {1001, 1002}, "app/new": {1003, 1004}, "app/new/deep": {1003, 1004}, "app/new/deep/file": {1003, 1004},
		"app/dir": {1003, 1004}, "app/link": {1003, 1004}, "ours": {0, 0},
	} {
		var st syscall.Stat_t
		must(t, syscall.Lstat(filepath.Join(root, path), &st))
		if got := [2]uint32{st.Uid, st.Gid}; got != want {
			t.Errorf("%s belongs to %v, want %v", path, got, want)
		}
		if path == "theirs" && st.Mode&0o7777 != 0o4755 {
			t.Errorf("mode %o", st.Mode)
		}
	}
}
