package wire

import (
	"bytes"
	"reflect"
	"testing"
)

type tunnelVector struct {
	frameVector
	Fields struct {
		Listener, Stream, Nonce, Port, Code, Bytes *uint64
		Transport, Address, Reason, Content        string
	}
}

func TestTunnelVectors(t *testing.T) {
	for _, side := range []string{"client", "helper"} {
		for _, v := range load[tunnelVector](t, "tunnel", side) {
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
	refused(t, "tunnel", func(payload []byte, fromClient bool) error {
		_, err := DecodeTunnel(payload, fromClient)
		return err
	})
}

func FuzzDecodeTunnel(f *testing.F) {
	addVectors(f, "tunnel")
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
