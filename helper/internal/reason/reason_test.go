package reason

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		text string
	}{
		{&os.PathError{Op: "open", Path: "/secret/file", Err: syscall.EACCES}, "permission denied"},
		{fmt.Errorf("socket: %w", os.NewSyscallError("bind", syscall.EADDRINUSE)), "address already in use"},
		{errors.New("something else"), "something else"},
	} {
		if got := Of(test.err); got != test.text {
			t.Errorf("%v: %q, want %q", test.err, got, test.text)
		}
	}
}
