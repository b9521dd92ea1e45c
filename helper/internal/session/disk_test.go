package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

var epoch = time.Unix(1000, 0)

func run(argv []string) (string, error) {
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
	return string(out), err
}

// matches tells whether what a client knows is what is on the disk below root.
func matches(t *testing.T, root string) func(map[string]wire.Entry) bool {
	return func(known map[string]wire.Entry) bool {
		disk := walk(t, root)
		if len(disk) != len(known) {
			return false
		}
		for path, want := range disk {
			e := known[path]
			if e.Kind != want.Kind || e.Mode != want.Mode || e.Size != want.Size || e.Mtime != want.Mtime || e.Text != want.Text {
				return false
			}
		}
		return true
	}
}

// walk describes a tree by other means than the helper's.
func walk(t *testing.T, root string) map[string]wire.Entry {
	t.Helper()
	found := map[string]wire.Entry{}
	must(t, filepath.Walk(root, func(full string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		path := strings.TrimPrefix(strings.TrimPrefix(full, root), "/")
		st := info.Sys().(*syscall.Stat_t)
		e := wire.Entry{Path: path, Mode: st.Mode & 0o7777}
		switch {
		case info.Mode().IsRegular():
			e.Kind, e.Size = wire.File, uint64(info.Size())
			e.Mtime = wire.Time{Sec: uint64(info.ModTime().Unix()), Nsec: uint32(info.ModTime().Nanosecond())}
		case info.IsDir():
			e.Kind = wire.Directory
		case info.Mode()&os.ModeSymlink != 0:
			target, err := os.Readlink(full)
			must(t, err)
			e.Kind, e.Mode, e.Text = wire.Link, 0, target
		default:
			e.Kind, e.Mode, e.Text = wire.Special, 0, "fifo"
		}
		found[path] = e
		return nil
	}))
	return found
}
