package home

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSweep(t *testing.T) {
	above := t.TempDir()
	old := time.Now().Add(-time.Hour)
	makeDir := func(name string, at time.Time) string {
		path := filepath.Join(above, name)
		if err := os.MkdirAll(filepath.Join(path, "inside"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "helper"), []byte("x"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		return path
	}
	own := &Home{Path: makeDir(".devspace-000000000000", old)}
	own.held = hold(own.Path)
	if own.held == nil {
		t.Fatal("the own directory cannot be held")
	}
	gone := makeDir(".devspace-000000000001", old)
	elsewhere := makeDir("elsewhere", old)
	kept := []string{
		own.Path, elsewhere,
		makeDir(".devspace-000000000002", time.Now()), // being filled
		makeDir(".devspace-000000000003", old),        // held
		makeDir(".devspace-stage-1-1", old),
		makeDir(".devspace-00000000000X", old),
		makeDir("devspace-000000000004", old),
		filepath.Join(elsewhere, "helper"),
		filepath.Join(above, ".devspace-000000000005"),
		filepath.Join(above, ".devspace-000000000006"),
	}
	other := hold(kept[3])
	if other == nil {
		t.Fatal("it cannot be held")
	}
	defer other.Close()
	if err := os.Symlink(elsewhere, kept[8]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept[9], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A link inside what is removed leads nowhere, either.
	if err := os.Symlink(elsewhere, filepath.Join(gone, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(gone, old, old); err != nil {
		t.Fatal(err)
	}

	own.Sweep()
	if _, err := os.Lstat(gone); !os.IsNotExist(err) {
		t.Errorf("the abandoned directory is still there: %v", err)
	}
	for _, path := range kept {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("what is not abandoned is gone: %v", err)
		}
	}
}

func TestSweepWithoutLocks(t *testing.T) {
	above := t.TempDir()
	path := filepath.Join(above, ".devspace-000000000001")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	(&Home{Path: filepath.Join(above, ".devspace-000000000000")}).Sweep()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("removed without knowing whether it is in use: %v", err)
	}
}
