package apply

import (
	"crypto/sha256"
	"time"

	"devspace-helper/internal/at"
	"devspace-helper/internal/observe"
	"devspace-helper/internal/root"
	"devspace-helper/internal/wire"
)

// neighbours is the directory the last file of a PUTS was in: the files of one directory mostly come together, and need
// no walk of their own while the lock is held.
type neighbours struct {
	path string
	dir  int // -1: none
}

func (n *neighbours) leave() {
	if n.dir >= 0 {
		at.Close(n.dir)
		n.dir = -1
	}
}

// answerWithin is after how long what was done of a PUTS is answered for and the lock given up for a moment: on a slow file
// system the client must hear from us, and others must get to look.
const answerWithin = 50 * time.Millisecond

// All brings the files of a PUTS into place, one after another, and answers for all of them at once, or for as many as were
// done in a time. What goes wrong with one stops no other. It is false when that id is open already; the error is
// root.ErrVanished or nil.
func (p *Puts) All(r *wire.Request) (ok bool, err error) {
	if p.open[r.ID] != nil {
		return false, nil
	}
	genuine := make([]bool, len(r.Files))
	for i := range r.Files {
		genuine[i] = sha256.Sum256(r.Files[i].Data) == r.Files[i].Hash
	}
	for done := 0; done < len(r.Files) && err == nil; {
		n := 0
		n, err = p.some(r.ID, r.Files[done:], genuine[done:])
		done += n
	}
	return true, err
}

// some does as many as there is time for, and answers for them: at least one.
func (p *Puts) some(id uint64, files []wire.SmallFile, genuine []bool) (int, error) {
	p.Site.Order.Lock()
	defer p.Site.Order.Unlock()
	near := neighbours{dir: -1}
	defer near.leave()
	outcomes := make([]wire.Outcome, 0, len(files))
	for until := time.Now().Add(answerWithin); len(outcomes) < len(files); {
		i := len(outcomes)
		outcome := wire.Outcome{}
		var err error = errMismatch
		if genuine[i] {
			err = p.one(&files[i], &near, &outcome.Entry)
		}
		if err == root.ErrVanished {
			return i, err
		}
		if err != nil {
			outcome = wire.Outcome{Code: code(err), Text: err.Error()}
		}
		outcomes = append(outcomes, outcome)
		if time.Now().After(until) {
			break
		}
	}
	p.Site.Out.Send(&wire.Reply{Type: wire.Placed, ID: id, Outcomes: outcomes})
	return len(outcomes), nil
}

// one is a PUT of a small file. It leaves the file that is there then in now.
func (p *Puts) one(f *wire.SmallFile, near *neighbours, now *wire.Entry) error {
	r := wire.Request{Type: wire.Put, Path: f.Path, Expect: f.Expect, Mode: f.Mode, Mtime: f.Mtime}
	parent, name := root.Split(f.Path)
	if near.dir < 0 || near.path != parent {
		near.leave()
		dir, _, err := p.Applier.open(&r)
		if err != nil {
			return err
		}
		near.path, near.dir = parent, dir
	} else if err := allowed(f.Path); err != nil {
		return err
	}
	t, err := look(near.dir, name, &r)
	if err == nil {
		err = p.putSmall(&r, f.Data, t)
	}
	if err != nil {
		return err
	}
	if *now, _ = observe.At(near.dir, name, f.Path); now.Kind != wire.File {
		return ErrChanged
	}
	return nil
}
