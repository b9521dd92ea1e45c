package apply

import (
	"crypto/sha256"
	"hash"
	"sync"
	"syscall"

	"devspace-helper/internal/at"
	"devspace-helper/internal/stage"
	"devspace-helper/internal/wire"
)

// pass is how much is read at once.
const pass = 64 << 10

// assembly puts a staged upload together beside the goroutine that reads requests, which a large file must not hold up:
// content that comes is written to the stage at once, parts of the old file are copied there and everything is hashed in
// its order by a goroutine of its own. That one alone closes the base and, through end, gives the stage away.
type assembly struct {
	stage *stage.Stage
	base  int // descriptor of what is to be replaced, or -1
	size  int64

	mu       sync.Mutex
	change   sync.Cond
	pieces   []piece
	ended    func(wire.Hash, error)
	dropped  func()
	sum      hash.Hash
	position int64
}

// piece is the next part of the content.
type piece struct {
	from   int64 // in the base; -1: it is in the stage
	length int64
}

func newAssembly(s *stage.Stage, base int) *assembly {
	a := &assembly{stage: s, base: base, sum: sha256.New()}
	a.change.L = &a.mu
	go a.run()
	return a
}

// literal takes content.
func (a *assembly) literal(content []byte) error {
	if err := a.stage.WriteAt(content, a.size); err != nil {
		return err
	}
	a.add(piece{-1, int64(len(content))})
	return nil
}

// copy takes a part of the base.
func (a *assembly) copy(r wire.Range) {
	a.add(piece{int64(r.Offset), int64(r.Length)})
}

// add never waits: pieces are small, and neighbours become one.
func (a *assembly) add(next piece) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.size += next.length
	if n := len(a.pieces); n > 0 && a.pieces[n-1].joins(next) {
		a.pieces[n-1].length += next.length
	} else {
		a.pieces = append(a.pieces, next)
	}
	a.change.Signal()
}

func (p piece) joins(next piece) bool {
	if p.from < 0 || next.from < 0 {
		return p.from < 0 && next.from < 0
	}
	return p.from+p.length == next.from
}

// end lets done be told of the hash, or of what went wrong, when everything is put together. Done owns the stage.
func (a *assembly) end(done func(wire.Hash, error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = done
	a.change.Signal()
}

// drop discards everything soon, and lets done know.
func (a *assembly) drop(done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dropped = done
	a.change.Signal()
}

func (a *assembly) run() {
	err := a.work()
	if a.base >= 0 {
		at.Close(a.base)
	}
	a.mu.Lock()
	for a.dropped == nil && a.ended == nil { // it failed before its end
		a.change.Wait()
	}
	ended, dropped := a.ended, a.dropped
	a.mu.Unlock()
	if ended == nil {
		a.stage.Discard()
		dropped()
		return
	}
	var sum wire.Hash
	a.sum.Sum(sum[:0])
	ended(sum, err)
}

func (a *assembly) work() error {
	buffer := make([]byte, pass)
	for {
		next, ok := a.next()
		if !ok {
			return nil
		}
		fd, from := a.stage.FD(), a.position
		if next.from >= 0 {
			fd, from = a.base, next.from
		}
		n, err := syscall.Pread(fd, buffer[:next.length], from)
		if err == syscall.EINTR {
			n = 0
		} else if err != nil {
			return err
		} else if n == 0 {
			return ErrChanged // the base has become shorter
		}
		if next.from >= 0 {
			if err := a.stage.WriteAt(buffer[:n], a.position); err != nil {
				return err
			}
		}
		a.sum.Write(buffer[:n])
		a.position += int64(n)
		a.took(int64(n))
	}
}

// next waits for something to do, at most a pass long; it is false at the end.
func (a *assembly) next() (piece, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.pieces) == 0 && a.ended == nil && a.dropped == nil {
		a.change.Wait()
	}
	if a.dropped != nil || len(a.pieces) == 0 {
		return piece{}, false
	}
	next := a.pieces[0]
	if next.length > pass {
		next.length = pass
	}
	return next, true
}

// took removes what was done from the first piece.
func (a *assembly) took(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := &a.pieces[0]
	first.length -= n
	if first.from >= 0 {
		first.from += n
	}
	if first.length == 0 {
		a.pieces = a.pieces[1:]
	}
}
