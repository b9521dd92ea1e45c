package wire

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"
)

// Everything that can be wrong with a frame. All of them end the session.
var (
	ErrLength  = errors.New("frame length out of range")
	ErrType    = errors.New("frame of unknown type")
	ErrShort   = errors.New("frame too short")
	ErrLong    = errors.New("bytes left at the end of a frame")
	ErrNumber  = errors.New("number out of range")
	ErrText    = errors.New("text is not UTF-8")
	ErrPath    = errors.New("path not allowed")
	ErrContent = errors.New("more content than a frame may carry")
)

// Length reads a frame's length field and refuses one out of range.
func Length(head [4]byte) (int, error) {
	n := binary.BigEndian.Uint32(head[:])
	if n < 1 || n > MaxFrame {
		return 0, ErrLength
	}
	return int(n), nil
}

// DecodeRequest reads a frame of the client: the type and body, without the length.
func DecodeRequest(payload []byte) (Request, error) {
	if len(payload) == 0 {
		return Request{}, ErrLength
	}
	d := decoder{rest: payload[1:]}
	r := Request{Type: payload[0]}
	switch r.Type {
	case Open:
		r.Version = d.uint(maxUint)
		r.Text = d.text()
		r.Flags = d.uint(NoWatch | CreateRoot | Poll)
		for n := d.count(1); n > 0 && d.err == nil; n-- {
			r.Exclude = append(r.Exclude, d.text())
		}
	case Scan, HashOf:
		r.ID, r.Path = d.uint(maxUint), d.path()
	case Get:
		r.ID, r.Path, r.Expect = d.uint(maxUint), d.path(), d.expect()
		for n := d.count(2); n > 0 && d.err == nil; n-- {
			r.Ranges = append(r.Ranges, d.part())
		}
	case Remove:
		r.ID, r.Path, r.Expect = d.uint(maxUint), d.path(), d.expect()
	case Sign:
		r.ID, r.Path, r.Expect, r.Block = d.uint(maxUint), d.path(), d.expect(), d.uint(MaxBlock)
		if r.Block < MinBlock {
			d.fail(ErrNumber)
		}
	case Copy:
		r.ID, r.Range = d.uint(maxUint), d.part()
	case Put:
		r.ID, r.Path, r.Expect, r.Mode = d.uint(maxUint), d.path(), d.expect(), d.mode()
		r.Mtime, r.Size = d.time(), d.uint(maxUint)
	case Mkdir, Chmod:
		r.ID, r.Path, r.Expect, r.Mode = d.uint(maxUint), d.path(), d.expect(), d.mode()
	case Symlink:
		r.ID, r.Path, r.Expect, r.Text = d.uint(maxUint), d.path(), d.expect(), d.text()
	case Data:
		r.ID, r.Data = d.uint(maxUint), d.content()
	case End:
		r.ID = d.uint(maxUint)
		copy(r.Hash[:], d.take(len(r.Hash)))
	case Cancel, Ping:
		r.ID = d.uint(maxUint)
	case Puts:
		r.ID = d.uint(maxUint)
		for more := true; more; more = d.more(len(r.Files)) {
			r.Files = append(r.Files, d.smallFile())
		}
	case Bye:
	default:
		return Request{}, ErrType
	}
	if err := d.end(); err != nil {
		return Request{}, err
	}
	return r, nil
}

// DecodeReply reads a frame of the helper: the type and body, without the length.
func DecodeReply(payload []byte) (Reply, error) {
	if len(payload) == 0 {
		return Reply{}, ErrLength
	}
	d := decoder{rest: payload[1:]}
	r := Reply{Type: payload[0]}
	switch r.Type {
	case Hello:
		r.Version, r.OS, r.Arch, r.PID = d.uint(maxUint), d.text(), d.text(), d.uint(maxUint)
	case Opened:
		r.Text, r.Flags = d.text(), d.uint(Watching)
	case Entries:
		r.Source = d.byte(FromChange)
		for n := d.count(2); n > 0 && d.err == nil; n-- {
			r.Entries = append(r.Entries, d.entry())
		}
	case Scanned, Pong:
		r.ID = d.uint(maxUint)
	case Hashed:
		r.ID = d.uint(maxUint)
		copy(r.Hash[:], d.take(len(r.Hash)))
		copy(r.Stamp[:], d.take(len(r.Stamp)))
	case Applied:
		r.ID, r.Entry = d.uint(maxUint), d.entry()
	case Placed:
		r.ID = d.uint(maxUint)
		for more := true; more; more = d.more(len(r.Outcomes)) {
			r.Outcomes = append(r.Outcomes, d.outcome())
		}
	case Failed:
		r.ID, r.Code, r.Text = d.uint(maxUint), d.uint(maxUint), d.text()
	case HelperData:
		r.ID, r.Data = d.uint(maxUint), d.content()
	case HelperEnd:
		r.ID = d.uint(maxUint)
		copy(r.Hash[:], d.take(len(r.Hash)))
		r.Entry = d.entry()
	case Notice, Fatal:
		r.Code, r.Text = d.uint(maxUint), d.text()
	default:
		return Reply{}, ErrType
	}
	if err := d.end(); err != nil {
		return Reply{}, err
	}
	return r, nil
}

// ValidPath tells whether a path may stand in a frame.
func ValidPath(path string) bool {
	if path == "" {
		return true
	}
	if len(path) > MaxPath || strings.IndexByte(path, 0) >= 0 || !utf8.ValidString(path) {
		return false
	}
	for {
		segment, rest, more := strings.Cut(path, "/")
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
		if !more {
			return true
		}
		path = rest
	}
}

// more tells whether a frame of PUTS or PLACED goes on after that many files.
func (d *decoder) more(have int) bool {
	if have == MaxFiles && len(d.rest) > 0 {
		d.fail(ErrNumber)
	}
	return len(d.rest) > 0
}

func (d *decoder) smallFile() SmallFile {
	f := SmallFile{Path: d.path(), Expect: d.expect(), Mode: d.mode(), Mtime: d.time()}
	n := d.count(1)
	if n > MaxSmall {
		d.fail(ErrContent)
	}
	f.Data = d.take(n)
	copy(f.Hash[:], d.take(len(f.Hash)))
	return f
}

func (d *decoder) outcome() Outcome {
	o := Outcome{Code: Code(d.uint(maxUint))}
	if o.Code == 0 {
		o.Entry.Kind = File
		d.file(&o.Entry)
	} else {
		o.Text = d.text()
	}
	return o
}

// part is a range that holds something and ends where a number can tell.
func (d *decoder) part() Range {
	r := Range{Offset: d.uint(maxUint), Length: d.uint(maxUint)}
	if r.Length == 0 || r.Offset+r.Length > maxUint {
		d.fail(ErrNumber)
	}
	return r
}

func (d *decoder) entry() Entry {
	e := Entry{Path: d.path(), Kind: Kind(d.byte(byte(highestKind)))}
	switch e.Kind {
	case File:
		d.file(&e)
	case Directory:
		e.Mode = d.mode()
	case Link, Special, Unreadable:
		e.Text = d.text()
	}
	if e.Kind == Directory || e.Kind == Link {
		copy(e.Stamp[:], d.take(len(e.Stamp)))
	}
	return e
}

func (d *decoder) file(e *Entry) {
	e.Mode, e.Size, e.Mtime = d.mode(), d.uint(maxUint), d.time()
	copy(e.Stamp[:], d.take(len(e.Stamp)))
}
