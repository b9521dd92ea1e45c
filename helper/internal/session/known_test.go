package session

import (
	"time"

	"devspace-helper/internal/wire"
)

// awaitEntry waits for an entry in a frame heard since mark.
func (c *client) awaitEntry(mark int, what string, is func(*wire.Entry) bool) wire.Entry {
	c.t.Helper()
	var found wire.Entry
	c.awaitFrom(mark, what, func(r *wire.Reply) bool {
		for i := range r.Entries {
			if is(&r.Entries[i]) {
				found = r.Entries[i]
				return true
			}
		}
		return false
	})
	return found
}

// tree is what the client knows of the root: everything heard, the newest last, in order.
func (c *client) tree() map[string]wire.Entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := map[string]wire.Entry{}
	for i := range c.heard {
		r := &c.heard[i]
		entries := r.Entries
		if r.Type == wire.Applied || r.Type == wire.HelperEnd {
			entries = []wire.Entry{r.Entry}
		}
		for _, e := range entries {
			if e.Kind == wire.Absent {
				for path := range known {
					if path == e.Path || len(path) > len(e.Path) && path[:len(e.Path)+1] == e.Path+"/" {
						delete(known, path)
					}
				}
			} else {
				known[e.Path] = e
			}
		}
	}
	return known
}

// settled waits until what the client knows equals what is wanted.
func (c *client) settled(what string, is func(map[string]wire.Entry) bool) {
	c.t.Helper()
	late := time.Now().Add(patience)
	for {
		mark := c.mark()
		known := c.tree()
		if is(known) {
			return
		}
		if time.Now().After(late) {
			c.t.Fatalf("%s did not come; known is %v", what, known)
		}
		timer := time.AfterFunc(patience, c.more.Broadcast)
		c.mu.Lock()
		for len(c.heard) == mark && !c.closed && time.Now().Before(late) {
			c.more.Wait()
		}
		c.mu.Unlock()
		timer.Stop()
	}
}

func (c *client) failed(r wire.Reply, code wire.Code) {
	c.t.Helper()
	if r.Type != wire.Failed || r.Code != uint64(code) {
		c.t.Errorf("got %+v, want FAILED %d", r, code)
	}
}

func (c *client) applied(r wire.Reply) wire.Entry {
	c.t.Helper()
	if r.Type != wire.Applied {
		c.t.Fatalf("got %+v, want APPLIED", r)
	}
	return r.Entry
}
