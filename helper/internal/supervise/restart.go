package supervise

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

const (
	// exitNoSupervisor tells the client that the container was started past the supervisor.
	exitNoSupervisor = 3
	// Argument is how the supervisor is called, and known among the processes.
	Argument = "restart-supervisor"
)

// Restart asks the supervisor of this container for a restart and returns the exit code to end with. It is process 1, unless the containers of the
// pod share their processes; then the one that sees the same files is the one.
func Restart() int {
	pid := find()
	if pid == 0 {
		tell("process 1 is not the supervisor")
		return exitNoSupervisor
	}
	if err := syscall.Kill(pid, restartSignal); err != nil {
		tell("cannot signal process " + number(pid) + ": " + err.Error())
		return 1
	}
	return 0
}

func find() int {
	if isSupervisor(1) {
		return 1
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	own, _ := os.Readlink("/proc/self/ns/mnt")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || !isSupervisor(pid) {
			continue
		}
		if mounts, err := os.Readlink("/proc/" + entry.Name() + "/ns/mnt"); err == nil && mounts == own {
			return pid
		}
	}
	return 0
}

func isSupervisor(pid int) bool {
	line, err := os.ReadFile("/proc/" + number(pid) + "/cmdline")
	if err != nil {
		return false
	}
	words := bytes.Split(line, []byte{0})
	return len(words) > 2 && string(words[1]) == Argument && bytes.HasSuffix(words[0], []byte("/restart"))
}

func isTerminal(fd int) bool {
	var size [4]uint16
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
	return errno == 0
}

func tell(text string) {
	_, _ = os.Stderr.WriteString("devspace: " + text + "\n")
}

func number(n int) string {
	return strconv.Itoa(n)
}
