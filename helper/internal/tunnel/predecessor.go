package tunnel

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Program is how the name of the helper begins in a container, and Argument what makes it carry a tunnel.
const (
	Program  = "devspace-helper-"
	Argument = "tunnel"
)

// leaving is how long a predecessor may take to end.
const leaving = 2 * time.Second

// EndPredecessors ends the helpers that carry the tunnel with this token: the client has lost its way to them (a network
// that went silent), and they would go on to hold their ports until they notice.
func EndPredecessors(token string) {
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return
	}
	var ended []int
	for _, name := range names {
		pid, err := strconv.Atoi(strings.Split(name, "/")[2])
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(name)
		if err == nil && isPredecessor(line, token) && syscall.Kill(pid, syscall.SIGTERM) == nil {
			ended = append(ended, pid)
		}
	}
	for _, pid := range ended {
		for began := time.Now(); runs(pid) && time.Since(began) < leaving; {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func isPredecessor(commandLine []byte, token string) bool {
	args := strings.Split(strings.TrimSuffix(string(commandLine), "\x00"), "\x00")
	return len(args) == 3 && strings.HasPrefix(filepath.Base(args[0]), Program) && args[1] == Argument && args[2] == token
}

// runs tells whether a process is there and no zombie.
func runs(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}
