package tunnel

import (
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

// patience is how long a test waits for a fact before it says that the fact does not come.
const patience = 20 * time.Second

// client is the other end of a session. It reads all the time, as the protocol asks, and keeps what it heard.
type client struct {
	t    testing.TB
	s    *Session
	to   io.WriteCloser
	code chan int

	mu    sync.Mutex
	more  *sync.Cond
	heard []wire.TunnelFrame
	over  bool
}

func start(t testing.TB, set ...func(*Session)) *client {
	t.Helper()
	in, to, err := os.Pipe()
	must(t, err)
	from, out, err := os.Pipe()
	must(t, err)
	s := New()
	for _, one := range set {
		one(s)
	}
	c := &client{t: t, s: s, to: to, code: make(chan int, 1)}
	c.more = sync.NewCond(&c.mu)
	go func() {
		code := s.Serve(in, out)
		s.Close()
		in.Close()
		out.Close()
		c.code <- code
	}()
	go c.read(from)
	t.Cleanup(func() { to.Close(); s.Close() })
	return c
}

func (c *client) read(from io.Reader) {
	frames := wire.NewReader(from)
	hello := false
	for {
		payload, err := frames.Next()
		c.mu.Lock()
		if err != nil {
			c.over = true
			c.more.Broadcast()
			c.mu.Unlock()
			return
		}
		if hello {
			f, err := wire.DecodeTunnel(append([]byte{}, payload...), false)
			if err != nil {
				c.t.Error(err)
			}
			c.heard = append(c.heard, f)
		}
		hello = true
		c.more.Broadcast()
		c.mu.Unlock()
	}
}

func (c *client) send(f wire.TunnelFrame) {
	_, _ = c.to.Write(wire.AppendTunnel(nil, &f))
}

// wait returns the first frame of that kind about that stream or listener; later calls find later ones.
func (c *client) wait(kind byte, id uint64) wire.TunnelFrame {
	c.t.Helper()
	timer := time.AfterFunc(patience, func() { c.mu.Lock(); c.over = true; c.more.Broadcast(); c.mu.Unlock() })
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for i, f := range c.heard {
			if f.Type == kind && (id == 0 || f.ID == id) {
				c.heard = append(c.heard[:i:i], c.heard[i+1:]...)
				return f
			}
		}
		if c.over {
			c.t.Fatalf("no frame %#x of %d; heard %+v", kind, id, c.heard)
		}
		c.more.Wait()
	}
}

// data collects what comes on a stream, n bytes of it, and gives the window back.
func (c *client) data(id uint64, n int) []byte {
	c.t.Helper()
	var all []byte
	for len(all) < n {
		f := c.wait(wire.TunnelData, id)
		all = append(all, f.Data...)
		c.send(wire.TunnelFrame{Type: wire.TunnelWindow, ID: id, Bytes: uint64(len(f.Data))})
	}
	return all
}

func (c *client) ends(code int) {
	c.t.Helper()
	select {
	case got := <-c.code:
		if got != code {
			c.t.Errorf("exit code %d, want %d", got, code)
		}
	case <-time.After(patience):
		c.t.Error("the session goes on")
	}
}

func (c *client) connect(id uint64, port int) {
	c.send(wire.TunnelFrame{Type: wire.TunnelConnect, ID: id, Port: uint64(port)})
}

func (c *client) say(id uint64, text string) {
	c.send(wire.TunnelFrame{Type: wire.TunnelData, ID: id, Data: []byte(text)})
}

// server runs serve for each connection; returns its port.
func server(t testing.TB, serve func(*net.TCPConn)) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn.(*net.TCPConn))
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func echo(conn *net.TCPConn) {
	_, _ = io.Copy(conn, conn)
	conn.Close()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
