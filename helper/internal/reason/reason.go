// Package reason words errors for the other end.
package reason

import (
	"errors"
	"syscall"
)

// Of is an error without the path or the operation that os puts in front.
func Of(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}
