package wire

import "unicode/utf8"

// decoder remembers the first error; after it every read yields zero values.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.rest = nil
}

func (d *decoder) end() error {
	if d.err == nil && len(d.rest) > 0 {
		d.err = ErrLong
	}
	return d.err
}

func (d *decoder) take(n int) []byte {
	if n > len(d.rest) {
		d.fail(ErrShort)
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) byte(highest byte) byte {
	b := d.take(1)
	if b == nil {
		return 0
	}
	if b[0] > highest {
		d.fail(ErrNumber)
		return 0
	}
	return b[0]
}

func (d *decoder) uint(highest uint64) uint64 {
	var value uint64
	for i := 0; i < 8; i++ {
		if i >= len(d.rest) {
			d.fail(ErrShort)
			return 0
		}
		b := d.rest[i]
		value |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			if value > highest || (b == 0 && i > 0) {
				break
			}
			d.rest = d.rest[i+1:]
			return value
		}
	}
	d.fail(ErrNumber)
	return 0
}

// count reads a number of items that take at least `least` bytes each.
func (d *decoder) count(least int) int {
	n := d.uint(maxUint)
	if n > uint64(len(d.rest)/least) {
		d.fail(ErrShort)
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	text := string(d.take(d.count(1)))
	if !utf8.ValidString(text) {
		d.fail(ErrText)
		return ""
	}
	return text
}

func (d *decoder) path() string {
	n := d.count(1)
	if n > MaxPath {
		d.fail(ErrPath)
		return ""
	}
	path := string(d.take(n))
	if !ValidPath(path) {
		d.fail(ErrPath)
		return ""
	}
	return path
}

func (d *decoder) content() []byte {
	if len(d.rest) > MaxData {
		d.fail(ErrContent)
		return nil
	}
	return d.take(len(d.rest))
}

func (d *decoder) mode() uint32 { return uint32(d.uint(0o7777)) }

func (d *decoder) time() Time {
	return Time{Sec: d.uint(maxUint), Nsec: uint32(d.uint(1e9 - 1))}
}

func (d *decoder) expect() Expect {
	e := Expect{Kind: ExpectKind(d.byte(byte(Exactly)))}
	if e.Kind == Exactly {
		copy(e.Stamp[:], d.take(len(e.Stamp)))
	}
	return e
}
