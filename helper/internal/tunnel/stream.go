package tunnel

import (
	"errors"
	"sync"
	"syscall"

	"devspace-helper/internal/reason"
	"devspace-helper/internal/wire"
)

var (
	errWindow = errors.New("more data than the window allows")
	errEnded  = errors.New("data after the end")
)

// stream is a connection or a flow as the reader of frames sees it. None of its methods waits for the network.
type stream interface {
	receive(data []byte) error
	end() error
	grant(n int) error
	// drop resets the socket without a word to the client.
	drop()
}

// sentWindow is what we may still send on one stream.
type sentWindow struct{ open int }

var errGrant = errors.New("a window larger than any")

func (w *sentWindow) grant(n int) error {
	w.open += n
	if w.open > wire.MaxGrant {
		return errGrant
	}
	return nil
}

// connection is a TCP stream:
//
//	connecting --connected--> open --END both ways, RESET, a broken socket--> over
//
// Two goroutines carry its data, one each way.
type connection struct {
	session *Session
	id      uint64

	mu     sync.Mutex
	change sync.Cond
	socket *socket // nil while it is connecting
	over   bool

	// To the socket.
	in       window
	pending  []byte
	spare    []byte
	inEnded  bool // END came
	inPassed bool // and was passed on

	// From the socket.
	out      sentWindow
	outEnded bool
}

func newConnection(s *Session, id uint64) *connection {
	c := &connection{session: s, id: id, in: newWindow(&s.pool, firstWindow), out: sentWindow{firstWindow}}
	c.change.L = &c.mu
	return c
}

// carry takes over the socket and carries data both ways until the stream is over.
func (c *connection) carry(socket *socket) {
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		socket.reset()
		return
	}
	c.socket = socket
	c.mu.Unlock()
	go c.passOn()
	c.read()
}

func (c *connection) receive(data []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return nil
	}
	if c.inEnded {
		return errEnded
	}
	if !c.in.take(len(data)) {
		return errWindow
	}
	c.pending = append(c.pending, data...)
	c.change.Broadcast()
	return nil
}

func (c *connection) end() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inEnded {
		return errEnded
	}
	c.inEnded = true
	c.change.Broadcast()
	return nil
}

func (c *connection) grant(n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change.Broadcast()
	return c.out.grant(n)
}

func (c *connection) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish()
	if c.socket != nil {
		c.socket.reset()
	}
}

// passOn writes to the socket what came for it.
func (c *connection) passOn() {
	for {
		c.mu.Lock()
		for len(c.pending) == 0 && !c.inEnded && !c.over {
			c.change.Wait()
		}
		if c.over {
			c.mu.Unlock()
			return
		}
		if len(c.pending) == 0 {
			c.socket.closeWrite()
			c.inPassed = true
			c.closeWhenOver()
			c.mu.Unlock()
			return
		}
		batch := c.pending
		c.pending, c.spare = c.spare[:0], nil
		c.mu.Unlock()
		err := c.socket.write(batch)
		if err != nil {
			c.broke(err)
			return
		}
		c.mu.Lock()
		if cap(batch) <= firstWindow { // a stream that rests keeps little
			c.spare = batch
		}
		given := c.in.passed(len(batch), len(c.pending) == 0)
		c.mu.Unlock()
		if given > 0 {
			c.session.send(&wire.TunnelFrame{Type: wire.TunnelWindow, ID: c.id, Bytes: uint64(given)})
		}
	}
}

// read sends to the client what comes from the socket.
func (c *connection) read() {
	for {
		c.mu.Lock()
		for c.out.open == 0 && !c.over {
			c.change.Wait()
		}
		room, over := lesser(c.out.open, wire.MaxTunnelData), c.over
		c.mu.Unlock()
		if over {
			return
		}
		n, err := c.readOnce(room)
		if err != nil {
			c.broke(err)
			return
		}
		if n > 0 {
			continue
		}
		c.mu.Lock()
		if !c.over {
			c.outEnded = true
			// Queued under the lock: nothing of this stream comes after the END.
			c.session.send(&wire.TunnelFrame{Type: wire.TunnelEnd, ID: c.id})
			c.closeWhenOver()
		}
		c.mu.Unlock()
		return
	}
}

// readOnce sends what can be read at once; 0 at the end. No memory is held while it waits.
func (c *connection) readOnce(room int) (int, error) {
	var buffer *[]byte
	n := 0
	err := c.socket.receive(func(fd int) (err error) {
		if buffer == nil {
			buffer = buffers.Get().(*[]byte)
		}
		n, err = syscall.Read(fd, (*buffer)[:room])
		if err != nil {
			buffers.Put(buffer)
			buffer = nil
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if n > 0 {
		c.mu.Lock()
		c.out.open -= n
		c.mu.Unlock()
		c.session.send(&wire.TunnelFrame{Type: wire.TunnelData, ID: c.id, Data: (*buffer)[:n]})
	}
	buffers.Put(buffer)
	return n, nil
}

var buffers = sync.Pool{New: func() any {
	buffer := make([]byte, wire.MaxTunnelData)
	return &buffer
}}

// broke is for a socket that failed by itself; when the stream is over already that is why.
func (c *connection) broke(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.finish()
	c.socket.reset()
	c.session.send(&wire.TunnelFrame{Type: wire.TunnelReset, ID: c.id, Code: broken, Text: reason.Of(err)})
}

// refuse tells that the connection could not be made. The lock is not held.
func (c *connection) refuse(code uint64, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.finish()
	c.session.send(&wire.TunnelFrame{Type: wire.TunnelReset, ID: c.id, Code: code, Text: text})
}

func (c *connection) closeWhenOver() {
	if c.over || !c.inPassed || !c.outEnded {
		return
	}
	c.finish()
	c.socket.close()
}

func (c *connection) finish() {
	if c.over {
		return
	}
	c.over = true
	c.pending, c.spare = nil, nil
	c.in.drop()
	c.session.forget(c.id)
	c.change.Broadcast()
}
