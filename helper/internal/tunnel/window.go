package tunnel

import "sync"

const (
	// firstWindow is what a stream may have under way from its start.
	firstWindow = 64 << 10
	// flowWindow is the same for datagrams: when half of it is to be given back, there is room for the longest.
	flowWindow = 128 << 10
	// maxWindow is what it may get, as long as there is some in the pool.
	maxWindow = 1 << 20
	// poolBytes is by how much all windows together may be larger than at their start.
	poolBytes = 16 << 20
	// datagramCost is added to the length of a datagram, so that empty ones cost something.
	datagramCost = 16
)

// pool is what windows may grow by.
type pool struct {
	mu   sync.Mutex
	free int
}

func (p *pool) take(wanted int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := lesser(wanted, p.free)
	p.free -= taken
	return taken
}

func (p *pool) put(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free += n
}

// window is what the other side may still send on one stream.
type window struct {
	pool  *pool
	first int
	size  int // all that may be under way or wait here
	open  int // what may still come
	owed  int // passed on, and not given back
}

func newWindow(p *pool, first int) window {
	return window{pool: p, first: first, size: first, open: first}
}

// take notes what came, and tells whether it was allowed.
func (w *window) take(n int) bool {
	w.open -= n
	return w.open >= 0
}

// passed notes what was passed on, and returns what to give back now. One whose receiver keeps up may grow.
func (w *window) passed(n int, keepsUp bool) int {
	w.owed += n
	if w.owed < w.size/2 {
		return 0
	}
	if keepsUp {
		more := w.pool.take(lesser(w.size, maxWindow-w.size))
		w.size += more
		w.owed += more
	}
	given := w.owed
	w.open += given
	w.owed = 0
	return given
}

// drop gives back to the pool.
func (w *window) drop() {
	w.pool.put(w.size - w.first)
	w.size = w.first
}

func lesser(a, b int) int {
	if a < b {
		return a
	}
	return b
}
