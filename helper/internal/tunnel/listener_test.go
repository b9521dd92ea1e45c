package tunnel

import (
	"io"
	"net"
	"testing"

	"devspace-helper/internal/wire"
)

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
