package session

import (
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

// patience is how long a test waits for a fact before it says that the fact does not come.
const patience = 10 * time.Second

var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "helper-test-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "helper")
		build := exec.Command("go", "build", "-o", binary, "devspace-helper/cmd/helper")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

// client drives a helper process. It reads all the time, as the protocol asks, and keeps what it heard.
type client struct {
	t       testing.TB
	command *exec.Cmd
	in      io.WriteCloser
	home    string
	root    string

	mu      sync.Mutex
	heard   []wire.Reply
	more    *sync.Cond
	closed  bool
	exited  chan struct{}
	nextID  uint64
	content map[uint64][]byte
}

// start runs a helper in a directory of its own, as the injected script does. The working directory is root.
func start(t testing.TB, root string, prefix ...string) *client {
	t.Helper()
	home, err := os.MkdirTemp(t.TempDir(), ".devspace-")
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(home, "helper")
	if out, err := exec.Command("cp", binary, copied).CombinedOutput(); err != nil {
		t.Fatal(string(out))
	}
	return startAt(t, root, home, append(prefix, copied, "serve"))
}

func startAt(t testing.TB, root, home string, argv []string) *client {
	t.Helper()
	c := newClient(t, root, home, argv)
	c.run()
	return c
}

func newClient(t testing.TB, root, home string, argv []string) *client {
	c := &client{t: t, home: home, root: root, exited: make(chan struct{}), content: map[uint64][]byte{}}
	c.more = sync.NewCond(&c.mu)
	c.command = exec.Command(argv[0], argv[1:]...)
	c.command.Dir = root
	c.command.Stderr = os.Stderr
	return c
}

func (c *client) run() {
	c.t.Helper()
	in, err := c.command.StdinPipe()
	must(c.t, err)
	out, err := c.command.StdoutPipe()
	must(c.t, err)
	must(c.t, c.command.Start())
	c.in = in
	go c.listen(out)
	c.t.Cleanup(func() {
		_ = c.in.Close()
		c.ended()
	})
}

func (c *client) listen(out io.Reader) {
	frames := wire.NewReader(out)
	for {
		frame, err := frames.Next()
		var r wire.Reply
		if err == nil {
			r, err = wire.DecodeReply(frame)
			if err != nil {
				c.t.Errorf("the helper sent %x: %v", frame, err)
			}
		}
		c.mu.Lock()
		if err != nil {
			c.closed = true
			c.more.Broadcast()
			c.mu.Unlock()
			_ = c.command.Wait()
			close(c.exited)
			return
		}
		if r.Type == wire.HelperData {
			c.content[r.ID] = append(c.content[r.ID], r.Data...)
			r.Data = nil
		}
		c.heard = append(c.heard, r)
		c.more.Broadcast()
		c.mu.Unlock()
	}
}

// send writes requests in one go.
func (c *client) send(requests ...wire.Request) {
	c.t.Helper()
	var b []byte
	for i := range requests {
		b = wire.AppendRequest(b, &requests[i])
	}
	if _, err := c.in.Write(b); err != nil {
		c.t.Fatal("write to the helper: ", err)
	}
}

func (c *client) id() uint64 {
	c.nextID++
	return c.nextID
}

// await returns the first thing heard, ever, that is what is asked for.
func (c *client) await(what string, is func(*wire.Reply) bool) wire.Reply {
	c.t.Helper()
	return c.awaitFrom(0, what, is)
}

func (c *client) awaitFrom(from int, what string, is func(*wire.Reply) bool) wire.Reply {
	c.t.Helper()
	late := false
	timer := time.AfterFunc(patience, func() {
		c.mu.Lock()
		late = true
		c.mu.Unlock()
		c.more.Broadcast()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := from; ; i++ {
		for i >= len(c.heard) {
			if late || c.closed {
				c.t.Fatalf("%s did not come; the end heard was %+v", what, tail(c.heard))
			}
			c.more.Wait()
		}
		if is(&c.heard[i]) {
			return c.heard[i]
		}
	}
}

func tail(heard []wire.Reply) []wire.Reply {
	if len(heard) > 12 {
		return heard[len(heard)-12:]
	}
	return heard
}

// mark is a point in what was heard, for awaitEntry.
func (c *client) mark() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.heard)
}

// open sends OPEN and waits for the end of the first scan.
func (c *client) open(flags uint64, exclude ...string) {
	c.t.Helper()
	c.send(wire.Request{Type: wire.Open, Version: wire.Version, Text: c.root, Flags: flags, Exclude: exclude})
	c.await("SCANNED 0", func(r *wire.Reply) bool { return r.Type == wire.Scanned && r.ID == 0 })
}

// ask sends a request under a fresh id and waits for its one answer.
func (c *client) ask(r wire.Request) wire.Reply {
	c.t.Helper()
	r.ID = c.id()
	c.send(r)
	return c.answer(r.ID)
}

func (c *client) answer(id uint64) wire.Reply {
	c.t.Helper()
	return c.await("an answer", func(r *wire.Reply) bool {
		switch r.Type {
		case wire.Scanned, wire.Hashed, wire.Applied, wire.Failed, wire.HelperEnd:
			return r.ID == id
		}
		return false
	})
}

// put uploads content in pieces of at most piece bytes.
func (c *client) put(r wire.Request, content []byte, piece int) wire.Reply {
	c.t.Helper()
	id := c.id()
	c.send(putFrames(id, r, content, piece)...)
	return c.answer(id)
}

func putFrames(id uint64, r wire.Request, content []byte, piece int) []wire.Request {
	r.Type, r.ID, r.Size = wire.Put, id, uint64(len(content))
	frames := []wire.Request{r}
	for rest := content; len(rest) > 0; {
		n := piece
		if n > len(rest) {
			n = len(rest)
		}
		frames = append(frames, wire.Request{Type: wire.Data, ID: id, Data: rest[:n]})
		rest = rest[n:]
	}
	return append(frames, wire.Request{Type: wire.End, ID: id, Hash: sha256.Sum256(content)})
}

// ended waits for the process to end.
func (c *client) ended() {
	c.t.Helper()
	select {
	case <-c.exited:
	case <-time.After(patience):
		_ = c.command.Process.Kill()
		c.t.Error("the helper did not end")
	}
}
