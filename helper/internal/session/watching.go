package session

import (
	"devspace-helper/internal/watch"
	"devspace-helper/internal/wire"
)

// watch starts to report changes: every directory that a scan comes by from here on.
func (s *Session) watch() {
	watcher, err := watch.New(s.site)
	if err != nil {
		s.giveUpWatching()
		return
	}
	s.scanner.Enter = watcher.Add
	go func() {
		switch err := watcher.Run(); err {
		case nil:
		case watch.ErrLimit:
			s.giveUpWatching()
		default:
			s.ended <- s.end(err)
		}
	}()
}

// giveUpWatching is for where the system does not let us. What happened until comparing starts is unknown, hence the
// second notice.
func (s *Session) giveUpWatching() {
	s.compare()
	s.out.Send(&wire.Reply{
		Type: wire.Notice, Code: wire.CannotWatch,
		Text: "the system grants no further inotify watches (fs.inotify.max_user_watches or max_user_instances)",
	})
	s.out.Send(&wire.Reply{Type: wire.Notice, Code: wire.EventsLost, Text: "watching ended"})
}

// compare finds changes by looking at everything now and then.
func (s *Session) compare() {
	s.site.Root.Pin()
	comparer := watch.NewComparer(s.site)
	s.site.Order.Lock()
	s.scanner.Seen = comparer.Record
	s.site.Order.Unlock()
	go func() {
		if err := comparer.Run(); err != nil {
			s.ended <- s.end(err)
		}
	}()
}
