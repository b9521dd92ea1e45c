// Package at holds the system calls that name a file by an open directory and one name in it. None of them follows a
// symbolic link at that name. Linux only, on the standard library's syscall package, which lacks most of them.
package at

import (
	"syscall"
	"unsafe"
)

const (
	// OPath opens a file only to be named by later calls; it needs no permission on the file itself.
	OPath = 0x200000

	cwd             = -100
	symlinkNoFollow = 0x100
	removeDir       = 0x200
	noReplace       = 1
	exchange        = 2
)

// Close closes a descriptor of this package.
func Close(fd int) { _ = syscall.Close(fd) }

// Open opens name in dir. O_NOFOLLOW, O_CLOEXEC and O_NONBLOCK are always set, so a FIFO cannot hold us up.
func Open(dir int, name string, flags int, mode uint32) (int, error) {
	for {
		fd, err := syscall.Openat(dir, name, flags|syscall.O_NOFOLLOW|syscall.O_CLOEXEC|syscall.O_NONBLOCK, mode)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

// OpenRoot opens an absolute path as a starting point for the other calls.
func OpenRoot(path string) (int, error) {
	return Open(cwd, path, OPath|syscall.O_DIRECTORY, 0)
}

// Stat tells what name in dir is.
func Stat(dir int, name string, st *syscall.Stat_t) error {
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	for {
		_, _, errno := syscall.Syscall6(sysFstatat, uintptr(dir), uintptr(unsafe.Pointer(p)),
			uintptr(unsafe.Pointer(st)), symlinkNoFollow, 0, 0)
		if !again(errno) {
			return failure(errno)
		}
	}
}

// Readlink returns the target of the symbolic link name.
func Readlink(dir int, name string) (string, error) {
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return "", err
	}
	buffer := make([]byte, syscall.PathMax)
	n, _, errno := syscall.Syscall6(syscall.SYS_READLINKAT, uintptr(dir), uintptr(unsafe.Pointer(p)),
		uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)), 0, 0)
	if errno != 0 {
		return "", errno
	}
	return string(buffer[:n]), nil
}

// Readable tells whether this process may read name and, with search, pass through it.
func Readable(dir int, name string, search bool) bool {
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return false
	}
	want := uintptr(4)
	if search {
		want |= 1
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_FACCESSAT, uintptr(dir), uintptr(unsafe.Pointer(p)), want, 0, 0, 0)
	return errno == 0
}

// Mkdir creates a directory.
func Mkdir(dir int, name string, mode uint32) error { return syscall.Mkdirat(dir, name, mode) }

// Symlink creates a symbolic link.
func Symlink(target string, dir int, name string) error {
	t, err := syscall.BytePtrFromString(target)
	if err != nil {
		return err
	}
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_SYMLINKAT, uintptr(unsafe.Pointer(t)), uintptr(dir),
			uintptr(unsafe.Pointer(p)), 0, 0, 0)
		if !again(errno) {
			return failure(errno)
		}
	}
}

// Unlink removes anything but a directory.
func Unlink(dir int, name string) error { return unlink(dir, name, 0) }

// Rmdir removes an empty directory.
func Rmdir(dir int, name string) error { return unlink(dir, name, removeDir) }

func unlink(dir int, name string, flags uintptr) error {
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_UNLINKAT, uintptr(dir), uintptr(unsafe.Pointer(p)), flags, 0, 0, 0)
		if !again(errno) {
			return failure(errno)
		}
	}
}

// Rename moves from over to, replacing what is there.
func Rename(fromDir int, from string, toDir int, to string) error {
	return syscall.Renameat(fromDir, from, toDir, to)
}

// RenameNew moves from to a name that must be free, else EEXIST. Where the file system or kernel cannot do that in one
// step it looks first, which leaves a moment in which somebody else may come between.
func RenameNew(fromDir int, from string, toDir int, to string) error {
	err := rename2(fromDir, from, toDir, to, noReplace)
	if CannotRename2(err) {
		var st syscall.Stat_t
		if Stat(toDir, to, &st) == nil {
			return syscall.EEXIST
		}
		return Rename(fromDir, from, toDir, to)
	}
	return err
}

// Swap gives each of two objects the name of the other in one step. See CannotRename2.
func Swap(aDir int, a string, bDir int, b string) error { return rename2(aDir, a, bDir, b, exchange) }

// CannotRename2 tells whether an error of Swap means that the file system or kernel has no such thing.
func CannotRename2(err error) bool {
	switch err {
	case syscall.ENOSYS, syscall.EINVAL, syscall.EPERM, syscall.ENOTSUP:
		return true
	}
	return false
}

func rename2(fromDir int, from string, toDir int, to string, flags uintptr) error {
	f, err := syscall.BytePtrFromString(from)
	if err != nil {
		return err
	}
	t, err := syscall.BytePtrFromString(to)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall6(sysRenameat2, uintptr(fromDir), uintptr(unsafe.Pointer(f)),
		uintptr(toDir), uintptr(unsafe.Pointer(t)), flags, 0)
	return failure(errno)
}

// SetTime sets both times of an open file.
func SetTime(fd int, sec int64, nsec int64) error {
	times := [2]syscall.Timespec{{Sec: sec, Nsec: nsec}, {Sec: sec, Nsec: nsec}}
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0)
		if !again(errno) {
			return failure(errno)
		}
	}
}

// CoarseNow is the clock by which the kernel stamps files, in its own steps of up to 10 ms.
func CoarseNow() (sec int64, nsec int64) {
	var ts syscall.Timespec
	const realtimeCoarse = 5
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, realtimeCoarse, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Sec, ts.Nsec
}

// again tells whether a call was only interrupted; the pointers must be turned into numbers in the call itself, so the
// loops cannot be shared.
func again(errno syscall.Errno) bool { return errno == syscall.EINTR }

func failure(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
