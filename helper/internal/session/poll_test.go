package session

import (
	"testing"

	"devspace-helper/internal/wire"
)

// For file systems that tell of no changes: asked for, it is no news that nothing is watched.
func TestPollingWhenAskedFor(t *testing.T) {
	c := start(t, t.TempDir())
	write(t, c.root, "before", "x")
	c.open(wire.Poll)
	opened := c.await("OPENED", func(r *wire.Reply) bool { return r.Type == wire.Opened })
	if opened.Flags != 0 {
		t.Errorf("it says that it watches: %+v", opened)
	}
	from := c.mark()
	write(t, c.root, "d/later", "y")
	c.awaitEntry(from, "the new file", func(e *wire.Entry) bool { return e.Path == "d/later" && e.Kind == wire.File })
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.heard[from:] {
		for _, e := range r.Entries {
			if e.Path == "before" {
				t.Error("what did not change was told again")
			}
		}
	}
	for _, r := range c.heard {
		if r.Type == wire.Notice {
			t.Errorf("%+v", r)
		}
	}
}
