package apply

import (
	"strconv"
	"syscall"

	"devspace-helper/internal/at"
)

// setMode changes the mode of the very object that was looked at: chmod by name would follow a link put there meanwhile.
func setMode(t *target, mode uint32) error {
	fd, err := at.Open(t.dir, t.name, at.OPath, 0)
	if err != nil {
		return err
	}
	defer at.Close(fd)
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Ino != t.st.Ino || st.Mode&syscall.S_IFMT != t.st.Mode&syscall.S_IFMT {
		return ErrChanged
	}
	if st.Mode&0o7777 == mode {
		return nil
	}
	err = syscall.Chmod("/proc/self/fd/"+strconv.Itoa(fd), mode)
	if err != syscall.ENOENT {
		return err
	}
	// Without /proc the object must be opened for real, which a mode such as 0 forbids.
	real, err := at.Open(t.dir, t.name, syscall.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer at.Close(real)
	return syscall.Fchmod(real, mode)
}
