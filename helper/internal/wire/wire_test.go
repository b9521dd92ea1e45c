package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

type vector struct {
	Name      string
	Type      byte
	Frame     string
	Hex       string
	Direction string
	Zeros     int
	Fields    struct {
		Version, ID, Nonce, Mode, Size, Flags, Code, PID uint64
		Offset, Length, BlockSize                        uint64
		Ranges                                           []struct{ Offset, Length uint64 }
		Root, Path, Target, Message, OS, Arch            string
		Exclude                                          []string
		Expect                                           struct{ Kind, Stamp string }
		Mtime                                            jsonTime
		Content, Hash, Stamp                             string
		Source                                           uint8
		Entry                                            jsonEntry
		Entries                                          []jsonEntry
	}
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
	for _, v := range load(t, "client") {
		f := v.Fields
		want := Request{
			Type: v.Type, ID: f.ID + f.Nonce, Path: f.Path, Mode: uint32(f.Mode), Mtime: Time{f.Mtime.S, f.Mtime.Ns}, Size: f.Size,
			Text: f.Root + f.Target, Version: f.Version, Flags: f.Flags, Exclude: f.Exclude, Block: f.BlockSize,
			Expect: Expect{Kind: map[string]ExpectKind{"": Anything, "any": Anything, "none": Nothing, "stamp": Exactly}[f.Expect.Kind]},
		}
		fill(t, want.Expect.Stamp[:], f.Expect.Stamp)
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
	for kind := byte(Open); kind <= Copy; kind++ {
		if !seen[kind] {
			t.Errorf("no vector for type %#x", kind)
		}
	}
}

func TestReplyVectors(t *testing.T) {
	seen := map[byte]bool{}
	for _, v := range load(t, "helper") {
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
	for _, kind := range []byte{Hello, Opened, Entries, Scanned, Hashed, Applied, Failed, HelperData, HelperEnd, Pong, Notice, Fatal} {
		if !seen[kind] {
			t.Errorf("no vector for type %#x", kind)
		}
	}
}

func TestInvalidVectors(t *testing.T) {
	for _, v := range load(t, "invalid") {
		raw := append(unhex(t, v.Hex), make([]byte, v.Zeros)...)
		var head [4]byte
		copy(head[:], raw)
		n, err := Length(head)
		if err == nil && n != len(raw)-4 {
			t.Fatalf("%s: the vector's length is wrong", v.Name)
		}
		if err == nil && v.Direction == "client" {
			_, err = DecodeRequest(raw[4:])
		} else if err == nil {
			_, err = DecodeReply(raw[4:])
		}
		if err == nil {
			t.Errorf("%s: accepted", v.Name)
		}
	}
}

// What decodes must encode to the very same bytes: there is one way to write a frame.
func FuzzDecode(f *testing.F) {
	for _, file := range []string{"client", "helper", "invalid"} {
		for _, v := range load(f, file) {
			if raw := unhex(f, v.Hex); len(raw) > 4 {
				f.Add(raw[4:])
			}
		}
	}
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

func (e jsonEntry) entry(t testing.TB) Entry {
	kinds := map[string]Kind{"absent": Absent, "file": File, "directory": Directory, "symlink": Link, "other": Special, "unreadable": Unreadable}
	out := Entry{
		Path: e.Path, Kind: kinds[e.Kind], Mode: uint32(e.Mode), Size: e.Size, Mtime: Time{e.Mtime.S, e.Mtime.Ns},
		Text: e.Target + e.What + e.Reason,
	}
	fill(t, out.Stamp[:], e.Stamp)
	return out
}

func load(t testing.TB, name string) []vector {
	t.Helper()
	text, err := os.ReadFile("../../testdata/wire/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatal("no vectors")
	}
	return vectors
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

func fill(t testing.TB, into []byte, text string) {
	t.Helper()
	if text != "" && copy(into, unhex(t, text)) != len(into) {
		t.Fatalf("%q is too short", text)
	}
}
