package tunnel

import (
	"bytes"
	"io"
	"math/rand"
	"net"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

// The server speaks first, and last: after the client's end.
func TestHalfClose(t *testing.T) {
	port := server(t, func(conn *net.TCPConn) {
		_, _ = conn.Write([]byte("greeting"))
		all, _ := io.ReadAll(conn)
		_, _ = conn.Write(append([]byte("heard "), all...))
		conn.Close()
	})
	c := start(t)
	c.connect(1, port)
	c.wait(wire.TunnelConnected, 1)
	if got := c.data(1, 8); string(got) != "greeting" {
		t.Errorf("%q", got)
	}
	c.say(1, "query")
	c.send(wire.TunnelFrame{Type: wire.TunnelEnd, ID: 1})
	if got := c.data(1, 11); string(got) != "heard query" {
		t.Errorf("%q", got)
	}
	c.wait(wire.TunnelEnd, 1)
	c.send(wire.TunnelFrame{Type: wire.Bye})
	c.ends(0)
}

// A stream whose reader stops does not hold up the others, and the sender may not send it more than its window.
func TestSlowStream(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	deaf := server(t, func(conn *net.TCPConn) { <-stop; conn.Close() })
	c := start(t)
	c.connect(1, deaf)
	open := firstWindow
	filled := make(chan struct{})
	go func() {
		defer close(filled)
		for granted := true; granted; {
			for open > 0 {
				n := lesser(open, 60000)
				c.send(wire.TunnelFrame{Type: wire.TunnelData, ID: 1, Data: make([]byte, n)})
				open -= n
			}
			// More comes as long as the system's buffers take it.
			granted = false
			deadline := time.Now().Add(500 * time.Millisecond)
			for time.Now().Before(deadline) && !granted {
				c.mu.Lock()
				for i, f := range c.heard {
					if f.Type == wire.TunnelWindow && f.ID == 1 {
						c.heard = append(c.heard[:i:i], c.heard[i+1:]...)
						open += int(f.Bytes)
						granted = true
						break
					}
				}
				c.mu.Unlock()
				if !granted {
					time.Sleep(5 * time.Millisecond)
				}
			}
		}
	}()
	<-filled
	c.connect(3, server(t, echo))
	c.say(3, "hello")
	if got := c.data(3, 5); string(got) != "hello" {
		t.Errorf("%q", got)
	}
	c.say(1, "too much")
	c.ends(1)
}

// A reader that does not give the window back gets no more than it.
func TestWindowOfTheClient(t *testing.T) {
	c := start(t)
	c.connect(1, server(t, func(conn *net.TCPConn) {
		_, _ = conn.Write(make([]byte, 4*firstWindow))
		conn.Close()
	}))
	got := 0
	for got < firstWindow {
		got += len(c.wait(wire.TunnelData, 1).Data)
	}
	if got != firstWindow {
		t.Fatalf("%d bytes", got)
	}
	c.connect(3, server(t, echo)) // what comes behind
	c.say(3, "x")
	c.data(3, 1)
	c.send(wire.TunnelFrame{Type: wire.TunnelWindow, ID: 1, Bytes: 3 * firstWindow})
	c.data(1, 3*firstWindow)
	c.wait(wire.TunnelEnd, 1)
}

func TestManyAtOnce(t *testing.T) {
	port := server(t, echo)
	c := start(t)
	content := make([]byte, 300_000)
	rand.New(rand.NewSource(1)).Read(content)
	const n = 100
	for i := uint64(0); i < n; i++ {
		c.connect(2*i+1, port)
	}
	for at := 0; at < firstWindow; at += 16384 {
		for i := uint64(0); i < n; i++ {
			c.send(wire.TunnelFrame{Type: wire.TunnelData, ID: 2*i + 1, Data: content[at : at+16384]})
		}
	}
	for i := uint64(0); i < n; i++ {
		id := 2*i + 1
		if i == 7 {
			c.send(wire.TunnelFrame{Type: wire.TunnelReset, ID: id, Code: 5})
			continue
		}
		c.send(wire.TunnelFrame{Type: wire.TunnelEnd, ID: id})
		if got := c.data(id, firstWindow); !bytes.Equal(got, content[:firstWindow]) {
			t.Fatalf("stream %d: %d bytes", id, len(got))
		}
		c.wait(wire.TunnelEnd, id)
	}
	c.send(wire.TunnelFrame{Type: wire.Bye})
	c.ends(0)
	if c.s.pool.free != poolBytes {
		t.Errorf("%d bytes of the pool are gone", poolBytes-c.s.pool.free)
	}
}
