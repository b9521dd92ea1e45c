// Package supervise runs the process of a container so that it can be restarted while the container stays: as process 1 it passes signals on, reaps
// what nobody else waits for, and starts its child anew when it is asked to.
package supervise

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// restartSignal asks a supervisor for a restart. A real-time signal: nothing else means anything by it, so no application misses it.
const restartSignal = syscall.Signal(44)

// grace is how long the child has to end by itself before it is killed for a restart.
const grace = 5 * time.Second

const (
	// exitNotFound and exitNotStarted are what shells end with.
	exitNotFound   = 127
	exitNotStarted = 126
)

// Run starts command and returns the exit code to end with, as the child's own: 128 + n for signal n. A child that fails after it was restarted is
// told of and waited with for the next restart: ending the container would throw away what was synced into it.
func Run(command []string) int {
	path, err := exec.LookPath(command[0])
	if err != nil {
		tell("cannot run " + command[0] + ": " + err.Error())
		return exitNotFound
	}
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	s := supervisor{path: path, command: command}
	if err := s.start(); err != nil {
		tell(err.Error())
		return exitNotStarted
	}
	var kill <-chan time.Time
	for {
		select {
		case <-kill:
			kill = nil
			s.endGroup(syscall.SIGKILL)
		case sig := <-signals:
			switch sig {
			case restartSignal:
				s.restarting = true
				if s.pid == 0 {
					break
				}
				s.endGroup(syscall.SIGTERM)
				kill = time.After(grace)
			case syscall.SIGCHLD:
			case syscall.SIGURG: // the Go runtime talks to itself
			default:
				number := sig.(syscall.Signal)
				if sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.SIGQUIT {
					s.stopping = true
				}
				if s.pid != 0 {
					_ = syscall.Kill(s.pid, number)
				} else if s.stopping {
					return 128 + int(number)
				}
			}
		}
		if code, ended := s.reap(); ended && !s.restarting {
			if code == 0 || !s.restarted || s.stopping {
				return code
			}
			tell("the process ended with exit code " + number(code) + "; it is started again with the next restart")
		}
		if s.pid == 0 && s.restarting {
			kill = nil
			s.restarting, s.restarted = false, true
			if err := s.start(); err != nil {
				tell(err.Error())
			}
		}
	}
}

type supervisor struct {
	path       string
	command    []string
	pid        int // 0: it does not run
	ownGroup   bool
	restarting bool
	restarted  bool
	stopping   bool // the container is to end
}

func (s *supervisor) start() error {
	// A group of its own, so that a restart ends what the child started, too. Not with a terminal, which serves one group only.
	s.ownGroup = !isTerminal(0)
	process, err := os.StartProcess(s.path, s.command, &os.ProcAttr{
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{Setpgid: s.ownGroup},
	})
	if err != nil {
		return err
	}
	s.pid = process.Pid
	return process.Release()
}

// endGroup signals the child and what it started.
func (s *supervisor) endGroup(sig syscall.Signal) {
	if s.pid == 0 {
		return
	}
	if s.ownGroup && syscall.Kill(-s.pid, sig) == nil {
		return
	}
	_ = syscall.Kill(s.pid, sig)
}

// reap takes note of every process that ended, and tells whether the child is one of them.
func (s *supervisor) reap() (code int, ended bool) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return code, ended
		}
		if pid != s.pid {
			continue
		}
		if s.ownGroup && s.restarting {
			// What the child leaves behind would hold its ports.
			_ = syscall.Kill(-pid, syscall.SIGKILL)
		}
		s.pid, ended = 0, true
		if status.Signaled() {
			code = 128 + int(status.Signal())
		} else {
			code = status.ExitStatus()
		}
	}
}
