package session

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"devspace-helper/internal/wire"
)

// whileSwapped does work while dir is swapped for a link that leads out and back, again and again, and looks whether
// anything arrived there.
func whileSwapped(t *testing.T, work func(c *client) (done, refused int)) {
	t.Helper()
	base := t.TempDir()
	root, outside := filepath.Join(base, "root"), filepath.Join(base, "outside")
	must(t, os.MkdirAll(filepath.Join(root, "dir"), 0o755))
	must(t, os.Mkdir(outside, 0o755))
	c := start(t, root)
	c.open(wire.NoWatch)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		dir, aside := filepath.Join(root, "dir"), filepath.Join(root, "aside")
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = os.Rename(dir, aside)
			_ = os.Symlink(outside, dir)
			_ = os.Remove(dir)
			_ = os.Rename(aside, dir)
		}
	}()
	done, refused := work(c)
	close(stop)
	<-stopped
	t.Logf("%d done, %d refused", done, refused)
	if left, _ := os.ReadDir(outside); len(left) > 0 {
		t.Fatalf("outside now holds %v", left)
	}
	if refused == 0 || done == 0 {
		t.Log("the race was never hit: this run shows little")
	}
}

// Somebody swaps a directory for a link that leads out while files are put into it. None may arrive outside.
func TestLinkSwappedIn(t *testing.T) {
	whileSwapped(t, func(c *client) (done, refused int) {
		for i := 0; i < 1500; i++ {
			switch r := c.put(wire.Request{Path: "dir/f", Mode: 0o644}, []byte("x"), 10); {
			case r.Type == wire.Applied:
				done++
			case r.Code == uint64(wire.Unsafe):
				refused++
			}
		}
		return done, refused
	})
}

// As TestLinkSwappedIn, for the files of one PUTS, which share the way to their directory.
func TestLinkSwappedInAmongSmallFiles(t *testing.T) {
	whileSwapped(t, func(c *client) (done, refused int) {
		for i := 0; i < 150; i++ {
			var files []wire.SmallFile
			for j := 0; j < 10; j++ {
				files = append(files, small("dir/f"+strconv.Itoa(j), "x", wire.Anything), small("f", "x", wire.Anything))
			}
			for _, outcome := range c.puts(files...) {
				switch outcome.Code {
				case 0:
					done++
				case wire.Unsafe:
					refused++
				}
			}
		}
		return done, refused
	})
}
