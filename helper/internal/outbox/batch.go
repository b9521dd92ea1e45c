package outbox

import "devspace-helper/internal/wire"

// Batch gathers entries into ENTRIES frames. What it holds is not queued before Flush.
type Batch struct {
	Out    *Outbox
	Source uint8

	encoded []byte
	count   int
}

// room is more than any entry takes: a path and a link's target.
const room = 3 * wire.MaxPath

// Add adds one entry, and queues a frame when it is full.
func (b *Batch) Add(e *wire.Entry) {
	if len(b.encoded) > wire.MaxEntries-room {
		b.Flush()
	}
	b.encoded = wire.AppendEntry(b.encoded, e)
	b.count++
}

// Flush queues what was gathered.
func (b *Batch) Flush() {
	if b.count > 0 {
		b.Out.sendEntries(b.Source, b.count, b.encoded)
		b.encoded, b.count = b.encoded[:0], 0
	}
}
