package root

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"devspace-helper/internal/at"
)

// TestMain lets a copy of this program be the process in another root.
func TestMain(m *testing.M) {
	if os.Getenv("ROOT_TEST_WAIT") != "" {
		_, _ = os.Stdout.WriteString("ready\n")
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// confined starts a process whose root is a new directory, with /work/sub as its working directory.
func confined(t *testing.T) (pid int, base string) {
	if os.Geteuid() != 0 {
		t.Skip("only root may start a process in another root directory")
	}
	base = t.TempDir()
	if err := os.MkdirAll(filepath.Join(base, "work/sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(base, "wait"), content, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/wait")
	cmd.Dir = "/work/sub"
	cmd.Env = []string{"ROOT_TEST_WAIT=1"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: base}
	stdin, _ := cmd.StdinPipe()
	stdout, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Skipf("a process in another root directory cannot be started (a test binary with cgo?): %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "ready\n" {
		t.Skipf("a process in another root directory does not run (a test binary with cgo?): %v", err)
	}
	return cmd.Process.Pid, base
}

func TestOpenIn(t *testing.T) {
	pid, base := confined(t)
	outside := t.TempDir()
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(base, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("/work", "absolute")
	link("work/sub", "relative")
	link("../../../..", "work/up")
	link(outside, "out")
	link("loop", "loop")
	link("absolute/sub", "two")
	if err := os.WriteFile(filepath.Join(base, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path string
		err        error
	}{
		{"/work", "/work", nil},
		{".", "/work/sub", nil},
		{"", "/work/sub", nil},
		{"..", "/work", nil},
		{"/", "/", nil},
		{"/absolute/sub/", "/work/sub", nil},
		{"/relative", "/work/sub", nil},
		{"/two", "/work/sub", nil},
		{"/../../work", "/work", nil},
		{"/work/up/work", "/work", nil},
		{outside, "", syscall.ENOENT},
		{"/out", "", syscall.ENOENT},
		{"/loop", "", syscall.ELOOP},
		{"/file", "", syscall.ENOTDIR},
		{"/file/x", "", syscall.ENOTDIR},
		{"/none", "", syscall.ENOENT},
	}
	for _, test := range tests {
		r, err := OpenIn(pid, test.name, false)
		if err != test.err {
			t.Errorf("%q: %v instead of %v", test.name, err, test.err)
		} else if err == nil && r.Path != test.path {
			t.Errorf("%q: %s instead of %s", test.name, r.Path, test.path)
		}
	}
	if _, err := OpenIn(pid, "/made/on/the/way", true); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(base, "made/on/the/way")); err != nil {
		t.Error(err)
	}
}

// What is put in the place of a directory on the way later leads nowhere else, either.
func TestOpenInStays(t *testing.T) {
	pid, base := confined(t)
	outside := t.TempDir()
	if err := os.Mkdir(filepath.Join(outside, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := OpenIn(pid, "/work/sub", false)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := r.Dir("")
	if err != nil {
		t.Fatal(err)
	}
	at.Close(fd)
	if err := os.Rename(filepath.Join(base, "work"), filepath.Join(base, "moved")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Dir(""); err != ErrVanished {
		t.Errorf("moved away: %v", err)
	}
	for _, target := range []string{outside, "moved"} {
		if err := os.Symlink(target, filepath.Join(base, "work")); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Dir(""); err != ErrVanished {
			t.Errorf("a link to %s in its place: %v", target, err)
		}
		_ = os.Remove(filepath.Join(base, "work"))
	}
}
