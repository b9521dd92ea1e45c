package outbox

import (
	"io"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

func TestSendersWaitWhileNobodyReads(t *testing.T) {
	o := New()
	in, out := io.Pipe()
	failed := make(chan error, 1)
	go func() { failed <- o.Run(out) }()
	const frames, size = 64, 64 << 10
	queued := make(chan int, frames)
	go func() {
		for i := 0; i < frames; i++ {
			o.Send(&wire.Reply{Type: wire.HelperData, ID: uint64(i), Data: make([]byte, size)})
			queued <- i
		}
		close(queued)
	}()
	// Nothing was read, so at most the limit and one write under way, each with a frame on top, can be queued.
	count := 0
	for quiet := false; !quiet; {
		select {
		case <-queued:
			count++
		case <-time.After(200 * time.Millisecond):
			quiet = true
		}
	}
	if most := 2 * (limit/size + 1); count > most {
		t.Errorf("%d frames were queued, at most %d may", count, most)
	}
	frame := wire.NewReader(in)
	for i := 0; i < frames; i++ {
		payload, err := frame.Next()
		if err != nil {
			t.Fatal(err)
		}
		if r, err := wire.DecodeReply(payload); err != nil || r.ID != uint64(i) {
			t.Fatalf("frame %d: id %d, %v", i, r.ID, err)
		}
	}
	o.Close()
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

func TestHeldFramesLeaveTogether(t *testing.T) {
	o := New()
	writes := make(chan []byte, 100)
	go func() { _ = o.Run(writerFunc(func(b []byte) { writes <- append([]byte(nil), b...) })) }()
	o.Hold()
	for i := 0; i < 100; i++ {
		o.Send(&wire.Reply{Type: wire.Pong, ID: 1})
	}
	o.Release()
	if got := <-writes; len(got) != 100*6 {
		t.Errorf("the first write had %d bytes", len(got))
	}
	o.Hold()
	o.Send(&wire.Reply{Type: wire.HelperData, ID: 1, Data: make([]byte, enough)})
	if got := <-writes; len(got) < enough {
		t.Errorf("%d bytes left while held", len(got))
	}
	o.Send(&wire.Reply{Type: wire.Pong, ID: 1})
	o.Drain() // does not wait for Release
	o.Close()
}

func TestCloseFreesWaiters(t *testing.T) {
	o := New()
	done := make(chan struct{})
	go func() {
		for i := 0; i < 100; i++ { // far more than fits, and nobody writes
			o.Send(&wire.Reply{Type: wire.HelperData, ID: 1, Data: make([]byte, 64<<10)})
		}
		o.Drain()
		close(done)
	}()
	o.Close()
	<-done
	if !o.Closed() {
		t.Error("not closed")
	}
}

func TestWriteFailureEndsEverything(t *testing.T) {
	o := New()
	o.Send(&wire.Reply{Type: wire.Pong})
	in, out := io.Pipe()
	_ = in.Close()
	if err := o.Run(out); err != io.ErrClosedPipe {
		t.Error(err)
	}
	if !o.Closed() {
		t.Error("still open")
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}
