// Package scan lists a tree as ENTRIES frames while it walks it; nothing of the tree is kept.
package scan

import (
	"sync"
	"syscall"
	"time"

	"devspace-helper/internal/at"
	"devspace-helper/internal/ignore"
	"devspace-helper/internal/observe"
	"devspace-helper/internal/outbox"
	"devspace-helper/internal/root"
	"devspace-helper/internal/stage"
	"devspace-helper/internal/wire"
)

// abandoned is how long nothing must have happened to a stage that nobody holds.
const abandoned = 2 * time.Minute

// Site is what everything that looks at the tree shares.
type Site struct {
	Root   *root.Root
	Filter *ignore.Filter
	Out    *outbox.Outbox
	// Order is held from looking at a path until what was seen is queued, and from changing a path until the change is
	// queued. So the last thing the client hears of a path is the newest.
	Order sync.Mutex
}

// Scanner walks trees of a Site. It serves one goroutine.
type Scanner struct {
	*Site
	// Enter is called with every directory before it is listed, with an open descriptor of it.
	Enter func(path string, dir int)
	// Seen, when set, decides under the lock whether an entry is sent.
	Seen func(*wire.Entry) bool

	batch  outbox.Batch
	buffer []byte
	names  []string
}

// Tree lists path and everything below it: a directory first, then its children, then what is below each of them. Only a
// vanished root is an error.
func (s *Scanner) Tree(path string, source uint8) error {
	s.batch.Out, s.batch.Source = s.Out, source
	view := View{Site: s.Site}
	s.Order.Lock()
	e, directory, err := view.See(path)
	view.Close()
	listed := err == nil && s.Filter.Reachable(path, directory)
	if listed {
		s.add(e)
		s.batch.Flush()
	}
	s.Order.Unlock()
	if !listed || e.Kind != wire.Directory {
		return err
	}
	return s.walk(path)
}

func (s *Scanner) walk(path string) error {
	dir, err := s.Root.Dir(path)
	switch err {
	case nil:
	case root.ErrVanished:
		return err
	default:
		return s.again(path, err)
	}
	if s.Enter != nil {
		s.Enter(path, dir)
	}
	children, err := s.list(dir, path)
	at.Close(dir)
	if err != nil {
		return s.again(path, err)
	}
	for _, child := range children {
		if err := s.walk(child); err != nil {
			return err
		}
		if s.Out.Closed() {
			return nil
		}
	}
	return nil
}

// again looks once more at a directory that could not be listed: it is gone or replaced, or else it is unreadable.
func (s *Scanner) again(path string, why error) error {
	s.Order.Lock()
	defer s.Order.Unlock()
	view := View{Site: s.Site}
	e, _, err := view.See(path)
	view.Close()
	if err != nil {
		return err
	}
	if e.Kind == wire.Directory {
		if failed := notReached(path, why); failed.Kind == wire.Unreadable {
			e = failed
		}
	}
	s.add(e)
	s.batch.Flush()
	return nil
}

// list sends the entries of one directory and returns the paths of the directories among them.
func (s *Scanner) list(dir int, path string) (children []string, err error) {
	fd, err := at.Open(dir, ".", syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer at.Close(fd)
	if s.buffer == nil {
		s.buffer = make([]byte, 16<<10)
	}
	for {
		n, err := syscall.ReadDirent(fd, s.buffer)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return children, err
		}
		_, _, s.names = syscall.ParseDirent(s.buffer[:n], -1, s.names[:0])
		s.Order.Lock()
		for _, name := range s.names {
			if stage.Is(name) {
				stage.Sweep(fd, name, abandoned)
				continue
			}
			e, directory := observe.Child(fd, path, name)
			if e.Kind == wire.Absent || len(e.Path) > wire.MaxPath || !s.Filter.Listed(e.Path, directory) {
				continue // gone again, impossible to name, or none of our business
			}
			s.add(e)
			if e.Kind == wire.Directory {
				children = append(children, e.Path)
			}
		}
		s.batch.Flush()
		s.Order.Unlock()
	}
}

func (s *Scanner) add(e wire.Entry) {
	if s.Seen != nil && !s.Seen(&e) {
		return
	}
	s.batch.Add(&e)
}
