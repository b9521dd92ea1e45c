package watch

import (
	"sort"
	"sync"
	"time"

	"devspace-helper/internal/outbox"
	"devspace-helper/internal/scan"
	"devspace-helper/internal/wire"
)

// interval of comparing. This is the only thing in the helper that runs without a cause.
const interval = 2 * time.Second

// Comparer finds changes by walking the whole tree again and again and remembering what was there: for systems that grant
// too few watches. Every scanner of the site must have its Record as Seen, so that it knows what the client knows.
type Comparer struct {
	site    *scan.Site
	scanner *scan.Scanner
	stop    chan struct{}
	once    sync.Once
	known   map[string]seen // guarded by site.Order
	pass    uint32
}

type seen struct {
	kind  wire.Kind
	stamp wire.Stamp
	pass  uint32
}

// NewComparer returns a Comparer that knows of nothing yet.
func NewComparer(site *scan.Site) *Comparer {
	c := &Comparer{site: site, stop: make(chan struct{}), known: map[string]seen{}}
	c.scanner = &scan.Scanner{Site: site, Seen: c.changed}
	return c
}

// Record remembers what a client's scan told it. The lock is held.
func (c *Comparer) Record(e *wire.Entry) bool {
	if e.Kind == wire.Absent {
		delete(c.known, e.Path)
	} else {
		c.known[e.Path] = seen{e.Kind, e.Stamp, c.pass}
	}
	return true
}

// changed remembers an entry and tells whether it is news. The lock is held.
func (c *Comparer) changed(e *wire.Entry) bool {
	before, was := c.known[e.Path]
	c.Record(e)
	return !was || before.kind != e.Kind || before.stamp != e.Stamp
}

// Run compares until Close; an error is root.ErrVanished.
func (c *Comparer) Run() error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-c.stop:
			return nil
		case <-ticker.C:
		}
		c.site.Order.Lock()
		c.pass++
		c.site.Order.Unlock()
		if err := c.scanner.Tree("", wire.FromChange); err != nil {
			return err
		}
		if err := c.missing(); err != nil {
			return err
		}
	}
}

// Close ends Run.
func (c *Comparer) Close() { c.once.Do(func() { close(c.stop) }) }

// missing reports what the last pass did not come by any more.
func (c *Comparer) missing() error {
	c.site.Order.Lock()
	defer c.site.Order.Unlock()
	var paths []string
	for path, s := range c.known {
		if s.pass != c.pass {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	view := scan.View{Site: c.site}
	defer view.Close()
	batch := outbox.Batch{Out: c.site.Out, Source: wire.FromChange}
	defer batch.Flush()
	gone := map[string]bool{}
	for _, path := range paths {
		e, _, err := view.See(path)
		if err != nil {
			return err
		}
		if e.Kind != wire.Absent {
			continue // somebody was faster; the next pass tells
		}
		delete(c.known, path)
		if !below(path, gone) {
			gone[path] = true
			batch.Add(&e)
		}
	}
	return nil
}
