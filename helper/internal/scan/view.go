package scan

import (
	"syscall"

	"devspace-helper/internal/at"
	"devspace-helper/internal/observe"
	"devspace-helper/internal/root"
	"devspace-helper/internal/wire"
)

// View looks at single paths of a Site. It keeps the last directory open, since neighbours are mostly asked for one after
// another; Close it before the site's lock is given up, because the directory might move. The zero View wants only Site.
type View struct {
	*Site
	dir    int
	opened bool
	parent string
	name   string
}

// See describes what is at path, whose last segment may be any name the system has. Only a vanished root is an error.
func (v *View) See(path string) (e wire.Entry, directory bool, err error) {
	parent, name := root.Split(path)
	if !v.opened || v.parent != parent {
		v.Close()
		dir, err := v.Root.Dir(parent)
		if err == root.ErrVanished {
			return wire.Entry{}, false, err
		}
		if err != nil {
			return notReached(observe.Escape(path), err), false, nil
		}
		v.dir, v.parent, v.opened = dir, parent, true
	}
	v.name = name
	if path == "" {
		v.name = "."
		e, directory = observe.At(v.dir, ".", "")
		return e, directory, nil
	}
	e, directory = observe.Child(v.dir, parent, name)
	return e, directory, nil
}

// Links counts the names of what See saw last.
func (v *View) Links() (links uint64, known bool) {
	var st syscall.Stat_t
	if !v.opened || at.Stat(v.dir, v.name, &st) != nil {
		return 0, false
	}
	return uint64(st.Nlink), true
}

// Close gives up the directory kept open.
func (v *View) Close() {
	if v.opened {
		at.Close(v.dir)
		v.opened = false
	}
}

// notReached is the entry of a path whose directory cannot be opened.
func notReached(path string, err error) wire.Entry {
	if err == root.ErrUnsafe || err == root.ErrNotDirectory {
		return wire.Entry{Path: path, Kind: wire.Absent}
	}
	return observe.Failed(path, err)
}
