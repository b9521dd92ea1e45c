package watch

import (
	"time"

	"devspace-helper/internal/outbox"
	"devspace-helper/internal/scan"
	"devspace-helper/internal/wire"
)

// round is how many paths are looked at before others get the lock.
const round = 128

// report is one round of looking.
type report struct {
	*Watcher
	causes map[string]cause
	now    time.Time

	gone  map[string]bool // paths just reported absent: what is below them goes without saying
	fresh []string        // directories to list
	batch outbox.Batch
	view  scan.View
}

func (r *report) all(paths []string) error {
	for len(paths) > 0 {
		n := len(paths)
		if n > round {
			n = round
		}
		r.site.Order.Lock()
		for _, path := range paths[:n] {
			if err := r.one(path); err != nil {
				r.site.Order.Unlock()
				return err
			}
		}
		r.batch.Flush()
		r.site.Order.Unlock()
		paths = paths[n:]
		r.view.Close() // a descriptor kept without the lock might belong to a directory that has moved
	}
	for _, path := range r.fresh {
		if err := r.scanner.Tree(path, wire.FromChange); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) one(path string) error {
	why := r.causes[path]
	if below(path, r.gone) {
		return nil
	}
	e, isDirectory, err := r.view.See(path)
	if err != nil {
		return err
	}
	if len(e.Path) > wire.MaxPath {
		return nil
	}
	if why == created && r.unfinished(&e) {
		r.later[path] = r.now.Add(open)
		return nil
	}
	if !r.site.Filter.Reachable(e.Path, isDirectory) {
		if isDirectory && r.site.Filter.Reachable(e.Path, false) {
			r.absent(e.Path) // excluded as a directory, but the file it was is gone
		}
		return nil
	}
	if e.Kind == wire.Absent {
		r.absent(e.Path)
		return nil
	}
	if why&left != 0 { // something else has come in its place already
		r.absent(e.Path)
		delete(r.gone, e.Path)
	}
	if e.Kind != wire.Directory {
		r.forget(path)
	} else if why&(directory|left) != 0 || !r.watches(path) {
		r.fresh = append(r.fresh, path)
		return nil
	}
	r.batch.Add(&e)
	return nil
}

// unfinished is true for a file that was created and not closed yet: what is written into it is still to come. A hard
// link is a created name too, but its content is there.
func (r *report) unfinished(e *wire.Entry) bool {
	if e.Kind != wire.File {
		return false
	}
	links, known := r.view.Links()
	return known && links == 1
}

func (r *report) absent(path string) {
	r.forget(path)
	r.gone[path] = true
	r.batch.Add(&wire.Entry{Path: path, Kind: wire.Absent})
}
