package wire

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

func TestReaderCutsFrames(t *testing.T) {
	var stream []byte
	var want [][]byte
	for _, size := range []int{0, 1, 10, 60 << 10, 64<<10 - 6, 64 << 10, MaxData, 3} {
		start := len(stream)
		stream = AppendRequest(stream, &Request{Type: Data, ID: 1, Data: bytes.Repeat([]byte{byte(size)}, size)})
		want = append(want, stream[start+4:])
	}
	for name, in := range map[string]io.Reader{
		"at once": bytes.NewReader(stream), "in halves": iotest.HalfReader(bytes.NewReader(stream)),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(stream)),
	} {
		r := NewReader(in)
		for i := range want {
			got, err := r.Next()
			if err != nil || !bytes.Equal(got, want[i]) {
				t.Fatalf("%s, frame %d: %d bytes, %v", name, i, len(got), err)
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%s: at the end: %v", name, err)
		}
	}
	for cut := 1; cut < 20; cut++ {
		r := NewReader(bytes.NewReader(stream[:len(stream)-cut]))
		var err error
		for n := 0; err == nil; n++ {
			_, err = r.Next()
		}
		if err != io.EOF {
			t.Errorf("cut by %d: %v", cut, err)
		}
	}
}

// A length may announce anything: memory is taken only for lengths in range, and nothing is read for others.
func TestReaderRefusesLengths(t *testing.T) {
	for _, head := range [][]byte{{0, 0, 0, 0}, {0, 0x10, 0, 0x41}, {0xff, 0xff, 0xff, 0xff}} {
		if _, err := NewReader(bytes.NewReader(append(head, make([]byte, 100)...))).Next(); err != ErrLength {
			t.Errorf("%x: %v", head, err)
		}
	}
}

func TestReaderReady(t *testing.T) {
	ping := AppendRequest(nil, &Request{Type: Ping, ID: 300})
	r := NewReader(bytes.NewReader(append(append([]byte{}, ping...), ping[:5]...)))
	if r.Ready() {
		t.Error("ready before anything was read")
	}
	two := NewReader(bytes.NewReader(append(append([]byte{}, ping...), ping...)))
	_, err := two.Next()
	if err != nil || !two.Ready() {
		t.Error("a whole frame waits", err)
	}
	if _, err = r.Next(); err != nil || r.Ready() {
		t.Error("only half a frame waits", err)
	}
}
