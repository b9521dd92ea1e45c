package wire

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

type tunnelVector struct {
	Name      string
	Type      byte
	Hex       string
	Direction string
	Zeros     int
	Fields    struct {
		Listener, Stream, Nonce, Port, Code, Bytes *uint64
		Transport, Address, Reason, Content        string
	}
}

func TestTunnelVectors(t *testing.T) {
	for _, side := range []string{"client", "helper"} {
		for _, v := range loadTunnel(t, side) {
			f := v.Fields
			want := TunnelFrame{
				Type: v.Type, Text: f.Address + f.Reason, Port: or(f.Port), Code: or(f.Code), Bytes: or(f.Bytes),
				ID: or(f.Stream) + or(f.Nonce), Transport: map[string]Transport{"tcp": TCP, "udp": UDP}[f.Transport],
			}
			if v.Type == TunnelAccepted {
				want.Listener = or(f.Listener)
			} else {
				want.ID += or(f.Listener)
			}
			if v.Type == TunnelData {
				want.Data = unhex(t, f.Content)
			}
			raw := unhex(t, v.Hex)
			got, err := DecodeTunnel(payload(t, raw), side == "client")
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: decoded %+v, %v\nwant %+v", side, v.Name, got, err, want)
			}
			if encoded := AppendTunnel([]byte("before"), &want); !bytes.Equal(encoded[6:], raw) {
				t.Errorf("%s, %s: encoded %x\nwant %x", side, v.Name, encoded[6:], raw)
			}
		}
	}
}

func TestInvalidTunnelVectors(t *testing.T) {
	for _, v := range loadTunnel(t, "invalid") {
		raw := append(unhex(t, v.Hex), make([]byte, v.Zeros)...)
		var head [4]byte
		copy(head[:], raw)
		n, err := Length(head)
		if err == nil && n != len(raw)-4 {
			t.Fatalf("%s: the vector's length is wrong", v.Name)
		}
		if err == nil {
			_, err = DecodeTunnel(raw[4:], v.Direction == "client")
		}
		if err == nil {
			t.Errorf("%s, %s: accepted", v.Direction, v.Name)
		}
	}
}

func FuzzDecodeTunnel(f *testing.F) {
	for _, file := range []string{"client", "helper", "invalid"} {
		for _, v := range loadTunnel(f, file) {
			if raw := unhex(f, v.Hex); len(raw) > 4 {
				f.Add(raw[4:])
			}
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, fromClient := range []bool{true, false} {
			if frame, err := DecodeTunnel(payload, fromClient); err == nil {
				if encoded := AppendTunnel(nil, &frame); !bytes.Equal(encoded[4:], payload) {
					t.Fatalf("%+v from %x became %x", frame, payload, encoded[4:])
				}
			}
		}
	})
}

func or(n *uint64) uint64 {
	if n == nil {
		return 0
	}
	return *n
}

func loadTunnel(t testing.TB, name string) []tunnelVector {
	t.Helper()
	text, err := os.ReadFile("../../testdata/tunnel/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []tunnelVector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}
