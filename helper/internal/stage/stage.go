// Package stage holds content that is not in place yet: in the helper's own directory, so that nobody watching the tree
// sees it, or under a reserved name beside the target where a rename from there would cross file systems.
package stage

import (
	"errors"
	"os"
	"strconv"
	"sync"
	"syscall"

	"devspace-helper/internal/at"
	"devspace-helper/internal/ignore"
)

// prefix tells the stages of several helpers in one container apart.
var prefix = ignore.Reserved + "stage-" + strconv.Itoa(os.Getpid()) + "-"

// Area creates stages and knows which exist, so that all can be removed at the end. Safe for concurrent use.
type Area struct {
	mu     sync.Mutex
	home   int // descriptor, -1 when there is none to stage in
	device uint64
	next   uint64
	open   map[*Stage]struct{}
}

// New returns an Area that stages in the directory home where it can; an empty home means never.
func New(home string) *Area {
	a := &Area{home: -1, open: map[*Stage]struct{}{}}
	if home == "" {
		return a
	}
	fd, err := at.OpenRoot(home)
	if err != nil {
		return a
	}
	var st syscall.Stat_t
	if syscall.Fstat(fd, &st) != nil {
		at.Close(fd)
		return a
	}
	a.home, a.device = fd, st.Dev
	return a
}

// Stage is one object that is not in place yet. End it with Place or Discard.
type Stage struct {
	area *Area
	dir  int // own descriptor unless it is the area's home
	name string
	fd   int // -1 for a link
}

// File creates an empty stage for a target in the directory parent, to be filled with WriteAt.
func (a *Area) File(parent int) (*Stage, error) {
	return a.create(parent, func(dir int, name string) (int, error) {
		fd, err := at.Open(dir, name, syscall.O_RDWR|syscall.O_CREAT|syscall.O_EXCL, 0o600)
		if err == nil && dir != a.home {
			_ = lock(fd) // against sweeping; where the file system knows no locks, nobody sweeps either
		}
		return fd, err
	})
}

// Link creates a staged symbolic link.
func (a *Area) Link(parent int, target string) (*Stage, error) {
	return a.create(parent, func(dir int, name string) (int, error) {
		return -1, at.Symlink(target, dir, name)
	})
}

