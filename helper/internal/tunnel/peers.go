package tunnel

import (
	"net/netip"
	"sync"
	"syscall"
	"time"

	"devspace-helper/internal/wire"
)

// peers are the flows of one UDP listener, by the address of whoever sends.
type peers struct {
	session  *Session
	listener *listener

	mu    sync.Mutex
	flows map[netip.AddrPort]*flow
}

func (s *Session) acceptFlows(l *listener) {
	p := &peers{session: s, listener: l, flows: map[netip.AddrPort]*flow{}}
	stop := make(chan struct{})
	go p.expire(stop)
	for {
		data, from, err := readDatagram(l.socket)
		if err != nil {
			close(stop)
			p.end(func(*flow) bool { return true })
			s.gone(l, err)
			return
		}
		if f := p.from(from); f != nil {
			f.send(*data)
		}
		put(data)
	}
}

// from finds the flow of a sender, or begins it; nil when there are too many streams.
func (p *peers) from(sender syscall.Sockaddr) *flow {
	key := keyOf(sender)
	p.mu.Lock()
	known := p.flows[key]
	p.mu.Unlock()
	if known != nil {
		return known
	}
	p.makeRoom()
	s := p.session
	id, ok := s.nextID()
	if !ok {
		return nil
	}
	f := newFlow(s, id, p.listener.socket, sender, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if one := p.flows[key]; one != nil && one.id == id {
			delete(p.flows, key)
		}
	})
	p.mu.Lock()
	p.flows[key] = f
	p.mu.Unlock()
	s.add(id, f)
	s.send(&wire.TunnelFrame{Type: wire.TunnelAccepted, ID: id, Listener: p.listener.id})
	return f
}

// makeRoom ends the flow that was not used the longest when there are enough.
func (p *peers) makeRoom() {
	p.mu.Lock()
	var oldest *flow
	if len(p.flows) >= maxFlows {
		for _, one := range p.flows {
			if oldest == nil || one.lastUse().Before(oldest.lastUse()) {
				oldest = one
			}
		}
	}
	p.mu.Unlock()
	if oldest != nil {
		_ = oldest.end()
	}
}

// expire ends what has not been used for long.
func (p *peers) expire(stop <-chan struct{}) {
	idle := p.session.Idle
	tick := time.NewTicker(idle / 4)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			p.end(func(f *flow) bool { return now.Sub(f.lastUse()) >= idle })
		}
	}
}

// end ends the flows that are chosen.
func (p *peers) end(chosen func(f *flow) bool) {
	p.mu.Lock()
	var over []*flow
	for _, f := range p.flows {
		if chosen(f) {
			over = append(over, f)
		}
	}
	p.mu.Unlock()
	for _, f := range over {
		_ = f.end()
	}
}

func keyOf(from syscall.Sockaddr) netip.AddrPort {
	switch a := from.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port))
	}
	return netip.AddrPort{}
}
