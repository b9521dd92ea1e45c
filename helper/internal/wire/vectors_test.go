package wire

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// frameVector is a frame of helper/testdata, which the client's tests read too. Direction is for those that are to be refused.
type frameVector struct {
	Name      string
	Type      byte
	Hex       string
	Direction string
	Zeros     int // bytes of that value that follow
}

// load reads the vectors of a protocol, of which V knows the fields.
func load[V any](t testing.TB, protocol, file string) []V {
	t.Helper()
	text, err := os.ReadFile("../../testdata/" + protocol + "/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []V
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatal("no vectors")
	}
	return vectors
}

// refused tells of each invalid frame that is accepted.
func refused(t *testing.T, protocol string, decode func(payload []byte, fromClient bool) error) {
	t.Helper()
	for _, v := range load[frameVector](t, protocol, "invalid") {
		raw := append(unhex(t, v.Hex), make([]byte, v.Zeros)...)
		var head [4]byte
		copy(head[:], raw)
		n, err := Length(head)
		if err == nil && n != len(raw)-4 {
			t.Fatalf("%s: the vector's length is wrong", v.Name)
		}
		if err == nil {
			err = decode(raw[4:], v.Direction == "client")
		}
		if err == nil {
			t.Errorf("%s, %s: accepted", v.Direction, v.Name)
		}
	}
}

// addVectors gives a fuzz test all frames of a protocol to begin with.
func addVectors(f *testing.F, protocol string) {
	f.Helper()
	for _, file := range []string{"client", "helper", "invalid"} {
		for _, v := range load[frameVector](f, protocol, file) {
			if raw := unhex(f, v.Hex); len(raw) > 4 {
				f.Add(raw[4:])
			}
		}
	}
}

func payload(t testing.TB, raw []byte) []byte {
	t.Helper()
	if len(raw) < 5 || int(binary.BigEndian.Uint32(raw)) != len(raw)-4 {
		t.Fatalf("bad vector %x", raw)
	}
	return raw[4:]
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
