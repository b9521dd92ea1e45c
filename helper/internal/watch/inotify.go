package watch

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const mask = syscall.IN_MODIFY | syscall.IN_ATTRIB | syscall.IN_CLOSE_WRITE | syscall.IN_CREATE | syscall.IN_DELETE |
	syscall.IN_MOVED_FROM | syscall.IN_MOVED_TO | syscall.IN_MOVE_SELF | syscall.IN_DELETE_SELF |
	syscall.IN_ONLYDIR | syscall.IN_EXCL_UNLINK

// inotify is the kernel's queue of events, read through Go's poller: while nothing happens nothing wakes up.
type inotify struct {
	fd   int
	file *os.File
}

func newInotify() (*inotify, error) {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return nil, err
	}
	return &inotify{fd: fd, file: os.NewFile(uintptr(fd), "inotify")}, nil
}

// add watches the directory that dir has open, whatever its path leads to by now. Without /proc it has to go by path.
func (i *inotify) add(dir int, path string) (int32, error) {
	wd, err := syscall.InotifyAddWatch(i.fd, "/proc/self/fd/"+strconv.Itoa(dir), mask)
	if err == syscall.ENOENT {
		wd, err = syscall.InotifyAddWatch(i.fd, path, mask|syscall.IN_DONT_FOLLOW)
	}
	return int32(wd), err
}

// more reads what has come already, without waiting.
func (i *inotify) more(buffer []byte) int {
	for {
		n, err := syscall.Read(i.fd, buffer)
		if err != syscall.EINTR {
			return n
		}
	}
}

// remove may fail, because the kernel has forgotten the watch already.
func (i *inotify) remove(wd int32) { _, _ = syscall.InotifyRmWatch(i.fd, uint32(wd)) }

type event struct {
	wd   int32
	mask uint32
	name string
}

// decode calls handle with each event of one read. Both architectures we build for are little-endian.
func decode(b []byte, handle func(event)) {
	for len(b) >= syscall.SizeofInotifyEvent {
		end := syscall.SizeofInotifyEvent + int(binary.LittleEndian.Uint32(b[12:]))
		if end > len(b) {
			return
		}
		handle(event{
			wd:   int32(binary.LittleEndian.Uint32(b)),
			mask: binary.LittleEndian.Uint32(b[4:]),
			name: strings.TrimRight(string(b[syscall.SizeofInotifyEvent:end]), "\x00"),
		})
		b = b[end:]
	}
}
