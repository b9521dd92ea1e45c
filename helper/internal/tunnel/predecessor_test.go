package tunnel

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMain lets the test binary be a helper that waits, under the name it has in a container.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == Argument {
		_, _ = os.Stdout.WriteString("up\n")
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestPredecessorsEnd(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	link := filepath.Join(t.TempDir(), Program+"amd64")
	must(t, os.Symlink(self, link))
	waiting := func(token string) *exec.Cmd {
		cmd := exec.Command(link, Argument, token)
		in, err := cmd.StdinPipe()
		must(t, err)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		t.Cleanup(func() { in.Close(); _ = cmd.Process.Kill() })
		bufio.NewScanner(out).Scan()
		return cmd
	}
	ours, other := waiting("0123456789ab"), waiting("ba9876543210")
	EndPredecessors("0123456789ab")
	if runs(ours.Process.Pid) {
		t.Error("it runs on")
	}
	if !runs(other.Process.Pid) {
		t.Error("somebody else's was ended")
	}
	_ = ours.Wait()
}
