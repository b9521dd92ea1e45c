package tunnel

import (
	"bytes"
	"io"
	"math/rand"
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

func TestListen(t *testing.T) {
	c := start(t)
	port := freePort(t)
	listen := wire.TunnelFrame{Type: wire.TunnelListen, ID: 7, Text: "127.0.0.1", Port: uint64(port)}
	c.send(listen)
	c.wait(wire.TunnelListening, 7)
	dial := func() *net.TCPConn {
		conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		must(t, err)
		return conn
	}
	conn := dial()
	accepted := c.wait(wire.TunnelAccepted, 0)
	if accepted.Listener != 7 || accepted.ID != 2 {
		t.Errorf("%+v", accepted)
	}
	c.say(2, "hello")
	c.send(wire.TunnelFrame{Type: wire.TunnelEnd, ID: 2})
	if got, err := io.ReadAll(conn); string(got) != "hello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	_, _ = conn.Write([]byte("after the end"))
	must(t, conn.CloseWrite())
	if got := c.data(2, 13); string(got) != "after the end" {
		t.Errorf("%q", got)
	}
	c.wait(wire.TunnelEnd, 2)

	// A reset here is one there.
	reset := dial()
	id := c.wait(wire.TunnelAccepted, 0).ID
	c.send(wire.TunnelFrame{Type: wire.TunnelReset, ID: id, Code: 1, Text: "refused"})
	if _, err := reset.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("an end instead of a reset: %v", err)
	}
	// And the other way.
	reset = dial()
	id = c.wait(wire.TunnelAccepted, 0).ID
	_ = reset.SetLinger(0)
	reset.Close()
	if f := c.wait(wire.TunnelReset, id); f.Code != broken {
		t.Errorf("%+v", f)
	}

	// Nobody listens there any more, and one may listen anew.
	c.send(wire.TunnelFrame{Type: wire.TunnelUnlisten, ID: 7})
	c.send(listen)
	c.wait(wire.TunnelListening, 7)
	dial().Close()
	c.wait(wire.TunnelAccepted, 0)
}

