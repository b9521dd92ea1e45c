package stage

import (
	"strings"
	"syscall"
	"time"

	"devspace-helper/internal/at"
	"devspace-helper/internal/ignore"
)

// Is tells whether a name is one of a stage beside its target, of whichever helper.
func Is(name string) bool { return strings.HasPrefix(name, ignore.Reserved+"stage-") }

// Sweep removes name in dir when it is a stage that a killed helper of the same user left: nobody has it locked, as its
// helper would, and nothing happened to it for a time. What is in doubt stays.
func Sweep(dir int, name string, idle time.Duration) {
	var st syscall.Stat_t
	if !Is(name) || at.Stat(dir, name, &st) != nil || int(st.Uid) != uid {
		return
	}
	if time.Since(time.Unix(st.Ctim.Unix())) < idle {
		return
	}
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFLNK: // exists for a moment only, and cannot be locked
	case syscall.S_IFREG:
		fd, err := at.Open(dir, name, syscall.O_RDONLY, 0)
		if err != nil {
			return
		}
		defer at.Close(fd)
		if lock(fd) != nil {
			return
		}
	default:
		return
	}
	_ = at.Unlink(dir, name)
}

// lock marks a stage as in use for as long as it is open, however its helper ends.
func lock(fd int) error { return syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) }
