package session

import (
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"devspace-helper/internal/wire"
)

func TestChangesAreReported(t *testing.T) {
	root := t.TempDir()
	write(t, root, "old/file", "1")
	write(t, root, "kept", "1")
	c := start(t, root)
	c.open(0)
	path := func(name string) string { return filepath.Join(root, name) }
	is := func(name string, kind wire.Kind) func(*wire.Entry) bool {
		return func(e *wire.Entry) bool { return e.Path == name && e.Kind == kind }
	}
	for _, step := range []struct {
		what string
		do   func() error
		is   func(*wire.Entry) bool
	}{
		{"a new file", func() error { write(t, root, "new", "12"); return nil },
			func(e *wire.Entry) bool { return e.Path == "new" && e.Size == 2 }},
		{"an edit", func() error { write(t, root, "new", "123"); return nil },
			func(e *wire.Entry) bool { return e.Path == "new" && e.Size == 3 }},
		{"a mode", func() error { return os.Chmod(path("new"), 0o755) },
			func(e *wire.Entry) bool { return e.Path == "new" && e.Mode == 0o755 }},
		{"a time", func() error { return os.Chtimes(path("new"), epoch, epoch) },
			func(e *wire.Entry) bool { return e.Path == "new" && e.Mtime.Sec == 1000 }},
		{"a link", func() error { return os.Symlink("new", path("link")) }, is("link", wire.Link)},
		{"a hard link", func() error { return os.Link(path("new"), path("hard")) }, is("hard", wire.File)},
		{"a FIFO", func() error { return syscall.Mkfifo(path("fifo"), 0o600) }, is("fifo", wire.Special)},
		{"a removed file", func() error { return os.Remove(path("new")) }, is("new", wire.Absent)},
		{"a rename, the old name", func() error { return os.Rename(path("kept"), path("moved")) }, is("kept", wire.Absent)},
		{"a rename, the new name", func() error { return nil }, is("moved", wire.File)},
		{"an editor's save by rename", func() error {
			write(t, root, "moved.tmp", "longer")
			return os.Rename(path("moved.tmp"), path("moved"))
		}, func(e *wire.Entry) bool { return e.Path == "moved" && e.Size == 6 }},
		{"a deep new directory", func() error { write(t, root, "a/b/c/d", "1"); return nil }, is("a/b/c/d", wire.File)},
		{"an edit in a new directory", func() error { write(t, root, "a/b/c/d", "12"); return nil },
			func(e *wire.Entry) bool { return e.Path == "a/b/c/d" && e.Size == 2 }},
		{"a moved directory", func() error { return os.Rename(path("a/b"), path("old/b")) }, is("old/b/c/d", wire.File)},
		{"where it was", func() error { return nil }, is("a/b", wire.Absent)},
		{"an edit in a moved directory", func() error { write(t, root, "old/b/c/d", "123"); return nil },
			func(e *wire.Entry) bool { return e.Path == "old/b/c/d" && e.Size == 3 }},
		{"a directory's mode", func() error { return os.Chmod(path("old/b"), 0o700) },
			func(e *wire.Entry) bool { return e.Path == "old/b" && e.Mode == 0o700 }},
		{"a file in place of a directory", func() error {
			must(t, os.RemoveAll(path("old/b")))
			write(t, root, "old/b", "file")
			return nil
		}, is("old/b", wire.File)},
		{"a directory in place of a file", func() error {
			must(t, os.Remove(path("old/b")))
			write(t, root, "old/b/in", "file")
			return nil
		}, is("old/b/in", wire.File)},
	} {
		must(t, step.do())
		c.awaitEntry(0, step.what, step.is)
	}
	c.settled("the tree as it is", matches(t, root))
}

func TestDirectoryThatLeavesIsOneEntry(t *testing.T) {
	base := t.TempDir()
	root := filepath.Join(base, "root")
	for i := 0; i < 50; i++ {
		write(t, root, "big/d"+strconv.Itoa(i%5)+"/f"+strconv.Itoa(i), "x")
	}
	c := start(t, root)
	c.open(0)
	mark := c.mark()
	must(t, os.Rename(filepath.Join(root, "big"), filepath.Join(base, "out")))
	c.awaitEntry(mark, "the absent directory", func(e *wire.Entry) bool { return e.Path == "big" && e.Kind == wire.Absent })
	// What goes on outside is not ours any more.
	write(t, base, "out/d1/f1", "changed")
	write(t, root, "sentinel", "x")
	c.awaitEntry(mark, "the sentinel", func(e *wire.Entry) bool { return e.Path == "sentinel" })
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.heard[mark:] {
		for _, e := range r.Entries {
			if strings.HasPrefix(e.Path, "big/") {
				t.Errorf("reported %+v as well", e)
			}
		}
	}
}

