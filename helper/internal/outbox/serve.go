package outbox

import (
	"io"
	"os"
	"runtime"

	"devspace-helper/internal/wire"
)

// Serve says HELLO and writes frames to w while read takes those of the client. It returns the first exit code: read's, what
// somebody puts into ended, or 1 when w fails. Whoever calls it closes the Outbox.
func (o *Outbox) Serve(w io.Writer, ended chan int, read func() int) int {
	o.Send(&wire.Reply{
		Type: wire.Hello, Version: wire.Version, OS: runtime.GOOS, Arch: runtime.GOARCH, PID: uint64(os.Getpid()),
	})
	go func() {
		if o.Run(w) != nil {
			ended <- 1
		}
	}()
	go func() { ended <- read() }()
	return <-ended
}
