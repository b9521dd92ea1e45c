// Package apply changes the tree: every change is made only while the client's expectation holds, never through a
// symbolic link, and is queued as APPLIED before anybody else may look.
package apply

import (
	"syscall"

	"devspace-helper/internal/at"
	"devspace-helper/internal/ignore"
	"devspace-helper/internal/observe"
	"devspace-helper/internal/scan"
	"devspace-helper/internal/stage"
	"devspace-helper/internal/wire"
)

// Applier makes changes in a Site, one at a time. Safe for concurrent use.
type Applier struct {
	Site *scan.Site
	Area *stage.Area
}

// target is an open directory and the name in it that a request is about, with what is there now.
type target struct {
	dir  int
	name string
	now  wire.Entry
	st   syscall.Stat_t // valid unless now is absent
}

// isDirectory tells what no file or link may replace.
func (t *target) isDirectory() bool { return t.st.Mode&syscall.S_IFMT == syscall.S_IFDIR }

// Do carries out MKDIR, REMOVE, CHMOD or SYMLINK and queues the answer. The error is root.ErrVanished or nil.
func (a *Applier) Do(r *wire.Request) error {
	return a.change(r, func(t *target) error {
		switch r.Type {
		case wire.Mkdir:
			return mkdir(t, r.Mode)
		case wire.Remove:
			return a.remove(t)
		case wire.Chmod:
			return chmod(t, r.Mode)
		}
		return a.symlink(t, r.Text, r.Expect.Kind == wire.Nothing)
	}, keep)
}

// keep is for a change that leaves nothing to clear away when it is refused.
func keep() {}

// change looks, checks the expectation, lets do make the change and queues how it went, all under the site's lock. Before
// it tells of a refusal it calls clear.
func (a *Applier) change(r *wire.Request, do func(*target) error, clear func()) error {
	a.Site.Order.Lock()
	defer a.Site.Order.Unlock()
	t, err := a.reach(r)
	if err == nil {
		defer at.Close(t.dir)
		err = do(t)
	}
	e := wire.Entry{Path: r.Path, Kind: wire.Absent}
	switch {
	case err == nil:
		e, _ = observe.At(t.dir, t.name, r.Path)
	case err == syscall.ENOENT && r.Type == wire.Remove: // not even its directory is there
	default:
		clear()
		a.Site.Out.Send(Refusal(r.ID, r.Path, err))
		return vanished(err)
	}
	a.Site.Out.Send(&wire.Reply{Type: wire.Applied, ID: r.ID, Entry: e})
	return nil
}

// reach opens the directory of the request's path, creating what is missing where the request creates something, and
// checks the expectation.
func (a *Applier) reach(r *wire.Request) (*target, error) {
	dir, name, err := a.open(r)
	if err != nil {
		return nil, err
	}
	t, err := look(dir, name, r)
	if err != nil {
		at.Close(dir)
	}
	return t, err
}

// open is the first half of reach.
func (a *Applier) open(r *wire.Request) (dir int, name string, err error) {
	if err := allowed(r.Path); err != nil {
		return -1, "", err
	}
	dir, name, err = a.Site.Root.Parent(r.Path)
	if err == syscall.ENOENT {
		switch {
		case r.Expect.Kind == wire.Exactly:
			return -1, "", ErrChanged
		case r.Type == wire.Put || r.Type == wire.Mkdir || r.Type == wire.Symlink:
			dir, name, err = a.Site.Root.MakeParent(r.Path, a.madeParent)
		}
	}
	return dir, name, err
}

// look is the other half.
func look(dir int, name string, r *wire.Request) (*target, error) {
	t := &target{dir: dir, name: name}
	// One look for both: what is checked is what st tells of, and what changes later shows against st.
	t.now, _ = observe.Into(&t.st, dir, name, r.Path)
	if err := Check(r.Expect, &t.now); err != nil {
		return nil, err
	}
	if t.st.Mode == 0 && t.now.Kind != wire.Absent {
		return nil, ErrChanged
	}
	return t, nil
}

// madeParent tells the client of a directory that came about on the way to another path.
func (a *Applier) madeParent(dir int, name, path string) {
	stage.Give(dir, name)
	e, _ := observe.At(dir, name, path)
	a.Site.Out.Send(&wire.Reply{Type: wire.Entries, Source: wire.FromChange, Entries: []wire.Entry{e}})
}

// Check tells whether what is there is what was expected: nil or a refusal.
func Check(expect wire.Expect, now *wire.Entry) error {
	switch {
	case expect.Kind == wire.Nothing && now.Kind != wire.Absent:
		return ErrChanged
	case expect.Kind == wire.Exactly && (now.Stamp != expect.Stamp || now.Stamp == wire.Stamp{}):
		return ErrChanged // only files, directories and links have a stamp
	}
	return nil
}

// allowed refuses paths that no request may change: the root itself and what the product keeps for itself.
func allowed(path string) error {
	if path == "" {
		return errRoot
	}
	if ignore.IsReserved(path) {
		return ErrReserved
	}
	return nil
}

func mkdir(t *target, mode uint32) error {
	switch t.now.Kind {
	case wire.Absent:
		if err := at.Mkdir(t.dir, t.name, 0o700); err != nil {
			return err
		}
		stage.Give(t.dir, t.name)
		if err := at.Stat(t.dir, t.name, &t.st); err != nil {
			return err
		}
	case wire.Directory:
	default:
		return ErrWrongKind
	}
	return setMode(t, mode)
}

func (a *Applier) remove(t *target) error {
	switch {
	case t.now.Kind == wire.Absent:
		return nil
	case t.isDirectory():
		return at.Rmdir(t.dir, t.name)
	case t.now.Kind == wire.File:
		return a.Area.Take(t.dir, t.name, &t.st)
	}
	return at.Unlink(t.dir, t.name)
}

func chmod(t *target, mode uint32) error {
	switch t.st.Mode & syscall.S_IFMT {
	case syscall.S_IFREG, syscall.S_IFDIR:
		return setMode(t, mode)
	case 0:
		return syscall.ENOENT
	}
	return ErrWrongKind
}

func (a *Applier) symlink(t *target, text string, fresh bool) error {
	if t.isDirectory() {
		return ErrWrongKind
	}
	s, err := a.Area.Link(t.dir, text)
	if err != nil {
		return err
	}
	return a.place(s, t, fresh, 0, wire.Time{})
}

// mostSwapped is up to which size a file is swapped with what replaces it: an overlay first copies what lies below it.
const mostSwapped = 64 << 20

// place brings a stage into place, with the owner of what it replaces or else of its directory, or discards it.
func (a *Applier) place(s *stage.Stage, t *target, fresh bool, mode uint32, mtime wire.Time) error {
	st := t.st
	if t.now.Kind == wire.Absent {
		if err := syscall.Fstat(t.dir, &st); err != nil {
			s.Discard()
			return err
		}
	}
	try := func() error {
		if err := s.Finish(stage.OwnerOf(&st), mode, int64(mtime.Sec), int64(mtime.Nsec)); err != nil {
			return err
		}
		if !fresh && t.now.Kind == wire.File && t.st.Size <= mostSwapped {
			return s.Swap(t.dir, t.name, &t.st)
		}
		return s.Place(t.dir, t.name, fresh)
	}
	err := try()
	if err == syscall.EXDEV {
		if s, err = s.MoveBeside(t.dir); err != nil {
			return err
		}
		err = try()
	}
	if err != nil {
		s.Discard()
	}
	return err
}
