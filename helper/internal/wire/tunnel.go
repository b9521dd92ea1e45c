package wire

// Frames of docs/tunnel-protocol.md. Ping, Bye, Hello and Pong are those of the sync protocol.
const (
	TunnelListen   = 0x01
	TunnelConnect  = 0x02
	TunnelUnlisten = 0x03

	TunnelData   = 0x10
	TunnelEnd    = 0x11
	TunnelReset  = 0x12
	TunnelWindow = 0x13

	TunnelListening = 0x81
	TunnelRefused   = 0x82
	TunnelAccepted  = 0x83
	TunnelConnected = 0x84
)

const (
	// MaxTunnelData is the most content one DATA frame of a tunnel carries.
	MaxTunnelData = 65536
	// MaxGrant is the most one WINDOW gives.
	MaxGrant = 4 << 20
	maxPort  = 65535
)

// Transport of a stream or listener.
type Transport uint8

const (
	TCP Transport = 0
	UDP Transport = 1
)

// TunnelFrame is a frame of a tunnel, in either direction. Which fields count depends on Type.
type TunnelFrame struct {
	Type      byte
	ID        uint64 // of the stream, or of the listener; also the nonce of Ping and Pong
	Listener  uint64 // Accepted
	Transport Transport
	Port      uint64
	Bytes     uint64 // Window
	Code      uint64 // Reset, Refused
	Text      string // Listen: address; Reset, Refused: why
	Data      []byte // aliases the decoded payload
}

// DecodeTunnel reads a frame that the client (or the helper) sent: the type and body, without the length.
func DecodeTunnel(payload []byte, fromClient bool) (TunnelFrame, error) {
	if len(payload) == 0 {
		return TunnelFrame{}, ErrLength
	}
	d := decoder{rest: payload[1:]}
	f := TunnelFrame{Type: payload[0]}
	if !d.shared(&f) {
		known := d.ofHelper
		if fromClient {
			known = d.ofClient
		}
		if !known(&f) {
			return TunnelFrame{}, ErrType
		}
	}
	if err := d.end(); err != nil {
		return TunnelFrame{}, err
	}
	return f, nil
}

func (d *decoder) shared(f *TunnelFrame) bool {
	switch f.Type {
	case TunnelData:
		f.ID = d.uint(maxUint)
		if len(d.rest) > MaxTunnelData {
			d.fail(ErrContent)
		}
		f.Data = d.take(len(d.rest))
	case TunnelEnd:
		f.ID = d.uint(maxUint)
	case TunnelReset:
		f.ID, f.Code, f.Text = d.uint(maxUint), d.uint(maxUint), d.text()
	case TunnelWindow:
		f.ID, f.Bytes = d.uint(maxUint), d.uint(MaxGrant)
		if f.Bytes == 0 {
			d.fail(ErrNumber)
		}
	default:
		return false
	}
	return true
}

func (d *decoder) ofClient(f *TunnelFrame) bool {
	switch f.Type {
	case TunnelListen:
		f.ID, f.Transport, f.Text, f.Port = d.uint(maxUint), d.transport(), d.text(), d.port()
	case TunnelConnect:
		f.ID, f.Transport, f.Port = d.uint(maxUint), d.transport(), d.port()
	case TunnelUnlisten, Ping:
		f.ID = d.uint(maxUint)
	case Bye:
	default:
		return false
	}
	return true
}

func (d *decoder) ofHelper(f *TunnelFrame) bool {
	switch f.Type {
	case TunnelListening, TunnelConnected, Pong:
		f.ID = d.uint(maxUint)
	case TunnelRefused:
		f.ID, f.Code, f.Text = d.uint(maxUint), d.uint(maxUint), d.text()
	case TunnelAccepted:
		f.ID, f.Listener = d.uint(maxUint), d.uint(maxUint)
	default:
		return false
	}
	return true
}

func (d *decoder) transport() Transport { return Transport(d.byte(byte(UDP))) }

func (d *decoder) port() uint64 {
	port := d.uint(maxPort)
	if port == 0 {
		d.fail(ErrNumber)
	}
	return port
}

// AppendTunnel appends a whole frame of a tunnel to b.
func AppendTunnel(b []byte, f *TunnelFrame) []byte {
	b, start := begin(b, f.Type)
	if f.Type != Bye {
		b = appendUint(b, f.ID)
	}
	switch f.Type {
	case TunnelListen:
		b = appendUint(appendText(append(b, byte(f.Transport)), f.Text), f.Port)
	case TunnelConnect:
		b = appendUint(append(b, byte(f.Transport)), f.Port)
	case TunnelData:
		b = append(b, f.Data...)
	case TunnelReset, TunnelRefused:
		b = appendText(appendUint(b, f.Code), f.Text)
	case TunnelWindow:
		b = appendUint(b, f.Bytes)
	case TunnelAccepted:
		b = appendUint(b, f.Listener)
	}
	return finish(b, start)
}
