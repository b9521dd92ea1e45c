package wire

import (
	"bytes"
	"reflect"
	"testing"
)

type vector struct {
	frameVector
	Fields struct {
		Version, ID, Nonce, Mode, Size, Flags, Code, PID uint64
		Offset, Length, BlockSize                        uint64
		Ranges                                           []struct{ Offset, Length uint64 }
		Root, Path, Target, Message, OS, Arch            string
		Exclude                                          []string
		Expect                                           jsonExpect
		Mtime                                            jsonTime
		Content, Hash, Stamp                             string
		Source                                           uint8
		Entry                                            jsonEntry
		Entries                                          []jsonEntry
		Files                                            []jsonFile
		Outcomes                                         []struct {
			File    *jsonEntry
			Code    Code
			Message string
		}
	}
}

type jsonExpect struct{ Kind, Stamp string }

type jsonFile struct {
	Path, Content, Hash string
	Expect              jsonExpect
	Mode                uint32
	Mtime               jsonTime
}

type jsonTime struct {
	S  uint64
	Ns uint32
}

type jsonEntry struct {
	Path, Kind, Stamp, Target, What, Reason string
	Mode, Size                              uint64
	Mtime                                   jsonTime
}

func TestRequestVectors(t *testing.T) {
	seen := map[byte]bool{}
	for _, v := range load[vector](t, "wire", "client") {
		f := v.Fields
		want := Request{
			Type: v.Type, ID: f.ID + f.Nonce, Path: f.Path, Mode: uint32(f.Mode), Mtime: Time{f.Mtime.S, f.Mtime.Ns}, Size: f.Size,
			Text: f.Root + f.Target, Version: f.Version, Flags: f.Flags, Exclude: f.Exclude, Block: f.BlockSize,
			Expect: f.Expect.expect(t),
		}
		fill(t, want.Hash[:], f.Hash)
		if v.Type == Data {
			want.Data = unhex(t, f.Content)
		}
		if v.Type == Copy {
			want.Range = Range{f.Offset, f.Length}
		}
		for _, part := range f.Ranges {
			want.Ranges = append(want.Ranges, Range{part.Offset, part.Length})
		}
		for _, one := range f.Files {
			file := SmallFile{
				Path: one.Path, Expect: one.Expect.expect(t), Mode: one.Mode, Mtime: Time{one.Mtime.S, one.Mtime.Ns}, Data: unhex(t, one.Content),
			}
			fill(t, file.Hash[:], one.Hash)
			want.Files = append(want.Files, file)
		}
		if len(want.Exclude) == 0 {
			want.Exclude = nil
		}
		raw := unhex(t, v.Hex)
		got, err := DecodeRequest(payload(t, raw))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: decoded %+v, %v\nwant %+v", v.Name, got, err, want)
		}
		if encoded := AppendRequest([]byte("before"), &want); !bytes.Equal(encoded[6:], raw) {
			t.Errorf("%s: encoded %x\nwant %x", v.Name, encoded[6:], raw)
		}
		seen[v.Type] = true
	}
	for kind := byte(Open); kind <= Puts; kind++ {
		if !seen[kind] {
			t.Errorf("no vector for type %#x", kind)
		}
	}
}

