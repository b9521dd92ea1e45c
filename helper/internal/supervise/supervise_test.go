package supervise

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be the supervisor, under the name it has in a container.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == Argument {
		os.Exit(Run(os.Args[3:]))
	}
	os.Exit(m.Run())
}

type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	output *bufio.Scanner
}

// start supervises a shell line.
func start(t *testing.T, line string) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "restart")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(link, Argument, "--", "/bin/sh", "-c", line)
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { timer.Stop(); _ = cmd.Process.Kill() })
	return &running{t, cmd, bufio.NewScanner(read)}
}

func (r *running) expect(text string) {
	r.t.Helper()
	for r.output.Scan() {
		if strings.Contains(r.output.Text(), text) {
			return
		}
	}
	r.t.Fatalf("it ended without %q", text)
}

func (r *running) signal(sig syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) ends(code int) {
	r.t.Helper()
	go func() { // the pipe must not hold it up
		for r.output.Scan() {
		}
	}()
	_ = r.cmd.Wait()
	if got := r.cmd.ProcessState.ExitCode(); got != code {
		r.t.Fatalf("exit code %d, want %d", got, code)
	}
}

func TestEndsAsTheChildDoes(t *testing.T) {
	start(t, "exit 0").ends(0)
	start(t, "exit 7").ends(7)
	start(t, "kill -KILL $$").ends(137)
}

func TestCommandThatDoesNotExist(t *testing.T) {
	if code := Run([]string{"/nowhere/at/all"}); code != exitNotFound {
		t.Fatal(code)
	}
}

func TestPassesSignalsOn(t *testing.T) {
	r := start(t, `trap 'echo got usr1' USR1; trap 'echo got term; exit 5' TERM; echo up; while :; do sleep 0.05; done`)
	r.expect("up")
	r.signal(syscall.SIGUSR1)
	r.expect("got usr1")
	r.signal(syscall.SIGTERM)
	r.expect("got term")
	r.ends(5)
}

func TestRestarts(t *testing.T) {
	r := start(t, `echo up $$; exec sleep 1000`)
	for i := 0; i < 3; i++ {
		r.expect("up")
		r.signal(restartSignal)
	}
	r.expect("up")
	r.signal(syscall.SIGTERM)
	r.ends(143)
}

// What the child started goes with it: it may hold the port that the next one needs.
func TestRestartEndsGrandchildren(t *testing.T) {
	r := start(t, `sleep 1000 & echo grandchild $!; wait`)
	r.output.Scan()
	pid := strings.TrimPrefix(r.output.Text(), "grandchild ")
	r.signal(restartSignal)
	r.expect("grandchild")
	if state, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && !strings.Contains(string(state), ") Z ") {
		t.Fatalf("still there: %s", state)
	}
	r.signal(syscall.SIGKILL)
}

// A syntax error that was just saved must not end the container: the next save mends it.
func TestFailureAfterARestartWaitsForTheNext(t *testing.T) {
	flag := filepath.Join(t.TempDir(), "broken")
	r := start(t, `echo up; test -e `+flag+` && exit 9; exec sleep 1000`)
	r.expect("up")
	if err := os.WriteFile(flag, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r.signal(restartSignal)
	r.expect("ended with exit code 9")
	if err := os.Remove(flag); err != nil {
		t.Fatal(err)
	}
	r.signal(restartSignal)
	r.expect("up")
	r.signal(syscall.SIGTERM)
	r.ends(143)
}

func TestNoSupervisor(t *testing.T) {
	if isSupervisor(os.Getpid()) || isSupervisor(1<<30) {
		t.Error("wrong")
	}
}
