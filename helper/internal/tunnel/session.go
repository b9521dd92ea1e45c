// Package tunnel carries connections and datagrams between the container and the client at the other end of one pair of
// streams, as docs/tunnel-protocol.md lays down.
package tunnel

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"devspace-helper/internal/outbox"
	"devspace-helper/internal/reason"
	"devspace-helper/internal/wire"
)

// Codes of RESET.
const (
	refused     = 1
	unreachable = 2
	broken      = 3
	tooMany     = 4
)

const (
	silence      = 90 * time.Second
	idle         = 60 * time.Second
	maxStreams   = 1024
	maxListeners = 64
	maxFlows     = maxStreams
)

// Session is one tunnel's life: it greets, does what the client asks for, and ends with BYE, the end of its input, a
// protocol error, silence, or Close.
type Session struct {
	// Silence is how long the client may say nothing, Idle how long a flow may.
	Silence, Idle time.Duration

	out   *outbox.Outbox
	pool  pool
	ended chan int // exit codes; the first one counts

	highest uint64 // number of the client's last stream; for the reader of frames alone

	mu        sync.Mutex
	room      sync.Cond // there are fewer streams
	streams   map[uint64]stream
	listeners map[uint64]*listener
	accepted  int    // how many of the streams are ours
	next      uint64 // number of the next one of ours
	closed    bool
}

// New returns a Session.
func New() *Session {
	s := &Session{
		Silence: silence, Idle: idle, out: outbox.New(), pool: pool{free: poolBytes}, ended: make(chan int, 8),
		streams: map[uint64]stream{}, next: 2, listeners: map[uint64]*listener{},
	}
	s.room.L = &s.mu
	return s
}

// Serve runs the session until it ends and returns the exit code. Close afterwards.
func (s *Session) Serve(in io.Reader, out io.Writer) int {
	return s.out.Serve(out, s.ended, func() int { return s.read(in) })
}

// Close lets go of all sockets.
func (s *Session) Close() {
	s.out.Close()
	s.mu.Lock()
	s.closed = true
	streams, listeners := s.streams, s.listeners
	s.streams, s.listeners = map[uint64]stream{}, map[uint64]*listener{}
	s.room.Broadcast()
	s.mu.Unlock()
	for _, one := range streams {
		one.drop()
	}
	for _, one := range listeners {
		one.socket.close()
	}
}

func (s *Session) read(in io.Reader) int {
	silent := time.AfterFunc(s.Silence, func() { s.ended <- 1 })
	frames := wire.NewReader(in)
	for {
		silent.Reset(s.Silence)
		payload, err := frames.Next()
		silent.Stop()
		if err == wire.ErrLength {
			return s.fail(err)
		}
		if err != nil {
			return 0
		}
		f, err := wire.DecodeTunnel(payload, true)
		if err != nil {
			return s.fail(err)
		}
		if f.Type == wire.Bye {
			return 0
		}
		if err := s.handle(&f); err != nil {
			return s.fail(err)
		}
	}
}

func (s *Session) fail(err error) int {
	_, _ = os.Stderr.WriteString("tunnel: " + err.Error() + "\n")
	return 1
}

var (
	errID      = errors.New("a number that is in use or out of order")
	errUnknown = errors.New("a frame of a stream that was never opened")
)

// handle does what one frame asks for. An error ends the session.
func (s *Session) handle(f *wire.TunnelFrame) error {
	switch f.Type {
	case wire.Ping:
		s.send(&wire.TunnelFrame{Type: wire.Pong, ID: f.ID})
		return nil
	case wire.TunnelListen:
		s.mu.Lock()
		_, used := s.listeners[f.ID]
		s.mu.Unlock()
		if used {
			return errID
		}
		s.listen(f)
		return nil
	case wire.TunnelUnlisten:
		s.mu.Lock()
		l := s.listeners[f.ID]
		delete(s.listeners, f.ID)
		s.mu.Unlock()
		if l != nil {
			l.socket.close()
		}
		return nil
	case wire.TunnelConnect:
		if f.ID%2 == 0 || f.ID <= s.highest {
			return errID
		}
		s.highest = f.ID
		s.connect(f)
		return nil
	}
	s.mu.Lock()
	one, next := s.streams[f.ID], s.next
	s.mu.Unlock()
	if one == nil {
		if (f.ID%2 == 1 && f.ID > s.highest) || (f.ID%2 == 0 && (f.ID == 0 || f.ID >= next)) {
			return errUnknown
		}
		return nil
	}
	switch f.Type {
	case wire.TunnelData:
		return one.receive(f.Data)
	case wire.TunnelEnd:
		return one.end()
	case wire.TunnelWindow:
		return one.grant(int(f.Bytes))
	}
	one.drop()
	return nil
}

func (s *Session) connect(f *wire.TunnelFrame) {
	s.mu.Lock()
	full := len(s.streams)-s.accepted >= maxStreams
	s.mu.Unlock()
	if full {
		s.send(&wire.TunnelFrame{Type: wire.TunnelReset, ID: f.ID, Code: tooMany, Text: "too many streams"})
		return
	}
	id, port := f.ID, uint16(f.Port)
	if f.Transport == wire.UDP {
		s.openFlow(id, port)
		return
	}
	c := newConnection(s, id)
	s.add(id, c)
	go func() {
		socket, err := dialTCP(netip.AddrPortFrom(loopback4, port))
		if err != nil {
			if other, e := dialTCP(netip.AddrPortFrom(loopback6, port)); e == nil {
				socket, err = other, nil
			}
		}
		if err != nil {
			code := uint64(unreachable)
			if err == syscall.ECONNREFUSED {
				code = refused
			}
			c.refuse(code, reason.Of(err))
			return
		}
		s.send(&wire.TunnelFrame{Type: wire.TunnelConnected, ID: id})
		c.carry(socket)
	}()
}

func (s *Session) send(f *wire.TunnelFrame) { s.out.SendTunnel(f) }

// nextID is for a stream that is accepted; false when there are too many.
func (s *Session) nextID() (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.accepted >= maxStreams {
		return 0, false
	}
	s.accepted++
	s.next += 2
	return s.next - 2, true
}

// waitForRoom returns when one more stream may be accepted, or nothing ever will be.
func (s *Session) waitForRoom() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.accepted >= maxStreams && !s.closed {
		s.room.Wait()
	}
}

func (s *Session) add(id uint64, one stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[id] = one
}

func (s *Session) forget(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[id] == nil {
		return
	}
	delete(s.streams, id)
	if id%2 == 0 {
		s.accepted--
		s.room.Signal()
	}
}
