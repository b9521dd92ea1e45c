// Package wire turns frames into bytes and back, as docs/sync-protocol.md lays them out.
//
// Decoding never trusts a length: everything is checked against the bytes at hand before memory is taken, and anything
// that is not exactly one well-formed frame is an error. Decoded values do not alias the input, except Data.
package wire

// Version is the protocol version this helper speaks.
const Version = 3

const (
	// MaxFrame is the largest value of a frame's length field.
	MaxFrame = 1048640
	// MaxData is the most content one DATA frame carries.
	MaxData = 262144
	// MaxEntries is what an ENTRIES frame should not outgrow.
	MaxEntries = 64 << 10
	// MaxPath is the longest path in bytes.
	MaxPath = 4096
	// MaxSmall is the most content of one file of a PUTS.
	MaxSmall = 32 << 10
	// MaxFiles is how many files a PUTS may carry.
	MaxFiles = 512
	maxUint  = 1<<53 - 1
	// MinBlock and MaxBlock bound the blocks a SIGN may ask for.
	MinBlock = 4 << 10
	MaxBlock = 4 << 20
)

// Frames from the client.
const (
	Open    = 0x01
	Scan    = 0x02
	HashOf  = 0x03
	Get     = 0x04
	Put     = 0x05
	Mkdir   = 0x06
	Remove  = 0x07
	Chmod   = 0x08
	Symlink = 0x09
	Data    = 0x0a
	End     = 0x0b
	Cancel  = 0x0c
	Ping    = 0x0d
	Bye     = 0x0e
	Sign    = 0x0f
	Copy    = 0x10
	Puts    = 0x11
)

// Frames from the helper.
const (
	Hello      = 0x80
	Opened     = 0x81
	Entries    = 0x82
	Scanned    = 0x83
	Hashed     = 0x84
	Applied    = 0x85
	Failed     = 0x86
	Placed     = 0x87
	HelperData = 0x8a
	HelperEnd  = 0x8b
	Pong       = 0x8d
	Notice     = 0x8e
	Fatal      = 0x8f
)

// Flags of OPEN and OPENED.
const (
	NoWatch    = 1
	CreateRoot = 2
	Poll       = 4
	Watching   = 1
)

// Source of an ENTRIES frame.
const (
	FromScan   = 0
	FromChange = 1
)

// Codes of NOTICE.
const (
	EventsLost  = 1
	CannotWatch = 2
)

// Code says why a request FAILED.
type Code uint64

const (
	Changed    Code = 1
	NotFound   Code = 2
	Permission Code = 3
	NoSpace    Code = 4
	NotEmpty   Code = 5
	WrongKind  Code = 6
	Unsafe     Code = 7
	Cancelled  Code = 8
	Mismatch   Code = 9
	Other      Code = 10
)

// Codes of FATAL.
const (
	RootMissing      = 1
	RootNotDirectory = 2
	RootVanished     = 3
	RootPermission   = 4
	ProtocolError    = 5
	FatalOther       = 6
)

// Stamp identifies a state of the object at a path; only equality has a meaning.
type Stamp [8]byte

// Hash is the SHA-256 of a content.
type Hash [32]byte

// Time counts from 1970; earlier times are 0.
type Time struct {
	Sec  uint64
	Nsec uint32
}

// Kind of an Entry.
type Kind uint8

const (
	Absent      Kind = 0
	File        Kind = 1
	Directory   Kind = 2
	Link        Kind = 3
	Special     Kind = 4
	Unreadable  Kind = 5
	highestKind      = Unreadable
)

// Entry is what is at a path. Which fields count depends on Kind.
type Entry struct {
	Path  string
	Kind  Kind
	Mode  uint32 // File, Directory: low 12 bits
	Size  uint64 // File
	Mtime Time   // File
	Stamp Stamp  // File, Directory, Link
	Text  string // Link: target; Special: what it is; Unreadable: why
}

// ExpectKind says what an Expect asks for.
type ExpectKind uint8

const (
	Anything ExpectKind = 0
	Nothing  ExpectKind = 1
	Exactly  ExpectKind = 2
)

// Expect is the condition under which a request may be carried out.
type Expect struct {
	Kind  ExpectKind
	Stamp Stamp // Exactly
}

// Range is a part of a file.
type Range struct {
	Offset, Length uint64
}

// SmallFile is one file of a PUTS.
type SmallFile struct {
	Path   string
	Expect Expect
	Mode   uint32
	Mtime  Time
	Data   []byte // aliases the decoded payload
	Hash   Hash
}

// Outcome is how one file of a PUTS went: Code 0 and what is there now, a File without its path, or a code of FAILED and
// why, without the path too.
type Outcome struct {
	Code  Code
	Text  string
	Entry Entry
}

// Request is a frame from the client. Which fields count depends on Type.
type Request struct {
	Type    byte
	ID      uint64 // also the nonce of Ping
	Path    string
	Expect  Expect
	Mode    uint32
	Mtime   Time
	Size    uint64
	Hash    Hash
	Data    []byte // aliases the decoded payload
	Text    string // Open: root; Symlink: target
	Version uint64
	Flags   uint64
	Exclude []string
	Ranges  []Range // Get: all of the file when empty
	Range           // Copy
	Block   uint64  // Sign
	Files   []SmallFile
}

// Reply is a frame from the helper. Which fields count depends on Type.
type Reply struct {
	Type     byte
	ID       uint64 // also the nonce of Pong
	Code     uint64 // Failed, Notice, Fatal
	Text     string // Failed, Notice, Fatal: message; Opened: root
	Hash     Hash
	Stamp    Stamp
	Entry    Entry
	Source   uint8
	Entries  []Entry
	Outcomes []Outcome // Placed
	Data     []byte    // aliases the decoded payload
	Version  uint64
	OS       string
	Arch     string
	PID      uint64
	Flags    uint64
}
