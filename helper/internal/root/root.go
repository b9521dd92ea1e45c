// Package root finds its way inside the synced directory without ever leaving it: a path is walked segment by segment
// from the root, and a symbolic link on the way is an error.
package root

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"devspace-helper/internal/at"
)

var (
	// ErrVanished: the root is gone, or something else is in its place.
	ErrVanished = errors.New("the synced directory is gone")
	// ErrUnsafe: a symbolic link lies on the way.
	ErrUnsafe = errors.New("the path leads through a symbolic link")
	// ErrNotDirectory: something that is no directory lies on the way.
	ErrNotDirectory = errors.New("part of the path is not a directory")
)

// Root is the synced directory. Every walk makes sure that it still is the directory it was. Safe for concurrent use.
type Root struct {
	Path    string // absolute, without symbolic links
	Watched string // the same as this process would write it
	base    int    // directory that Path starts from; -1 for our own root
	device  uint64
	inode   uint64
}

// Open resolves path (relative to the working directory) and creates it first when asked to. Errors are those of the
// system: ENOENT, ENOTDIR, EACCES.
func Open(path string, create bool) (*Root, error) {
	if create {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, err
		}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
		return nil, err
	}
	r := &Root{Path: absolute, Watched: absolute, base: -1}
	if err := r.identify(); err != nil {
		return nil, err
	}
	return r, nil
}

// identify remembers which directory lies at Path, and makes sure that we may list it.
func (r *Root) identify() error {
	fd, err := r.open()
	if err != nil {
		return err
	}
	defer at.Close(fd)
	if !at.Readable(fd, ".", true) {
		return syscall.EACCES
	}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return err
	}
	r.device, r.inode = st.Dev, st.Ino
	return nil
}

// open opens whatever directory lies at Path now.
func (r *Root) open() (int, error) {
	if r.base < 0 {
		return at.OpenRoot(r.Path)
	}
	return walk(r.base, strings.FieldsFunc(r.Path, func(c rune) bool { return c == '/' }))
}

// Pin keeps the directory's inode number from being given to a directory made in its place. It also keeps the kernel from
// telling watchers that the directory is removed, so it is for sessions that do not watch. It lasts as long as the process.
func (r *Root) Pin() { _, _ = r.open() }

// Dir opens the directory at path for use with package at; the caller closes it.
func (r *Root) Dir(path string) (int, error) {
	fd, err := r.open()
	switch err {
	case nil:
	case syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP:
		return -1, ErrVanished
	default: // no permission, or too many files are open: that passes
		return -1, err
	}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil || st.Ino != r.inode || st.Dev != r.device {
		at.Close(fd)
		return -1, ErrVanished
	}
	for path != "" {
		var name string
		name, path, _ = strings.Cut(path, "/")
		next, err := at.Open(fd, name, at.OPath|syscall.O_DIRECTORY, 0)
		if err == syscall.ENOTDIR {
			err = inTheWay(fd, name)
		}
		at.Close(fd)
		if err != nil {
			return -1, err
		}
		fd = next
	}
	return fd, nil
}

// Parent opens the directory that holds path and returns the name there; the caller closes it. The root itself has none.
func (r *Root) Parent(path string) (int, string, error) {
	parent, name := Split(path)
	fd, err := r.Dir(parent)
	return fd, name, err
}

// MakeParent is Parent, creating the directories that are missing; made is told of each.
func (r *Root) MakeParent(path string, made func(dir int, name, path string)) (int, string, error) {
	fd, name, err := r.Parent(path)
	if err != syscall.ENOENT {
		return fd, name, err
	}
	parent, _ := Split(path)
	above, last, err := r.MakeParent(parent, made)
	if err != nil {
		return -1, "", err
	}
	switch err := at.Mkdir(above, last, 0o755); err {
	case nil:
		made(above, last, parent)
	case syscall.EEXIST:
	default:
		at.Close(above)
		return -1, "", err
	}
	at.Close(above)
	return r.Parent(path)
}

// Split cuts a path into the directory that holds it and its name there.
func Split(path string) (parent, name string) {
	if slash := strings.LastIndexByte(path, '/'); slash >= 0 {
		return path[:slash], path[slash+1:]
	}
	return "", path
}

func inTheWay(dir int, name string) error {
	var st syscall.Stat_t
	if at.Stat(dir, name, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFLNK {
		return ErrUnsafe
	}
	return ErrNotDirectory
}
