// Package hangup tells that nobody is at the other end of a stream any more, to those who cannot read up to its end.
package hangup

import (
	"os"
	"syscall"
)

// Of returns a channel that is closed when the last writer of a pipe, or the other end of a socket, has gone, whatever is still to be read there. For
// what cannot be watched, such as a file, it never is.
func Of(in *os.File) <-chan struct{} {
	gone := make(chan struct{})
	fd := int(in.Fd())
	watch, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return gone
	}
	// A hang-up is told without being asked for, and nothing else is.
	if syscall.EpollCtl(watch, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Fd: int32(fd)}) != nil {
		_ = syscall.Close(watch)
		return gone
	}
	go func() {
		defer syscall.Close(watch)
		events := make([]syscall.EpollEvent, 1)
		for {
			n, err := syscall.EpollWait(watch, events, -1)
			if n > 0 {
				close(gone)
				return
			}
			if err != nil && err != syscall.EINTR {
				return
			}
		}
	}()
	return gone
}
