package apply

import (
	"crypto/sha256"
	"syscall"

	"devspace-helper/internal/at"
	"devspace-helper/internal/observe"
	"devspace-helper/internal/root"
	"devspace-helper/internal/stage"
	"devspace-helper/internal/wire"
)

const (
	// maxOpen is how many PUTs may be open or on their way into place at once.
	maxOpen = 64
	// inMemory is up to which size content waits in memory, so that most files are written and placed in one go.
	inMemory = 32 << 10
)

// Puts are the uploads that have begun. Like Applier, it serves one goroutine; what is staged is put together by others.
type Puts struct {
	*Applier
	failed func(error)
	open   map[uint64]*put
	room   chan struct{} // holds one for each that is open or being put together
	free   [][]byte      // buffers to use again
}

type put struct {
	wire.Request
	received uint64
	content  []byte // while it fits in memory
	assembly *assembly
}

// NewPuts returns Puts that end in a's tree. Told of root.ErrVanished, failed ends the session.
func NewPuts(a *Applier, failed func(error)) *Puts {
	return &Puts{Applier: a, failed: failed, open: map[uint64]*put{}, room: make(chan struct{}, maxOpen)}
}

// Begin takes a PUT, and waits while too many are being put together. It is false when that id is open already, which is an
// error of the client.
func (p *Puts) Begin(r *wire.Request) (ok bool, err error) {
	if p.open[r.ID] != nil {
		return false, nil
	}
	if len(p.open) >= maxOpen {
		p.refuse(r, errTooMany)
		return true, nil
	}
	p.room <- struct{}{} // what is being put together needs nothing more of the client
	u := &put{Request: *r}
	if r.Size > inMemory {
		if err := p.prepare(u); err != nil {
			<-p.room
			p.refuse(r, err)
			return true, vanished(err)
		}
	} else if n := len(p.free); n > 0 {
		u.content, p.free = p.free[n-1], p.free[:n-1]
	}
	p.open[r.ID] = u
	return true, nil
}

// prepare checks early what is checked again at the end, before much content is sent, and creates the stage. What is to
// be replaced is opened, in case parts of it are to be copied.
func (p *Puts) prepare(u *put) error {
	p.Site.Order.Lock()
	defer p.Site.Order.Unlock()
	t, err := p.reach(&u.Request)
	if err != nil {
		return err
	}
	defer at.Close(t.dir)
	s, err := p.Area.File(t.dir)
	if err != nil {
		return err
	}
	u.assembly = newAssembly(s, openBase(t, u.Expect))
	return nil
}

// openBase opens the file that is exactly the expected one; -1 when there is none.
func openBase(t *target, expect wire.Expect) int {
	if expect.Kind != wire.Exactly || t.now.Kind != wire.File {
		return -1
	}
	fd, err := at.Open(t.dir, t.name, syscall.O_RDONLY, 0)
	if err != nil {
		return -1
	}
	var st syscall.Stat_t
	if syscall.Fstat(fd, &st) != nil || observe.Stat(&st, "").Stamp != expect.Stamp {
		at.Close(fd)
		return -1
	}
	return fd
}

// Data takes content. Content for an upload that is not open is dropped: it has been refused already.
func (p *Puts) Data(r *wire.Request) {
	u := p.open[r.ID]
	if u == nil || !p.grow(u, uint64(len(r.Data))) {
		return
	}
	if u.assembly == nil {
		u.content = append(u.content, r.Data...)
	} else if err := u.assembly.literal(r.Data); err != nil {
		p.abandon(u, err)
	}
}

// Copy takes a part of what is to be replaced as content.
func (p *Puts) Copy(r *wire.Request) {
	u := p.open[r.ID]
	if u == nil || !p.grow(u, r.Length) {
		return
	}
	if u.assembly == nil || u.assembly.base < 0 {
		p.abandon(u, errNoBase)
		return
	}
	u.assembly.copy(r.Range)
}

func (p *Puts) grow(u *put, more uint64) bool {
	u.received += more
	if u.received > u.Size {
		p.abandon(u, errMismatch)
		return false
	}
	return true
}

// End checks the content and brings it into place: small content at once, what is staged as soon as it is put together.
func (p *Puts) End(r *wire.Request) error {
	u := p.open[r.ID]
	if u == nil {
		return nil
	}
	if u.assembly != nil {
		delete(p.open, u.ID)
		u.assembly.end(func(sum wire.Hash, err error) { p.assembled(u, r.Hash, sum, err) })
		return nil
	}
	if u.received != u.Size || sha256.Sum256(u.content) != r.Hash {
		p.abandon(u, errMismatch)
		return nil
	}
	err := p.change(&u.Request, func(t *target) error {
		return p.putSmall(&u.Request, u.content, t)
	}, keep)
	p.forget(u)
	return err
}

// assembled is called from the assembly's goroutine.
func (p *Puts) assembled(u *put, want, sum wire.Hash, err error) {
	defer func() { <-p.room }()
	s := u.assembly.stage
	if err == nil && (u.received != u.Size || sum != want) {
		err = errMismatch
	}
	if err != nil {
		s.Discard()
		p.refuse(&u.Request, err)
		return
	}
	err = p.change(&u.Request, func(t *target) error {
		if t.isDirectory() {
			return ErrWrongKind
		}
		return p.placePut(s, t, &u.Request)
	}, s.Discard)
	if err == root.ErrVanished {
		p.failed(err)
	}
}

// putSmall brings content into place that was checked already.
func (a *Applier) putSmall(r *wire.Request, content []byte, t *target) error {
	if t.isDirectory() {
		return ErrWrongKind
	}
	s, err := a.Area.File(t.dir)
	if err != nil {
		return err
	}
	if err = s.WriteAt(content, 0); err != nil {
		s.Discard()
		return err
	}
	return a.placePut(s, t, r)
}

func (a *Applier) placePut(s *stage.Stage, t *target, r *wire.Request) error {
	return a.place(s, t, r.Expect.Kind == wire.Nothing, r.Mode, r.Mtime)
}

// Cancel ends an upload. It is false when there is none of that id.
func (p *Puts) Cancel(id uint64) bool {
	u := p.open[id]
	if u != nil {
		p.abandon(u, ErrCancelled)
	}
	return u != nil
}

// abandon ends an upload. The client is told when what was staged of it is gone, so that it may count on that space.
func (p *Puts) abandon(u *put, err error) {
	if u.assembly != nil {
		u.assembly.drop(func() { p.refuse(&u.Request, err) })
	} else {
		p.refuse(&u.Request, err)
	}
	p.forget(u)
}

func (p *Puts) refuse(r *wire.Request, err error) {
	p.Site.Out.Send(Refusal(r.ID, r.Path, err))
}

// forget gives back what an upload held in memory.
func (p *Puts) forget(u *put) {
	if cap(u.content) > 0 && len(p.free) < 4 {
		p.free = append(p.free, u.content[:0])
	}
	delete(p.open, u.ID)
	<-p.room
}
