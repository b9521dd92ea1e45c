package stage

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"devspace-helper/internal/at"
)

func TestSweep(t *testing.T) {
	path := t.TempDir()
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(path, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("target")
	write(".devspace-stage-1-1")
	write(".devspace-other")
	if err := os.Symlink("target", filepath.Join(path, ".devspace-stage-1-2")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(path, ".devspace-stage-1-3"), 0o700); err != nil {
		t.Fatal(err)
	}
	dir, err := at.OpenRoot(path)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close(dir)
	area := New("")
	live, err := area.File(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := func() map[string]bool {
		entries, err := os.ReadDir(path)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, entry := range entries {
			found[entry.Name()] = true
		}
		return found
	}
	sweep := func(idle time.Duration) map[string]bool {
		for name := range names() {
			Sweep(dir, name, idle)
		}
		return names()
	}
	if left := sweep(time.Hour); len(left) != 6 {
		t.Errorf("what is young is gone: %v", left)
	}
	left := sweep(0)
	for _, name := range []string{"target", ".devspace-other", ".devspace-stage-1-3", live.name} {
		if !left[name] {
			t.Errorf("%s is gone", name)
		}
		delete(left, name)
	}
	if len(left) > 0 {
		t.Errorf("still there: %v", left)
	}
	area.Clear()
}
