// Package content answers GET, HASH and SIGN beside everything else, a few at a time.
package content

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"sync"
	"syscall"
	"time"

	"devspace-helper/internal/apply"
	"devspace-helper/internal/at"
	"devspace-helper/internal/ignore"
	"devspace-helper/internal/observe"
	"devspace-helper/internal/scan"
	"devspace-helper/internal/wire"
)

const (
	workers = 4
	// waiting is how many requests may queue up before the helper stops reading further ones.
	waiting = 1024
	// chunk is how much content goes into one frame.
	chunk = 64 << 10
)

// Pool reads files. Ask and Cancel are for one goroutine; the answers come from others.
type Pool struct {
	site *scan.Site
	jobs chan *job

	mu   sync.Mutex
	open map[uint64]*job
}

type job struct {
	wire.Request
	cancelled bool // guarded by Pool.mu
}

// NewPool starts the workers, which run until the process ends.
func NewPool(site *scan.Site) *Pool {
	p := &Pool{site: site, jobs: make(chan *job, waiting), open: map[uint64]*job{}}
	for i := 0; i < workers; i++ {
		go p.work()
	}
	return p
}

// Ask takes a GET, HASH or SIGN. It is false when that id is open already, which is an error of the client.
func (p *Pool) Ask(r *wire.Request) bool {
	j := &job{Request: *r}
	p.mu.Lock()
	taken := p.open[r.ID] != nil
	if !taken {
		p.open[r.ID] = j
	}
	p.mu.Unlock()
	if !taken {
		p.jobs <- j
	}
	return !taken
}

// Cancel makes an open request fail soon; for any other id it does nothing.
func (p *Pool) Cancel(id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if j := p.open[id]; j != nil {
		j.cancelled = true
	}
}

func (p *Pool) isCancelled(j *job) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return j.cancelled
}

func (p *Pool) work() {
	w := worker{Pool: p, sum: sha256.New()}
	for j := range p.jobs {
		err := w.answer(j)
		p.mu.Lock()
		delete(p.open, j.ID)
		p.mu.Unlock()
		if err != nil {
			p.site.Out.Send(apply.Refusal(j.ID, j.Path, err))
		}
	}
}

type worker struct {
	*Pool
	sum    hash.Hash
	buffer []byte
}

// answer sends the content, the hash and what the file was, unless the file was another at the end.
func (w *worker) answer(j *job) error {
	fd, was, err := w.openFile(j)
	if err != nil {
		return err
	}
	defer at.Close(fd)
	if w.buffer == nil {
		w.buffer = make([]byte, chunk)
	}
	settle(was.Mtime)
	w.sum.Reset()
	if j.Type == wire.Sign {
		err = w.sums(j, fd, was.Size)
	} else if len(j.Ranges) == 0 {
		err = w.part(j, fd, wire.Range{Length: was.Size})
	}
	for i := 0; i < len(j.Ranges) && err == nil; i++ {
		err = w.part(j, fd, j.Ranges[i])
	}
	if err != nil {
		return err
	}
	return w.finish(j, &was)
}

// part hashes a part of the file, and sends it to who asked for content.
func (w *worker) part(j *job, fd int, r wire.Range) error {
	return w.read(j, fd, r, func(content []byte) {
		w.sum.Write(content)
		if j.Type == wire.Get {
			w.site.Out.Send(&wire.Reply{Type: wire.HelperData, ID: j.ID, Data: content})
		}
	})
}

