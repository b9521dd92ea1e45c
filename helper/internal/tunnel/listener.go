package tunnel

import (
	"net/netip"
	"syscall"
	"time"

	"devspace-helper/internal/reason"
	"devspace-helper/internal/wire"
)

var (
	loopback4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	loopback6 = netip.IPv6Loopback()
)

// Codes of REFUSED.
const (
	taken      = 1
	notAllowed = 2
	noAddress  = 3
	otherwise  = 4
	stopped    = 5
)

type listener struct {
	id     uint64
	socket *socket
}

// listen binds a port in the container, and accepts what comes there.
func (s *Session) listen(f *wire.TunnelFrame) {
	refuse := func(code uint64, text string) {
		s.send(&wire.TunnelFrame{Type: wire.TunnelRefused, ID: f.ID, Code: code, Text: text})
	}
	s.mu.Lock()
	full := len(s.listeners) >= maxListeners
	s.mu.Unlock()
	if full {
		refuse(otherwise, "too many listeners")
		return
	}
	address := loopback4
	if f.Text != "localhost" {
		var err error
		if address, err = netip.ParseAddr(f.Text); err != nil || address.Zone() != "" {
			refuse(noAddress, "not an IP address")
			return
		}
	}
	kind := syscall.SOCK_STREAM
	if f.Transport == wire.UDP {
		kind = syscall.SOCK_DGRAM
	}
	socket, err := listen(netip.AddrPortFrom(address, uint16(f.Port)), kind)
	if err != nil {
		refuse(listenCode(err), reason.Of(err))
		return
	}
	l := &listener{f.ID, socket}
	s.mu.Lock()
	s.listeners[f.ID] = l
	s.mu.Unlock()
	s.send(&wire.TunnelFrame{Type: wire.TunnelListening, ID: f.ID})
	if f.Transport == wire.UDP {
		go s.acceptFlows(l)
	} else {
		go s.accept(l)
	}
}

func listenCode(err error) uint64 {
	switch err {
	case syscall.EADDRINUSE:
		return taken
	case syscall.EACCES, syscall.EPERM:
		return notAllowed
	case syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.EINVAL:
		return noAddress
	}
	return otherwise
}

func (s *Session) accept(l *listener) {
	for {
		s.waitForRoom()
		socket, err := l.socket.accept()
		if err == syscall.EMFILE || err == syscall.ENFILE || err == syscall.ENOBUFS || err == syscall.ENOMEM {
			time.Sleep(100 * time.Millisecond) // until others have closed theirs
			continue
		}
		if err != nil {
			s.gone(l, err)
			return
		}
		id, ok := s.nextID()
		if !ok {
			socket.reset() // another listener was quicker
			continue
		}
		c := newConnection(s, id)
		s.add(id, c)
		s.send(&wire.TunnelFrame{Type: wire.TunnelAccepted, ID: id, Listener: l.id})
		go c.carry(socket)
	}
}

// gone tells the client when a listener ends that it has not ended itself.
func (s *Session) gone(l *listener, err error) {
	s.mu.Lock()
	wanted := s.listeners[l.id] == l
	delete(s.listeners, l.id)
	s.mu.Unlock()
	if wanted {
		s.send(&wire.TunnelFrame{Type: wire.TunnelRefused, ID: l.id, Code: stopped, Text: reason.Of(err)})
	}
}
