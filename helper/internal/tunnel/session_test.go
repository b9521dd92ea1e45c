package tunnel

import (
	"math/rand"
	"net"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

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
