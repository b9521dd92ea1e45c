package tunnel

import (
	"net/netip"
	"os"
	"syscall"
	"time"
)

// connectTime is how long a connection to the container itself may take.
const connectTime = 10 * time.Second

// socket is a non-blocking socket in the runtime's poller. By system calls alone: package net would make the helper a
// quarter larger, and every session has to send it.
type socket struct {
	file *os.File
	raw  syscall.RawConn
}

func newSocket(address netip.Addr, kind int) (int, error) {
	family := syscall.AF_INET
	if address.Is6() {
		family = syscall.AF_INET6
	}
	return syscall.Socket(family, kind|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
}

// wrap takes over fd.
func wrap(fd int) (*socket, error) {
	file := os.NewFile(uintptr(fd), "socket")
	raw, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &socket{file, raw}, nil
}

func sockaddr(to netip.AddrPort) syscall.Sockaddr {
	if to.Addr().Is4() {
		return &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	return &syscall.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
}

func dialTCP(to netip.AddrPort) (*socket, error) {
	fd, err := newSocket(to.Addr(), syscall.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	err = syscall.Connect(fd, sockaddr(to))
	if err != nil && err != syscall.EINPROGRESS {
		_ = syscall.Close(fd)
		return nil, err
	}
	connected := err == nil
	s, err := wrap(fd)
	if err != nil || connected {
		return s, err
	}
	_ = s.file.SetWriteDeadline(time.Now().Add(connectTime))
	err = nil
	if waited := s.raw.Write(func(fd uintptr) bool {
		code, e := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
		if e == nil && code != 0 {
			e = syscall.Errno(code)
		}
		if e != nil {
			err = e
			return true
		}
		_, e = syscall.Getpeername(int(fd)) // tells whether the poller has spoken too early
		return e == nil
	}); waited != nil {
		err = waited
	}
	if err != nil {
		s.close()
		return nil, err
	}
	_ = s.file.SetWriteDeadline(time.Time{})
	return s, nil
}

// listen binds a port for connections or datagrams.
func listen(at netip.AddrPort, kind int) (*socket, error) {
	fd, err := newSocket(at.Addr(), kind)
	if err != nil {
		return nil, err
	}
	if kind == syscall.SOCK_STREAM {
		_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	}
	if err = syscall.Bind(fd, sockaddr(at)); err == nil && kind == syscall.SOCK_STREAM {
		err = syscall.Listen(fd, 1024)
	}
	if err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return wrap(fd)
}

// dialUDP connects: it hears only of that address, also that nobody listens there.
func dialUDP(to netip.AddrPort) (*socket, error) {
	fd, err := newSocket(to.Addr(), syscall.SOCK_DGRAM)
	if err != nil {
		return nil, err
	}
	if err := syscall.Connect(fd, sockaddr(to)); err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return wrap(fd)
}

func (s *socket) accept() (*socket, error) {
	var fd int
	if err := s.receive(func(listener int) (err error) {
		fd, _, err = syscall.Accept4(listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		return err
	}); err != nil {
		return nil, err
	}
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	return wrap(fd)
}

// receive asks use to read from the descriptor until that does not have to wait any more. use keeps nothing while it waits.
func (s *socket) receive(use func(fd int) error) error {
	var err error
	if closed := s.raw.Read(func(fd uintptr) bool {
		for {
			err = use(int(fd))
			if err != syscall.EINTR && err != syscall.ECONNABORTED {
				return err != syscall.EAGAIN
			}
		}
	}); closed != nil {
		return closed
	}
	return err
}

func (s *socket) write(data []byte) error {
	_, err := s.file.Write(data)
	return err
}

// tryWrite sends a datagram now or not at all.
func (s *socket) tryWrite(data []byte, to syscall.Sockaddr) {
	_ = s.raw.Control(func(fd uintptr) {
		if to == nil {
			_, _ = syscall.Write(int(fd), data)
		} else {
			_ = syscall.Sendto(int(fd), data, syscall.MSG_NOSIGNAL, to)
		}
	})
}

func (s *socket) closeWrite() {
	_ = s.raw.Control(func(fd uintptr) { _ = syscall.Shutdown(int(fd), syscall.SHUT_WR) })
}

func (s *socket) close() { _ = s.file.Close() }

// reset makes the other end see that the connection broke.
func (s *socket) reset() {
	_ = s.raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptLinger(int(fd), syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
	})
	s.close()
}
