package tunnel

import (
	"bytes"
	"net"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

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