func (a *Area) create(parent int, make func(dir int, name string) (int, error)) (*Stage, error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(parent, &st); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &Stage{area: a, dir: a.home}
	if a.home < 0 || st.Dev != a.device {
		dir, err := at.Open(parent, ".", at.OPath|syscall.O_DIRECTORY, 0)
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	for {
		a.next++
		s.name = prefix + strconv.FormatUint(a.next, 10)
		fd, err := make(s.dir, s.name)
		if err == syscall.EEXIST {
			continue // left behind by a helper with our process number that was killed
		}
		if err != nil {
			s.closeDir()
			return nil, err
		}
		s.fd = fd
		a.open[s] = struct{}{}
		return s, nil
	}
}

// WriteAt puts content at an offset.
func (s *Stage) WriteAt(p []byte, offset int64) error {
	for len(p) > 0 {
		n, err := syscall.Pwrite(s.fd, p, offset)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		p, offset = p[n:], offset+int64(n)
	}
	return nil
}

// FD is for reading what was written.
func (s *Stage) FD() int { return s.fd }

// Finish sets what a file is to have when it comes into place. An owner that cannot be given is left as it is.
func (s *Stage) Finish(owner Owner, mode uint32, sec, nsec int64) error {
	if s.fd < 0 {
		owner.give(s.dir, s.name)
		return nil
	}
	if owner.foreign() {
		_ = syscall.Fchown(s.fd, int(owner.UID), int(owner.GID))
	}
	if err := syscall.Fchmod(s.fd, mode); err != nil {
		return err
	}
	return at.SetTime(s.fd, sec, nsec)
}

// Place renames the stage to name in dir, and ends it; with fresh, that name must be free, else EEXIST. After an error the
// stage is still there. EXDEV means that the file systems differ although they looked the same (one mounted twice): then
// MoveBeside helps, and later stages will be beside their targets at once.
func (s *Stage) Place(dir int, name string, fresh bool) error {
	move := at.Rename
	if fresh {
		move = at.RenameNew
	}
	err := move(s.dir, s.name, dir, name)
	if err == nil {
		s.end()
	}
	return err
}

// Swap puts the stage in the place of the file name in dir, of which st was seen, and ends it. When somebody has written to
// that file or replaced it in the last moment, it is left there as it is: ErrTouched. Where there is no such step it is
// like Place.
func (s *Stage) Swap(dir int, name string, st *syscall.Stat_t) error {
	err := at.Swap(s.dir, s.name, dir, name)
	if at.CannotRename2(err) {
		return s.Place(dir, name, false)
	}
	if err != nil {
		return err
	}
	if !s.holds(st) && (at.Swap(s.dir, s.name, dir, name) == nil || s.Place(dir, name, true) == nil) {
		return ErrTouched
	}
	s.Discard()
	return nil
}

// Take moves the file name in dir, of which st was seen, out of the way and removes it. When somebody has written to it or
// replaced it in the last moment, it is put back: ErrTouched.
func (a *Area) Take(dir int, name string, st *syscall.Stat_t) error {
	s, err := a.create(dir, func(to int, as string) (int, error) {
		return -1, at.RenameNew(dir, name, to, as)
	})
	if err == syscall.EXDEV {
		return at.Unlink(dir, name)
	}
	if err != nil {
		return err
	}
	if !s.holds(st) && s.Place(dir, name, true) == nil {
		return ErrTouched
	}
	s.Discard()
	return nil
}

// ErrTouched means that a file changed in the moment in which it was to be replaced or removed.
var ErrTouched = errors.New("it changed in the last moment")

// holds tells whether what has the stage's name is what was seen, by its size and time: a new name changes the rest.
func (s *Stage) holds(st *syscall.Stat_t) bool {
	var now syscall.Stat_t
	return at.Stat(s.dir, s.name, &now) == nil && now.Size == st.Size && now.Mtim == st.Mtim && now.Mode == st.Mode
}

// MoveBeside replaces the stage by one of the same content in the directory parent.
func (s *Stage) MoveBeside(parent int) (*Stage, error) {
	s.area.mu.Lock()
	s.area.device = 0
	s.area.mu.Unlock()
	defer s.Discard()
	if s.fd < 0 {
		target, err := at.Readlink(s.dir, s.name)
		if err != nil {
			return nil, err
		}
		return s.area.Link(parent, target)
	}
	beside, err := s.area.File(parent)
	if err != nil {
		return nil, err
	}
	buffer := make([]byte, 256<<10)
	for offset := int64(0); ; {
		n, err := syscall.Pread(s.fd, buffer, offset)
		if err == syscall.EINTR {
			continue
		}
		if n > 0 {
			err = beside.WriteAt(buffer[:n], offset)
			offset += int64(n)
		}
		if err != nil {
			beside.Discard()
			return nil, err
		}
		if n == 0 {
			return beside, nil
		}
	}
}

// Discard removes the stage. It may be called again, and after Place.
func (s *Stage) Discard() {
	s.area.mu.Lock()
	_, open := s.area.open[s]
	if open {
		_ = at.Unlink(s.dir, s.name)
	}
	s.area.mu.Unlock()
	if open {
		s.end()
	}
}

func (s *Stage) end() {
	s.area.mu.Lock()
	defer s.area.mu.Unlock()
	delete(s.area.open, s)
	if s.fd >= 0 {
		at.Close(s.fd)
		s.fd = -1
	}
	s.closeDir()
}

func (s *Stage) closeDir() {
	if s.dir != s.area.home {
		at.Close(s.dir)
	}
}

// Clear removes every stage there is. The process ends after it.
func (a *Area) Clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for s := range a.open {
		_ = at.Unlink(s.dir, s.name)
	}
}
