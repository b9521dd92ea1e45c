// Package watch reports changes below the root as they happen: by inotify, or by comparing where inotify gives out.
package watch

import (
	"errors"
	"os"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"devspace-helper/internal/observe"
	"devspace-helper/internal/outbox"
	"devspace-helper/internal/root"
	"devspace-helper/internal/scan"
	"devspace-helper/internal/wire"
)

const (
	// settle is how long events are gathered, so that one save is looked at once.
	settle = 3 * time.Millisecond
	// open is how long a file that somebody keeps writing to goes unreported.
	open = 250 * time.Millisecond
)

// ErrLimit ends Run when the system grants no further watches.
var ErrLimit = errors.New("the inotify limit is reached")

// Watcher follows every listed directory. A directory is watched before it is listed, so a child is either listed or
// reported, or both. Events only say where to look: what is reported is what was seen there.
type Watcher struct {
	site    *scan.Site
	inotify *inotify
	scanner *scan.Scanner

	mu    sync.Mutex // guards nodes and limit, which Add changes from other goroutines
	nodes nodes
	limit bool

	soon    map[string]cause     // to be looked at when settled
	soonDue time.Time            // zero while soon is empty
	later   map[string]time.Time // being written to, and when to look at the latest
}

// cause tells what kind of events made a path worth looking at.
type cause uint8

const (
	created   cause = 1 << iota // a name appeared, and nothing else happened yet
	directory                   // a directory appeared, perhaps with children
	left                        // a directory went away, and all below it
	other
)

// New prepares a Watcher; an error means that inotify is not to be had at all.
func New(site *scan.Site) (*Watcher, error) {
	i, err := newInotify()
	if err != nil {
		return nil, err
	}
	w := &Watcher{
		site: site, inotify: i, nodes: nodes{byWatch: map[int32]*node{}},
		soon: map[string]cause{}, later: map[string]time.Time{},
	}
	w.scanner = &scan.Scanner{Site: site, Enter: w.Add}
	return w, nil
}

// Add watches a directory; it is the Enter of every scanner of the site.
func (w *Watcher) Add(path string, dir int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.limit {
		return
	}
	wd, err := w.inotify.add(dir, observe.Join(w.site.Root.Watched, path))
	if err == syscall.ENOSPC || err == syscall.ENOMEM {
		w.limit = true
		_ = w.inotify.file.Close()
	}
	if err != nil {
		return
	}
	unneeded, known := w.nodes.put(path, wd)
	if !known {
		unneeded = append(unneeded, wd)
	}
	w.release(unneeded)
}

// Close ends Run.
func (w *Watcher) Close() { _ = w.inotify.file.Close() }

// Run reports changes until Close (nil), ErrLimit or root.ErrVanished.
func (w *Watcher) Run() error {
	buffer := make([]byte, 32<<10)
	for {
		_ = w.inotify.file.SetReadDeadline(w.due())
		n, err := w.inotify.file.Read(buffer)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.limit {
				return ErrLimit
			}
			return nil
		}
		gone := false
		now := time.Now()
		note := func(b []byte) { decode(b, func(e event) { gone = w.note(e, now) || gone }) }
		note(buffer[:n])
		if len(w.soon) > 0 {
			// What comes until they have settled is fetched in one go: waking up for each event costs more than all the rest.
			time.Sleep(time.Until(w.soonDue))
			now = time.Now()
			for n := w.inotify.more(buffer); n > 0 && !gone; n = w.inotify.more(buffer) {
				note(buffer[:n])
			}
		}
		if gone {
			return root.ErrVanished
		}
		if err := w.look(now); err != nil {
			return err
		}
	}
}

// note remembers where an event says to look. It is true when the event says that the root is gone.
func (w *Watcher) note(e event, now time.Time) bool {
	if e.mask&syscall.IN_Q_OVERFLOW != 0 {
		w.site.Out.Send(&wire.Reply{Type: wire.Notice, Code: wire.EventsLost, Text: "more changed at once than the system reports"})
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.nodes.byWatch[e.wd]
	if n == nil {
		return false
	}
	if e.mask&(syscall.IN_DELETE_SELF|syscall.IN_MOVE_SELF|syscall.IN_IGNORED|syscall.IN_UNMOUNT) != 0 {
		if e.mask&syscall.IN_IGNORED != 0 {
			w.nodes.drop(n)
		}
		return n.parent == nil
	}
	path := n.path()
	if e.name != "" {
		path = observe.Join(path, e.name)
	}
	isDirectory := e.mask&syscall.IN_ISDIR != 0
	why := other
	switch {
	case e.mask&(syscall.IN_DELETE|syscall.IN_MOVED_FROM) != 0 && isDirectory:
		// From here on events from inside must not be taken for events at the old path.
		if old := n.children[e.name]; old != nil {
			w.release(w.nodes.drop(old))
		}
		why = left
	case e.mask&(syscall.IN_CREATE|syscall.IN_MOVED_TO) != 0 && isDirectory:
		why = directory
	case e.mask&syscall.IN_CREATE != 0:
		why = created
	case e.mask&syscall.IN_MODIFY != 0:
		if _, waiting := w.later[path]; !waiting && w.soon[path] == 0 {
			w.later[path] = now.Add(open)
		}
		return false
	}
	delete(w.later, path)
	if len(w.soon) == 0 {
		w.soonDue = now.Add(settle)
	}
	w.soon[path] |= why
	return false
}

// due is when to look next if no event comes; zero means never.
func (w *Watcher) due() time.Time {
	due := w.soonDue
	for _, at := range w.later {
		if due.IsZero() || at.Before(due) {
			due = at
		}
	}
	return due
}

// look looks at every path whose time has come and reports what is there.
func (w *Watcher) look(now time.Time) error {
	causes := map[string]cause(nil)
	if len(w.soon) > 0 && !now.Before(w.soonDue) {
		causes, w.soon, w.soonDue = w.soon, map[string]cause{}, time.Time{}
	}
	for path, at := range w.later {
		if !now.Before(at) {
			if causes == nil {
				causes = map[string]cause{}
			}
			causes[path] |= other
			delete(w.later, path)
		}
	}
	if len(causes) == 0 {
		return nil
	}
	paths := make([]string, 0, len(causes))
	for path := range causes {
		paths = append(paths, path)
	}
	sort.Strings(paths) // a directory before what is in it
	r := report{Watcher: w, causes: causes, now: now, gone: map[string]bool{}}
	r.view.Site, r.batch = w.site, outbox.Batch{Out: w.site.Out, Source: wire.FromChange}
	defer r.view.Close()
	return r.all(paths)
}

func (w *Watcher) release(watches []int32) {
	for _, wd := range watches {
		w.inotify.remove(wd)
	}
}

func (w *Watcher) forget(path string) (known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.nodes.find(path)
	if n == nil || n.parent == nil {
		return false
	}
	w.release(w.nodes.drop(n))
	return true
}

func (w *Watcher) watches(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.nodes.find(path) != nil
}

func below(path string, gone map[string]bool) bool {
	for len(gone) > 0 {
		slash := strings.LastIndexByte(path, '/')
		if slash < 0 {
			return false
		}
		path = path[:slash]
		if gone[path] {
			return true
		}
	}
	return false
}
