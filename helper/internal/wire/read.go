package wire

import (
	"bufio"
	"io"
)

// Reader cuts a stream into frames.
type Reader struct {
	in    *bufio.Reader
	large []byte
	used  int // bytes of in's buffer that the last frame still occupies
}

// NewReader returns a Reader of in.
func NewReader(in io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, 64<<10)}
}

// Next returns the type and body of the next frame; they are valid until the call after it. io.EOF means that the stream
// ended, be it within a frame; ErrLength that it is no stream of frames.
func (r *Reader) Next() ([]byte, error) {
	_, _ = r.in.Discard(r.used)
	r.used = 0
	head, err := r.in.Peek(4)
	if err != nil {
		return nil, ended(err)
	}
	n, err := Length(*(*[4]byte)(head))
	if err != nil {
		return nil, err
	}
	if 4+n <= r.in.Size() {
		frame, err := r.in.Peek(4 + n)
		if err != nil {
			return nil, ended(err)
		}
		r.used = 4 + n
		return frame[4:], nil
	}
	_, _ = r.in.Discard(4)
	if cap(r.large) < n {
		r.large = make([]byte, n)
	}
	_, err = io.ReadFull(r.in, r.large[:n])
	return r.large[:n], ended(err)
}

// Ready tells whether Next has a whole frame to return without waiting for input.
func (r *Reader) Ready() bool {
	rest := r.in.Buffered() - r.used
	if rest < 4 {
		return false
	}
	head, _ := r.in.Peek(r.used + 4)
	n, err := Length(*(*[4]byte)(head[r.used:]))
	return err != nil || rest >= 4+n
}

func ended(err error) error {
	if err == io.ErrUnexpectedEOF {
		return io.EOF
	}
	return err
}