// sums sends the CRC-32 of every block of the file; the last block may be shorter.
func (w *worker) sums(j *job, fd int, size uint64) error {
	var crc uint32
	var pending []byte
	left := j.Block // of the block that crc is about
	send := func() {
		w.sum.Write(pending)
		w.site.Out.Send(&wire.Reply{Type: wire.HelperData, ID: j.ID, Data: pending})
		pending = pending[:0]
	}
	block := func() {
		pending = binary.BigEndian.AppendUint32(pending, crc)
		crc, left = 0, j.Block
		if len(pending) >= chunk {
			send()
		}
	}
	err := w.read(j, fd, wire.Range{Length: size}, func(content []byte) {
		for len(content) > 0 {
			n := uint64(len(content))
			if n > left {
				n = left
			}
			crc = crc32.Update(crc, crc32.IEEETable, content[:n])
			content, left = content[n:], left-n
			if left == 0 {
				block()
			}
		}
	})
	if err == nil && left < j.Block {
		block()
	}
	if err == nil && len(pending) > 0 {
		send()
	}
	return err
}

// read hands a part of the file on, piece by piece.
func (w *worker) read(j *job, fd int, r wire.Range, take func([]byte)) error {
	for r.Length > 0 {
		if w.isCancelled(j) {
			return apply.ErrCancelled
		}
		buffer := w.buffer
		if r.Length < chunk {
			buffer = buffer[:r.Length]
		}
		n, err := syscall.Pread(fd, buffer, int64(r.Offset))
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return apply.ErrChanged
		}
		take(w.buffer[:n])
		r.Offset, r.Length = r.Offset+uint64(n), r.Length-uint64(n)
	}
	return nil
}

// openFile opens the regular file a request is about, after checking what is there.
func (w *worker) openFile(j *job) (int, wire.Entry, error) {
	if j.Path == "" {
		return -1, wire.Entry{}, apply.ErrWrongKind
	}
	if ignore.IsReserved(j.Path) {
		return -1, wire.Entry{}, apply.ErrReserved
	}
	dir, name, err := w.site.Root.Parent(j.Path)
	if err != nil {
		return -1, wire.Entry{}, err
	}
	defer at.Close(dir)
	was, _ := observe.At(dir, name, j.Path)
	if err := apply.Check(j.Expect, &was); err != nil {
		return -1, was, err
	}
	switch was.Kind {
	case wire.File:
	case wire.Absent:
		return -1, was, syscall.ENOENT
	case wire.Unreadable:
		return -1, was, syscall.EACCES
	default:
		return -1, was, apply.ErrWrongKind
	}
	fd, err := at.Open(dir, name, syscall.O_RDONLY, 0)
	if err != nil {
		return -1, was, err
	}
	var st syscall.Stat_t
	if err = syscall.Fstat(fd, &st); err == nil && observe.Stat(&st, "").Stamp != was.Stamp {
		err = apply.ErrChanged
	}
	if err != nil {
		at.Close(fd)
	}
	return fd, was, err
}

// finish sends the last frame of an answer if the path still holds what was read.
func (w *worker) finish(j *job, was *wire.Entry) error {
	w.site.Order.Lock()
	defer w.site.Order.Unlock()
	view := scan.View{Site: w.site}
	now, _, err := view.See(j.Path)
	view.Close()
	if err != nil {
		return err
	}
	if now.Stamp != was.Stamp {
		return apply.ErrChanged
	}
	answer := wire.Reply{Type: wire.HelperEnd, ID: j.ID, Entry: now}
	if j.Type == wire.HashOf {
		answer = wire.Reply{Type: wire.Hashed, ID: j.ID, Stamp: now.Stamp}
	}
	w.sum.Sum(answer.Hash[:0])
	w.site.Out.Send(&answer)
	return nil
}

// settle waits until the kernel's clock has moved on from a file's mtime: a write within the same step would leave the
// same stamp, so what is read before could not be told from what is there after. A time well ahead was set by hand.
func settle(mtime wire.Time) {
	const step = int64(50 * time.Millisecond)
	for {
		sec, nsec := at.CoarseNow()
		ahead := (int64(mtime.Sec)-sec)*int64(time.Second) + int64(mtime.Nsec) - nsec
		if int64(mtime.Sec)-sec > 1 || ahead < 0 || ahead > step {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
