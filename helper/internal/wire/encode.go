package wire

import "encoding/binary"

// AppendRequest appends a whole frame of the client to b.
func AppendRequest(b []byte, r *Request) []byte {
	b, start := begin(b, r.Type)
	switch r.Type {
	case Open:
		b = appendText(appendUint(b, r.Version), r.Text)
		b = appendUint(appendUint(b, r.Flags), uint64(len(r.Exclude)))
		for _, pattern := range r.Exclude {
			b = appendText(b, pattern)
		}
	case Data:
		b = append(appendUint(b, r.ID), r.Data...)
	case End:
		b = append(appendUint(b, r.ID), r.Hash[:]...)
	case Cancel, Ping:
		b = appendUint(b, r.ID)
	case Copy:
		b = appendRange(appendUint(b, r.ID), r.Range)
	case Puts:
		b = appendUint(b, r.ID)
		for i := range r.Files {
			f := &r.Files[i]
			b = appendExpect(appendText(b, f.Path), f.Expect)
			b = appendTime(appendUint(b, uint64(f.Mode)), f.Mtime)
			b = append(append(appendUint(b, uint64(len(f.Data))), f.Data...), f.Hash[:]...)
		}
	case Bye:
	default:
		b = appendText(appendUint(b, r.ID), r.Path)
		if r.Type >= Get {
			b = appendExpect(b, r.Expect)
		}
		switch r.Type {
		case Put:
			b = appendUint(appendTime(appendUint(b, uint64(r.Mode)), r.Mtime), r.Size)
		case Mkdir, Chmod:
			b = appendUint(b, uint64(r.Mode))
		case Symlink:
			b = appendText(b, r.Text)
		case Get:
			b = appendUint(b, uint64(len(r.Ranges)))
			for _, part := range r.Ranges {
				b = appendRange(b, part)
			}
		case Sign:
			b = appendUint(b, r.Block)
		}
	}
	return finish(b, start)
}

// AppendReply appends a whole frame of the helper to b.
func AppendReply(b []byte, r *Reply) []byte {
	b, start := begin(b, r.Type)
	switch r.Type {
	case Hello:
		b = appendText(appendText(appendUint(b, r.Version), r.OS), r.Arch)
		b = appendUint(b, r.PID)
	case Opened:
		b = appendUint(appendText(b, r.Text), r.Flags)
	case Entries:
		b = appendUint(append(b, r.Source), uint64(len(r.Entries)))
		for i := range r.Entries {
			b = AppendEntry(b, &r.Entries[i])
		}
	case Scanned, Pong:
		b = appendUint(b, r.ID)
	case Hashed:
		b = append(append(appendUint(b, r.ID), r.Hash[:]...), r.Stamp[:]...)
	case Applied:
		b = AppendEntry(appendUint(b, r.ID), &r.Entry)
	case Placed:
		b = appendUint(b, r.ID)
		for i := range r.Outcomes {
			o := &r.Outcomes[i]
			b = appendUint(b, uint64(o.Code))
			if o.Code == 0 {
				b = appendFile(b, &o.Entry)
			} else {
				b = appendText(b, o.Text)
			}
		}
	case Failed:
		b = appendText(appendUint(appendUint(b, r.ID), r.Code), r.Text)
	case HelperData:
		b = append(appendUint(b, r.ID), r.Data...)
	case HelperEnd:
		b = AppendEntry(append(appendUint(b, r.ID), r.Hash[:]...), &r.Entry)
	case Notice, Fatal:
		b = appendText(appendUint(b, r.Code), r.Text)
	}
	return finish(b, start)
}

// AppendEntries appends an ENTRIES frame of n entries that AppendEntry has encoded already.
func AppendEntries(b []byte, source uint8, n int, encoded []byte) []byte {
	b, start := begin(b, Entries)
	b = appendUint(append(b, source), uint64(n))
	return finish(append(b, encoded...), start)
}

// AppendEntry appends one entry, without a frame around it.
func AppendEntry(b []byte, e *Entry) []byte {
	b = append(appendText(b, e.Path), byte(e.Kind))
	switch e.Kind {
	case File:
		return appendFile(b, e)
	case Directory:
		b = appendUint(b, uint64(e.Mode))
	case Link, Special, Unreadable:
		b = appendText(b, e.Text)
	}
	if e.Kind == Directory || e.Kind == Link {
		b = append(b, e.Stamp[:]...)
	}
	return b
}

func appendFile(b []byte, e *Entry) []byte {
	b = appendTime(appendUint(appendUint(b, uint64(e.Mode)), e.Size), e.Mtime)
	return append(b, e.Stamp[:]...)
}

func begin(b []byte, kind byte) ([]byte, int) {
	return append(b, 0, 0, 0, 0, kind), len(b)
}

func finish(b []byte, start int) []byte {
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

func appendUint(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func appendText(b []byte, s string) []byte {
	return append(appendUint(b, uint64(len(s))), s...)
}

func appendExpect(b []byte, e Expect) []byte {
	b = append(b, byte(e.Kind))
	if e.Kind == Exactly {
		b = append(b, e.Stamp[:]...)
	}
	return b
}

func appendRange(b []byte, r Range) []byte {
	return appendUint(appendUint(b, r.Offset), r.Length)
}

func appendTime(b []byte, t Time) []byte {
	return appendUint(appendUint(b, t.Sec), uint64(t.Nsec))
}