func TestRefusals(t *testing.T) {
	c := start(t)
	used := server(t, echo)
	c.send(wire.TunnelFrame{Type: wire.TunnelListen, ID: 1, Text: "127.0.0.1", Port: uint64(used)})
	if f := c.wait(wire.TunnelRefused, 1); f.Code != taken {
		t.Errorf("%+v", f)
	}
	for id, address := range map[uint64]string{2: "192.0.2.1", 3: "not an address", 4: "fe80::1%eth0"} {
		c.send(wire.TunnelFrame{Type: wire.TunnelListen, ID: id, Text: address, Port: 8080})
		if f := c.wait(wire.TunnelRefused, id); f.Code != noAddress {
			t.Errorf("%s: %+v", address, f)
		}
	}
	c.connect(1, freePort(t))
	c.say(1, "to nobody")
	if f := c.wait(wire.TunnelReset, 1); f.Code != refused {
		t.Errorf("%+v", f)
	}
	// What was under way is no error.
	c.say(1, "late")
	c.connect(3, used)
	c.wait(wire.TunnelConnected, 3)
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

func TestDatagrams(t *testing.T) {
	app, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	defer app.Close()
	go func() {
		b := make([]byte, 70000)
		for {
			n, from, err := app.ReadFromUDP(b)
			if err != nil {
				return
			}
			_, _ = app.WriteToUDP(b[:n], from)
		}
	}()
	c := start(t, func(s *Session) { s.Idle = 200 * time.Millisecond })
	// To the container.
	c.send(wire.TunnelFrame{Type: wire.TunnelConnect, ID: 1, Transport: wire.UDP, Port: uint64(app.LocalAddr().(*net.UDPAddr).Port)})
	c.wait(wire.TunnelConnected, 1)
	for _, size := range []int{5, 0, maxDatagram} {
		datagram := bytes.Repeat([]byte{7}, size)
		c.send(wire.TunnelFrame{Type: wire.TunnelData, ID: 1, Data: datagram})
		if f := c.wait(wire.TunnelData, 1); !bytes.Equal(f.Data, datagram) {
			t.Errorf("%d bytes of %d", len(f.Data), size)
		}
		c.send(wire.TunnelFrame{Type: wire.TunnelWindow, ID: 1, Bytes: uint64(size + datagramCost)})
	}
	c.send(wire.TunnelFrame{Type: wire.TunnelEnd, ID: 1})
	c.wait(wire.TunnelEnd, 1)
	// To nobody.
	c.send(wire.TunnelFrame{Type: wire.TunnelConnect, ID: 3, Transport: wire.UDP, Port: uint64(freePort(t))})
	c.wait(wire.TunnelConnected, 3)
	c.say(3, "x")
	if f := c.wait(wire.TunnelReset, 3); f.Code != refused {
		t.Errorf("%+v", f)
	}
	// From the container.
	port := freePort(t)
	c.send(wire.TunnelFrame{Type: wire.TunnelListen, ID: 9, Transport: wire.UDP, Text: "127.0.0.1", Port: uint64(port)})
	c.wait(wire.TunnelListening, 9)
	conn, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	must(t, err)
	defer conn.Close()
	_, _ = conn.Write([]byte("question"))
	id := c.wait(wire.TunnelAccepted, 0).ID
	if f := c.wait(wire.TunnelData, id); string(f.Data) != "question" {
		t.Errorf("%q", f.Data)
	}
	c.say(id, "answer")
	b := make([]byte, 100)
	n, err := conn.Read(b)
	if string(b[:n]) != "answer" || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
	c.wait(wire.TunnelEnd, id) // idle
	_, _ = conn.Write([]byte("again"))
	if next := c.wait(wire.TunnelAccepted, 0).ID; next <= id {
		t.Errorf("%d after %d", next, id)
	}
}

func TestTooManyStreams(t *testing.T) {
	port := server(t, func(conn *net.TCPConn) {})
	c := start(t)
	for i := uint64(0); i <= maxStreams; i++ {
		c.connect(2*i+1, port)
	}
	if f := c.wait(wire.TunnelReset, 2*maxStreams+1); f.Code != tooMany {
		t.Errorf("%+v", f)
	}
}

func TestProtocolErrors(t *testing.T) {
	for name, frames := range map[string][]wire.TunnelFrame{
		"a stream that was never opened": {{Type: wire.TunnelData, ID: 1}},
		"a stream of ours, never opened": {{Type: wire.TunnelEnd, ID: 2}},
		"stream 0":                       {{Type: wire.TunnelEnd}},
		"an even number":                 {{Type: wire.TunnelConnect, ID: 2, Port: 1}},
		"a number used before":           {{Type: wire.TunnelConnect, ID: 3, Port: 1}, {Type: wire.TunnelConnect, ID: 1, Port: 1}},
		"a listener that is in use": {
			{Type: wire.TunnelListen, ID: 1, Text: "127.0.0.1", Port: uint64(freePort(t))},
			{Type: wire.TunnelListen, ID: 1, Text: "127.0.0.1", Port: uint64(freePort(t))},
		},
	} {
		c := start(t)
		for _, f := range frames {
			c.send(f)
		}
		select {
		case code := <-c.code:
			if code != 1 {
				t.Errorf("%s: exit code %d", name, code)
			}
		case <-time.After(patience):
			t.Errorf("%s: the session goes on", name)
		}
	}
}

func TestEnds(t *testing.T) {
	c := start(t)
	c.to.Close()
	c.ends(0)
	quiet := start(t, func(s *Session) { s.Silence = 200 * time.Millisecond })
	quiet.ends(1)
}

// Whatever a client sends about streams it may use, nothing hangs, and everything is given back.
func TestAnyOrderOfFrames(t *testing.T) {
	port := uint64(server(t, echo))
	kinds := []byte{wire.TunnelConnect, wire.TunnelData, wire.TunnelData, wire.TunnelEnd, wire.TunnelReset, wire.TunnelWindow, wire.Ping}
	for seed := int64(0); seed < 60; seed++ {
		random := rand.New(rand.NewSource(seed))
		c := start(t)
		var last uint64
		for i := 0; i < 200; i++ {
			f := wire.TunnelFrame{Type: kinds[random.Intn(len(kinds))], Port: port, Bytes: 1000}
			if f.Type == wire.TunnelConnect || last == 0 {
				f.Type = wire.TunnelConnect
				last += 2
				f.ID = last - 1
			} else {
				f.ID = last - 1 - 2*uint64(random.Intn(lesser(8, int(last)/2)))
			}
			if f.Type == wire.TunnelData {
				f.Data = make([]byte, random.Intn(9000))
			}
			c.send(f)
		}
		c.to.Close()
		select {
		case <-c.code:
		case <-time.After(patience):
			t.Fatalf("seed %d: the session goes on", seed)
		}
		if len(c.s.streams) > 0 || c.s.pool.free != poolBytes {
			t.Errorf("seed %d: %d streams, %d of the pool left", seed, len(c.s.streams), c.s.pool.free)
		}
	}
}