func TestReplyVectors(t *testing.T) {
	seen := map[byte]bool{}
	for _, v := range load[vector](t, "wire", "helper") {
		f := v.Fields
		want := Reply{
			Type: v.Type, ID: f.ID + f.Nonce, Code: f.Code, Text: f.Message + f.Root, Source: f.Source,
			Version: f.Version, OS: f.OS, Arch: f.Arch, PID: f.PID, Flags: f.Flags,
		}
		fill(t, want.Hash[:], f.Hash)
		fill(t, want.Stamp[:], f.Stamp)
		if f.Entry.Kind != "" {
			want.Entry = f.Entry.entry(t)
		}
		for _, e := range f.Entries {
			want.Entries = append(want.Entries, e.entry(t))
		}
		for _, one := range f.Outcomes {
			outcome := Outcome{Code: one.Code, Text: one.Message}
			if one.File != nil {
				outcome.Entry = one.File.entry(t)
			}
			want.Outcomes = append(want.Outcomes, outcome)
		}
		if v.Type == HelperData {
			want.Data = unhex(t, f.Content)
		}
		raw := unhex(t, v.Hex)
		got, err := DecodeReply(payload(t, raw))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: decoded %+v, %v\nwant %+v", v.Name, got, err, want)
		}
		if encoded := AppendReply(nil, &want); !bytes.Equal(encoded, raw) {
			t.Errorf("%s: encoded %x\nwant %x", v.Name, encoded, raw)
		}
		if v.Type == Entries {
			var inner []byte
			for i := range want.Entries {
				inner = AppendEntry(inner, &want.Entries[i])
			}
			if encoded := AppendEntries(nil, want.Source, len(want.Entries), inner); !bytes.Equal(encoded, raw) {
				t.Errorf("%s: AppendEntries %x\nwant %x", v.Name, encoded, raw)
			}
		}
		seen[v.Type] = true
	}
	for _, kind := range []byte{Hello, Opened, Entries, Scanned, Hashed, Applied, Failed, Placed, HelperData, HelperEnd, Pong, Notice, Fatal} {
		if !seen[kind] {
			t.Errorf("no vector for type %#x", kind)
		}
	}
}

func TestInvalidVectors(t *testing.T) {
	refused(t, "wire", func(payload []byte, fromClient bool) (err error) {
		if fromClient {
			_, err = DecodeRequest(payload)
		} else {
			_, err = DecodeReply(payload)
		}
		return err
	})
}

// What decodes must encode to the very same bytes: there is one way to write a frame.
func FuzzDecode(f *testing.F) {
	addVectors(f, "wire")
	f.Fuzz(func(t *testing.T, payload []byte) {
		if r, err := DecodeRequest(payload); err == nil {
			if encoded := AppendRequest(nil, &r); !bytes.Equal(encoded[4:], payload) {
				t.Fatalf("%+v from %x became %x", r, payload, encoded[4:])
			}
		}
		if r, err := DecodeReply(payload); err == nil {
			if encoded := AppendReply(nil, &r); !bytes.Equal(encoded[4:], payload) {
				t.Fatalf("%+v from %x became %x", r, payload, encoded[4:])
			}
		}
	})
}

// A frame cannot claim more files than it may carry, whatever they are.
func TestMostFiles(t *testing.T) {
	for n, want := range map[int]error{MaxFiles: nil, MaxFiles + 1: ErrNumber} {
		puts := AppendRequest(nil, &Request{Type: Puts, Files: make([]SmallFile, n)})
		if _, err := DecodeRequest(puts[4:]); err != want {
			t.Errorf("PUTS of %d: %v", n, err)
		}
		placed := AppendReply(nil, &Reply{Type: Placed, Outcomes: make([]Outcome, n)})
		if _, err := DecodeReply(placed[4:]); err != want {
			t.Errorf("PLACED of %d: %v", n, err)
		}
	}
}

func (e jsonExpect) expect(t testing.TB) Expect {
	kinds := map[string]ExpectKind{"": Anything, "any": Anything, "none": Nothing, "stamp": Exactly}
	out := Expect{Kind: kinds[e.Kind]}
	fill(t, out.Stamp[:], e.Stamp)
	return out
}

func (e jsonEntry) entry(t testing.TB) Entry {
	kinds := map[string]Kind{"absent": Absent, "file": File, "directory": Directory, "symlink": Link, "other": Special, "unreadable": Unreadable}
	out := Entry{
		Path: e.Path, Kind: kinds[e.Kind], Mode: uint32(e.Mode), Size: e.Size, Mtime: Time{e.Mtime.S, e.Mtime.Ns},
		Text: e.Target + e.What + e.Reason,
	}
	fill(t, out.Stamp[:], e.Stamp)
	return out
}

func fill(t testing.TB, into []byte, text string) {
	t.Helper()
	if text != "" && copy(into, unhex(t, text)) != len(into) {
		t.Fatalf("%q is too short", text)
	}
}
