package apply

import (
	"errors"
	"syscall"

	"devspace-helper/internal/root"
	"devspace-helper/internal/stage"
	"devspace-helper/internal/wire"
)

var (
	ErrChanged   = errors.New("changed meanwhile")
	ErrWrongKind = errors.New("not possible for what is there")
	errRoot      = errors.New("the synced directory itself cannot be changed")
	ErrReserved  = errors.New("the name is reserved")
	errMismatch  = errors.New("the content does not match its size or hash")
	ErrCancelled = errors.New("cancelled")
	errNoBase    = errors.New("there is nothing to copy from")
	errTooMany   = errors.New("too many uploads are open")
)

// Refusal is the FAILED frame for an error, which names the path.
func Refusal(id uint64, path string, err error) *wire.Reply {
	if path == "" {
		path = "."
	}
	return &wire.Reply{Type: wire.Failed, ID: id, Code: uint64(code(err)), Text: path + ": " + err.Error()}
}

func code(err error) wire.Code {
	switch err {
	case ErrChanged, stage.ErrTouched, syscall.EEXIST:
		return wire.Changed
	case syscall.ENOENT:
		return wire.NotFound
	case syscall.EACCES, syscall.EPERM, syscall.EROFS:
		return wire.Permission
	case syscall.ENOSPC, syscall.EDQUOT:
		return wire.NoSpace
	case syscall.ENOTEMPTY:
		return wire.NotEmpty
	case ErrWrongKind, root.ErrNotDirectory, syscall.EISDIR, syscall.ENOTDIR:
		return wire.WrongKind
	case root.ErrUnsafe, errRoot, ErrReserved, syscall.ELOOP:
		return wire.Unsafe
	case ErrCancelled:
		return wire.Cancelled
	case errMismatch:
		return wire.Mismatch
	}
	return wire.Other
}

// vanished lets only the error through that ends the session.
func vanished(err error) error {
	if err == root.ErrVanished {
		return err
	}
	return nil
}
