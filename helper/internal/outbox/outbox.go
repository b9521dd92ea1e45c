// Package outbox is the helper's only way out: one bounded queue of frames, written by one goroutine in as few and as
// large writes as come together while the last one is under way.
package outbox

import (
	"io"
	"sync"

	"devspace-helper/internal/wire"
)

const (
	// limit is how many bytes wait before senders do.
	limit = 256 << 10
	// enough is how many bytes leave even while held.
	enough = 16 << 10
)

// Outbox takes frames from any goroutine and keeps their order. A sender waits while the queue is full.
type Outbox struct {
	mu      sync.Mutex
	change  sync.Cond
	pending []byte
	spare   []byte
	writing bool
	held    bool
	closed  bool
}

// New returns an Outbox; frames leave once Run is started.
func New() *Outbox {
	o := &Outbox{}
	o.change.L = &o.mu
	return o
}

// Run writes frames until Close or until w fails, and returns that failure. After it nobody waits in Send any more.
func (o *Outbox) Run(w io.Writer) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		for !o.due() && !o.closed {
			o.change.Wait()
		}
		if o.closed {
			return nil
		}
		batch := o.pending
		o.pending, o.spare, o.writing = o.spare[:0], nil, true
		o.change.Broadcast()
		o.mu.Unlock()
		_, err := w.Write(batch)
		o.mu.Lock()
		o.spare, o.writing = batch, false
		o.change.Broadcast()
		if err != nil {
			o.closed = true
			return err
		}
	}
}

// Send queues one frame.
func (o *Outbox) Send(r *wire.Reply) {
	o.queue(func(b []byte) []byte { return wire.AppendReply(b, r) })
}

// SendTunnel queues one frame of a tunnel.
func (o *Outbox) SendTunnel(f *wire.TunnelFrame) {
	o.queue(func(b []byte) []byte { return wire.AppendTunnel(b, f) })
}

func (o *Outbox) sendEntries(source uint8, n int, encoded []byte) {
	o.queue(func(b []byte) []byte { return wire.AppendEntries(b, source, n, encoded) })
}

func (o *Outbox) queue(add func([]byte) []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.pending) >= limit && !o.closed {
		o.change.Wait()
	}
	if o.closed {
		return
	}
	before := o.due()
	o.pending = add(o.pending)
	if !before && o.due() {
		o.change.Broadcast()
	}
}

// due tells whether the writer has something to do.
func (o *Outbox) due() bool {
	return len(o.pending) > 0 && (!o.held || len(o.pending) >= enough)
}

// Hold lets small frames gather until Release, because more are about to come without any waiting in between.
func (o *Outbox) Hold() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = true
}

// Release sends off what has gathered.
func (o *Outbox) Release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = false
	if o.due() {
		o.change.Broadcast()
	}
}

// Drain waits until everything queued so far has been written, or the Outbox is closed.
func (o *Outbox) Drain() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = false
	o.change.Broadcast()
	for (len(o.pending) > 0 || o.writing) && !o.closed {
		o.change.Wait()
	}
}

// Closed tells whether frames still have a way out.
func (o *Outbox) Closed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closed
}

// Close drops what is queued and frees everybody who waits.
func (o *Outbox) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.change.Broadcast()
}
