package session

import (
	"errors"
	"syscall"
	"time"

	"devspace-helper/internal/root"
	"devspace-helper/internal/wire"
)

var (
	errOrder = errors.New("a request before OPEN, or a second OPEN")
	errID    = errors.New("an id that is in use")
)

// refused is an error of OPEN with its code of FATAL.
type refused struct {
	code uint64
	text string
}

func (r refused) Error() string { return r.text }

// end says FATAL for an error and returns the exit code.
func (s *Session) end(err error) int {
	var r refused
	switch {
	case errors.As(err, &r):
		return s.fatal(r.code, r.text)
	case err == root.ErrVanished:
		return s.fatal(wire.RootVanished, s.site.Root.Path+": "+err.Error())
	case err == errOrder || err == errID:
		return s.fatal(wire.ProtocolError, err.Error())
	}
	return s.fatal(wire.FatalOther, err.Error())
}

func (s *Session) fatal(code uint64, text string) int {
	s.out.Send(&wire.Reply{Type: wire.Fatal, Code: code, Text: text})
	drained := make(chan struct{})
	go func() {
		s.out.Drain()
		close(drained)
	}()
	select {
	case <-drained:
	case <-time.After(2 * time.Second):
	}
	return 1
}

func openCode(err error) uint64 {
	switch {
	case errors.Is(err, syscall.ENOENT):
		return wire.RootMissing
	case errors.Is(err, syscall.ENOTDIR):
		return wire.RootNotDirectory
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EROFS):
		return wire.RootPermission
	}
	return wire.FatalOther
}
