// Package home is the directory that was made for one run of the helper: how it is found, marked as in use, and how those
// that killed helpers left behind are cleared away.
package home

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"devspace-helper/internal/ignore"
)

// settled is how long nothing must have happened in a directory that nobody holds before it is taken for abandoned: a
// script that is still receiving its helper does not hold its directory yet.
const settled = 2 * time.Minute

// isNamed tells whether a name is one that the client makes: .devspace- and 12 hexadecimal digits.
func isNamed(name string) bool {
	token := strings.TrimPrefix(name, ignore.Reserved)
	return len(token) == 12 && len(name) == len(ignore.Reserved)+12 && strings.Trim(token, "0123456789abcdef") == ""
}

// Home is the directory of this run. Only one Home exists for a directory while its process lives.
type Home struct {
	Path string
	held *os.File
}

// Own finds the directory that the client made for this run and marks it as in use; nil when the helper was started from
// elsewhere.
func Own() *Home {
	executable, err := os.Executable()
	if err != nil {
		return nil
	}
	directory := filepath.Dir(executable)
	if !strings.HasPrefix(filepath.Base(directory), ignore.Reserved) {
		return nil
	}
	return &Home{Path: directory, held: hold(directory)}
}

// Remove clears the directory away with everything in it.
func (h *Home) Remove() { _ = os.RemoveAll(h.Path) }

// Sweep removes what killed helpers of the same user left beside this directory. Links are not followed, and what cannot be
// told to be abandoned stays.
func (h *Home) Sweep() {
	if h.held == nil {
		return // the file system knows no locks, so nobody's tell anything
	}
	above := filepath.Dir(h.Path)
	entries, err := os.ReadDir(above)
	if err != nil {
		return
	}
	for _, entry := range entries {
		path := filepath.Join(above, entry.Name())
		if !isNamed(entry.Name()) || path == h.Path || !abandoned(path) {
			continue
		}
		if held := hold(path); held != nil {
			_ = os.RemoveAll(path)
			_ = held.Close()
		}
	}
}

func abandoned(path string) bool {
	var st syscall.Stat_t
	if syscall.Lstat(path, &st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFDIR || int(st.Uid) != os.Geteuid() {
		return false
	}
	return time.Since(time.Unix(st.Mtim.Unix())) > settled
}

// hold locks a directory until the process ends, however it does; nil when somebody else has it locked or it cannot be.
func hold(path string) *os.File {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		_ = file.Close()
		return nil
	}
	return file
}