// A directory that is removed and made again between two looks has none of its old children.
func TestDirectoryMadeAgain(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(0)
	for i := 0; i < 20; i++ {
		write(t, root, "d/old"+strconv.Itoa(i), "x")
		write(t, root, "d/sub/old", "x")
		c.settled("the children", matches(t, root))
		must(t, os.RemoveAll(filepath.Join(root, "d")))
		write(t, root, "d/new", "x")
		c.settled("only the new child", matches(t, root))
	}
}

func TestFileThatStaysOpen(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(0)
	f, err := os.Create(filepath.Join(root, "log"))
	must(t, err)
	defer f.Close()
	c.awaitEntry(0, "the empty file", func(e *wire.Entry) bool { return e.Path == "log" })
	for size := uint64(1); size < 4; size++ {
		_, err = f.WriteString("x")
		must(t, err)
		c.awaitEntry(0, "a growing file", func(e *wire.Entry) bool { return e.Path == "log" && e.Size == size })
	}
}

// One save is one report: not the empty file first and the content after.
func TestSaveIsReportedOnce(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(0)
	mark := c.mark()
	f, err := os.Create(filepath.Join(root, "f"))
	must(t, err)
	for i := 0; i < 100; i++ {
		_, err = f.WriteString("line\n")
		must(t, err)
	}
	must(t, f.Close())
	e := c.awaitEntry(mark, "the file", func(e *wire.Entry) bool { return e.Path == "f" })
	if e.Size != 500 {
		t.Errorf("reported when it was half written: %+v", e)
	}
}

func TestExcludedIsSilent(t *testing.T) {
	root := t.TempDir()
	write(t, root, "node_modules/a/b", "x")
	write(t, root, "file-then-dir", "x")
	c := start(t, root)
	c.open(0, "node_modules", "*.log", "!keep.log", "file-then-dir/")
	write(t, root, "node_modules/a/b", "y")
	write(t, root, "node_modules/new/c", "y")
	write(t, root, "x.log", "y")
	write(t, root, "keep.log", "y")
	write(t, root, ".devspace/x", "y")
	write(t, root, "sub/.devspace-stage-9", "y")
	must(t, os.Remove(filepath.Join(root, "file-then-dir")))
	write(t, root, "file-then-dir/x", "y")
	c.awaitEntry(0, "the end of a file whose successor is excluded", func(e *wire.Entry) bool {
		return e.Path == "file-then-dir" && e.Kind == wire.Absent
	})
	write(t, root, "sub/sentinel", "y")
	c.awaitEntry(0, "the sentinel", func(e *wire.Entry) bool { return e.Path == "sub/sentinel" })
	want := map[string]bool{"": true, "keep.log": true, "sub": true, "sub/sentinel": true}
	for path := range c.tree() {
		if !want[path] {
			t.Errorf("%q was listed", path)
		}
	}
}

// The last thing heard of every path is the truth, whatever happened at the same time.
func TestManyChangesAtOnce(t *testing.T) {
	root := t.TempDir()
	c := start(t, root)
	c.open(0)
	seed := int64(os.Getpid())
	t.Logf("seed %d", seed)
	var all sync.WaitGroup
	for worker := 0; worker < 3; worker++ {
		random := rand.New(rand.NewSource(seed + int64(worker)))
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 700; i++ {
				disturb(root, random)
			}
		}()
	}
	all.Wait()
	c.settled("the tree as it is", matches(t, root))
	id := c.id()
	c.send(wire.Request{Type: wire.Scan, ID: id})
	c.answer(id)
	c.settled("the same after a scan", matches(t, root))
}

func disturb(root string, random *rand.Rand) {
	segments := make([]string, 1+random.Intn(4))
	for i := range segments {
		segments[i] = string(rune('a' + random.Intn(3)))
	}
	path := filepath.Join(append([]string{root}, segments...)...)
	other := filepath.Join(root, string(rune('a'+random.Intn(3))), string(rune('a'+random.Intn(3))))
	switch random.Intn(8) {
	case 0, 1:
		_ = os.MkdirAll(path, 0o755)
	case 2, 3, 4:
		_ = os.WriteFile(path, make([]byte, random.Intn(100)), 0o644)
	case 5:
		_ = os.Rename(path, other)
	case 6:
		_ = os.RemoveAll(path)
	case 7:
		_ = os.Symlink("x"+strconv.Itoa(random.Intn(9)), path)
	}
}
