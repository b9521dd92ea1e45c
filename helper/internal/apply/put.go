package apply

import (
	"crypto/sha256"
	"hash"
	"syscall"

	"devspace-helper/internal/at"
	"devspace-helper/internal/stage"
	"devspace-helper/internal/wire"
)

const (
	// maxOpen is how many PUTs may be open at once.
	maxOpen = 64
	// inMemory is up to which size content waits in memory, so that most files are written and placed in one go.
	inMemory = 32 << 10
)

// Puts are the uploads that have begun. Like Applier, it serves one goroutine.
type Puts struct {
	*Applier
	open map[uint64]*put
	free [][]byte // buffers to use again
}

type put struct {
	wire.Request
	received uint64
	content  []byte       // while it fits in memory
	stage    *stage.Stage // otherwise
	sum      hash.Hash
}

// NewPuts returns Puts that end in a's tree.
func NewPuts(a *Applier) *Puts {
	return &Puts{Applier: a, open: map[uint64]*put{}}
}

// Begin takes a PUT. It is false when that id is open already, which is an error of the client.
func (p *Puts) Begin(r *wire.Request) (ok bool, err error) {
	if p.open[r.ID] != nil {
		return false, nil
	}
	if len(p.open) >= maxOpen {
		p.refuse(r, errTooMany)
		return true, nil
	}
	u := &put{Request: *r}
	if r.Size > inMemory {
		if err := p.prepare(u); err != nil {
			p.refuse(r, err)
			return true, vanished(err)
		}
	} else if n := len(p.free); n > 0 {
		u.content, p.free = p.free[n-1], p.free[:n-1]
	}
	p.open[r.ID] = u
	return true, nil
}

// prepare checks early what End checks again, before much content is sent, and creates the stage.
func (p *Puts) prepare(u *put) error {
	p.Site.Order.Lock()
	defer p.Site.Order.Unlock()
	t, err := p.reach(&u.Request)
	if err != nil {
		return err
	}
	defer at.Close(t.dir)
	u.sum = sha256.New()
	u.stage, err = p.Area.File(t.dir)
	return err
}

// Data takes content. Content for an upload that is not open is dropped: it has been refused already.
func (p *Puts) Data(r *wire.Request) {
	u := p.open[r.ID]
	if u == nil {
		return
	}
	u.received += uint64(len(r.Data))
	switch {
	case u.received > u.Size:
		p.abandon(u, errMismatch)
	case u.stage == nil:
		u.content = append(u.content, r.Data...)
	default:
		u.sum.Write(r.Data)
		if _, err := u.stage.Write(r.Data); err != nil {
			p.abandon(u, err)
		}
	}
}

// End checks the content and brings it into place. The error is root.ErrVanished or nil.
func (p *Puts) End(r *wire.Request) error {
	u := p.open[r.ID]
	if u == nil {
		return nil
	}
	var sum wire.Hash
	if u.stage != nil {
		u.sum.Sum(sum[:0])
	} else {
		sum = sha256.Sum256(u.content)
	}
	if u.received != u.Size || sum != r.Hash {
		p.abandon(u, errMismatch)
		return nil
	}
	err := p.change(&u.Request, func(t *target) error { return p.put(u, t) })
	p.forget(u)
	return err
}

func (p *Puts) put(u *put, t *target) (err error) {
	if t.st.Mode&syscall.S_IFMT == syscall.S_IFDIR {
		return ErrWrongKind
	}
	if u.stage == nil {
		if u.stage, err = p.write(u, t); err != nil {
			return err
		}
	}
	return p.place(u.stage, t, u.Expect.Kind == wire.Nothing, u.Mode, u.Mtime)
}

func (p *Puts) write(u *put, t *target) (*stage.Stage, error) {
	s, err := p.Area.File(t.dir)
	if err == nil {
		if _, err = s.Write(u.content); err != nil {
			s.Discard()
		}
	}
	return s, err
}

// Cancel ends an upload. It is false when there is none of that id.
func (p *Puts) Cancel(id uint64) bool {
	u := p.open[id]
	if u != nil {
		p.abandon(u, ErrCancelled)
	}
	return u != nil
}

func (p *Puts) abandon(u *put, err error) {
	p.refuse(&u.Request, err)
	p.forget(u)
}

func (p *Puts) refuse(r *wire.Request, err error) {
	p.Site.Out.Send(Refusal(r.ID, r.Path, err))
}

// forget gives back everything an upload held.
func (p *Puts) forget(u *put) {
	if u.stage != nil {
		u.stage.Discard()
	}
	if cap(u.content) > 0 && len(p.free) < 4 {
		p.free = append(p.free, u.content[:0])
	}
	delete(p.open, u.ID)
}
