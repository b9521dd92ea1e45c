// Package session speaks the protocol of docs/sync-protocol.md over one pair of streams.
package session

import (
	"io"
	"os"
	"sync"
	"time"

	"devspace-helper/internal/apply"
	"devspace-helper/internal/content"
	"devspace-helper/internal/ignore"
	"devspace-helper/internal/outbox"
	"devspace-helper/internal/reason"
	"devspace-helper/internal/root"
	"devspace-helper/internal/scan"
	"devspace-helper/internal/stage"
	"devspace-helper/internal/wire"
)

// silence is after how long without a frame the client is taken for dead although its end of the stream stays open: it
// sends a PING every 30 s.
const silence = 90 * time.Second

// scansWaiting is how many SCANs may queue up before the helper stops reading further requests.
const scansWaiting = 1024

// Session is one helper's life:
//
//	new --HELLO--> greeted --OPEN--> open --BYE, end of input, FATAL, Close--> ended
//
// The goroutine that reads requests makes the changes itself, one after another. Beside it run: the outbox's writer, one
// scanner, one watcher, and the readers of content.
type Session struct {
	Target int // process in whose file system the directory is; 0: our own. Set before Serve
	// Silence is how long the client may say nothing.
	Silence time.Duration

	out  *outbox.Outbox
	area *stage.Area

	ended   chan int // exit codes; the first one counts
	closing sync.Once

	site    *scan.Site
	opened  bool
	applier *apply.Applier
	puts    *apply.Puts
	content *content.Pool
	scans   chan wire.Request
	scanner *scan.Scanner
}

// New returns a session that stages in the directory home, which may be empty.
func New(home string) *Session {
	out := outbox.New()
	return &Session{Silence: silence, out: out, area: stage.New(home), ended: make(chan int, 8), site: &scan.Site{Out: out}}
}

// Serve runs the session until it ends and returns the exit code. Close afterwards.
func (s *Session) Serve(in io.Reader, out io.Writer) int {
	return s.out.Serve(out, s.ended, func() int { return s.read(in) })
}

// Close removes everything that was staged and lets nothing be staged or changed any more. The process is to end after it.
func (s *Session) Close() {
	s.closing.Do(func() {
		s.out.Close()
		s.site.Order.Lock() // for good
		s.area.Clear()
	})
}

func (s *Session) read(in io.Reader) int {
	silent := time.AfterFunc(s.Silence, func() { s.ended <- 1 })
	frames := wire.NewReader(in)
	held := false
	for {
		if ready := frames.Ready(); ready != held {
			held = ready
			if held {
				s.out.Hold()
			} else {
				s.out.Release()
			}
		}
		silent.Reset(s.Silence)
		frame, err := frames.Next()
		silent.Stop() // what takes long from here on is our doing
		if err == wire.ErrLength {
			return s.fatal(wire.ProtocolError, err.Error())
		}
		if err != nil {
			return 0
		}
		r, err := wire.DecodeRequest(frame)
		if err != nil {
			return s.fatal(wire.ProtocolError, err.Error())
		}
		if r.Type == wire.Bye {
			return 0
		}
		if err := s.handle(&r); err != nil {
			return s.end(err)
		}
	}
}

// handle carries out or hands on one request. An error ends the session.
func (s *Session) handle(r *wire.Request) error {
	if r.Type == wire.Ping {
		s.out.Send(&wire.Reply{Type: wire.Pong, ID: r.ID})
		return nil
	}
	if s.opened == (r.Type == wire.Open) {
		return errOrder
	}
	ok := true
	var err error
	switch r.Type {
	case wire.Open:
		return s.open(r)
	case wire.Scan:
		s.scans <- *r
	case wire.HashOf, wire.Get, wire.Sign:
		ok = s.content.Ask(r)
	case wire.Put:
		ok, err = s.puts.Begin(r)
	case wire.Puts:
		ok, err = s.puts.All(r)
	case wire.Data:
		s.puts.Data(r)
	case wire.Copy:
		s.puts.Copy(r)
	case wire.End:
		err = s.puts.End(r)
	case wire.Cancel:
		if !s.puts.Cancel(r.ID) {
			s.content.Cancel(r.ID)
		}
	default:
		err = s.applier.Do(r)
	}
	if !ok {
		return errID
	}
	return err
}

func (s *Session) open(r *wire.Request) error {
	if r.Version != wire.Version {
		return refused{wire.ProtocolError, "the client speaks another version of the protocol"}
	}
	where, err := s.find(r.Text, r.Flags&wire.CreateRoot != 0)
	if err != nil {
		return refused{openCode(err), r.Text + ": " + reason.Of(err)}
	}
	// The working directory may be the root, and would keep the kernel from telling that it is gone.
	_ = os.Chdir("/")
	s.opened = true
	s.site.Root, s.site.Filter = where, ignore.NewFilter(r.Exclude)
	s.applier = &apply.Applier{Site: s.site, Area: s.area}
	s.puts = apply.NewPuts(s.applier, func(err error) { s.ended <- s.end(err) })
	s.content = content.NewPool(s.site)
	s.scans = make(chan wire.Request, scansWaiting)
	s.scanner = &scan.Scanner{Site: s.site}

	opened := wire.Reply{Type: wire.Opened, Text: where.Path}
	watching := r.Flags&(wire.NoWatch|wire.Poll) == 0
	if watching {
		opened.Flags = wire.Watching
	}
	s.out.Send(&opened)
	switch {
	case watching:
		s.watch()
	case r.Flags&wire.Poll != 0:
		s.compare()
	default:
		where.Pin()
	}
	s.scans <- wire.Request{}
	go s.scan()
	return nil
}

func (s *Session) find(path string, create bool) (*root.Root, error) {
	if s.Target > 0 {
		return root.OpenIn(s.Target, path, create)
	}
	return root.Open(path, create)
}

func (s *Session) scan() {
	for r := range s.scans {
		if err := s.scanner.Tree(r.Path, wire.FromScan); err != nil {
			s.ended <- s.end(err)
			return
		}
		s.out.Send(&wire.Reply{Type: wire.Scanned, ID: r.ID})
	}
}
