package session

import (
	"io"
	"os"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

// A client may die without its end of the stream being closed. It sends a PING every 30 s, so silence means death.
func TestSilenceEndsTheSession(t *testing.T) {
	in, client, err := os.Pipe()
	must(t, err)
	defer client.Close()
	s := New("")
	s.Silence = 300 * time.Millisecond
	code := make(chan int, 1)
	go func() { code <- s.Serve(in, io.Discard) }()
	began := time.Now()
	for i := uint64(0); i < 5; i++ { // signs of life
		time.Sleep(100 * time.Millisecond)
		_, err := client.Write(wire.AppendRequest(nil, &wire.Request{Type: wire.Ping, ID: i}))
		must(t, err)
	}
	select {
	case got := <-code:
		if lived := time.Since(began); got != 1 || lived < 700*time.Millisecond {
			t.Errorf("exit code %d after %v", got, lived)
		}
	case <-time.After(patience):
		t.Error("the session goes on without its client")
	}
	s.Close()
}
