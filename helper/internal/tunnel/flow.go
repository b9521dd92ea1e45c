package tunnel

import (
	"net/netip"
	"sync"
	"syscall"
	"time"

	"devspace-helper/internal/reason"
	"devspace-helper/internal/wire"
)

// maxDatagram is the longest datagram UDP has.
const maxDatagram = 65507

// flow is a UDP stream: the datagrams between the client and one address here.
type flow struct {
	session *Session
	id      uint64
	socket  *socket
	to      syscall.Sockaddr // nil: the socket is connected
	// closed is told, once, that the flow is over. No lock is held.
	closed func()

	mu   sync.Mutex
	in   window
	out  sentWindow
	last time.Time // of the last datagram, either way
	over bool
}

func newFlow(s *Session, id uint64, socket *socket, to syscall.Sockaddr, closed func()) *flow {
	return &flow{
		session: s, id: id, socket: socket, to: to, closed: closed,
		in: newWindow(&s.pool, flowWindow), out: sentWindow{flowWindow}, last: time.Now(),
	}
}

func (f *flow) receive(data []byte) error {
	f.mu.Lock()
	if f.over {
		f.mu.Unlock()
		return nil
	}
	cost := len(data) + datagramCost
	if len(data) > maxDatagram || !f.in.take(cost) {
		f.mu.Unlock()
		return errWindow
	}
	f.last = time.Now()
	given := f.in.passed(cost, true)
	f.mu.Unlock()
	f.socket.tryWrite(data, f.to)
	if given > 0 {
		f.session.send(&wire.TunnelFrame{Type: wire.TunnelWindow, ID: f.id, Bytes: uint64(given)})
	}
	return nil
}

// send passes a datagram to the client, or drops it when the client does not keep up.
func (f *flow) send(data []byte) {
	f.mu.Lock()
	f.last = time.Now()
	cost := len(data) + datagramCost
	if f.over || f.out.open < cost {
		f.mu.Unlock()
		return
	}
	f.out.open -= cost
	f.session.send(&wire.TunnelFrame{Type: wire.TunnelData, ID: f.id, Data: data})
	f.mu.Unlock()
}

func (f *flow) grant(n int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.out.grant(n)
}

func (f *flow) end() error {
	f.finish(&wire.TunnelFrame{Type: wire.TunnelEnd, ID: f.id})
	return nil
}

func (f *flow) drop() { f.finish(nil) }

func (f *flow) lastUse() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// finish ends the flow, with a last word to the client: by then closed has been told, so that what a sender sends after
// it begins a new flow.
func (f *flow) finish(last *wire.TunnelFrame) {
	f.mu.Lock()
	if f.over {
		f.mu.Unlock()
		return
	}
	f.over = true
	f.in.drop()
	f.mu.Unlock()
	f.session.forget(f.id)
	f.closed()
	if last != nil {
		f.session.send(last)
	}
}

// openFlow connects to a port of the container.
func (s *Session) openFlow(id uint64, port uint16) {
	socket, err := dialUDP(netip.AddrPortFrom(loopback4, port))
	if err != nil {
		s.send(&wire.TunnelFrame{Type: wire.TunnelReset, ID: id, Code: unreachable, Text: reason.Of(err)})
		return
	}
	f := newFlow(s, id, socket, nil, socket.close)
	s.add(id, f)
	s.send(&wire.TunnelFrame{Type: wire.TunnelConnected, ID: id})
	go func() {
		for {
			data, _, err := readDatagram(socket)
			if err == syscall.ECONNREFUSED {
				f.finish(&wire.TunnelFrame{Type: wire.TunnelReset, ID: id, Code: refused, Text: reason.Of(err)})
			}
			if err != nil {
				f.drop()
				return
			}
			f.send(*data)
			put(data)
		}
	}()
}

// readDatagram waits for one; the caller puts the buffer back.
func readDatagram(socket *socket) (*[]byte, syscall.Sockaddr, error) {
	var buffer *[]byte
	var from syscall.Sockaddr
	err := socket.receive(func(fd int) error {
		buffer = buffers.Get().(*[]byte)
		n, sender, err := syscall.Recvfrom(fd, (*buffer)[:wire.MaxTunnelData], 0)
		if err != nil {
			put(buffer)
			return err
		}
		*buffer, from = (*buffer)[:n], sender
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return buffer, from, nil
}

func put(buffer *[]byte) {
	*buffer = (*buffer)[:wire.MaxTunnelData]
	buffers.Put(buffer)
}
