package session

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

const many = 10_000

// name spreads files over directories as a project does.
func name(i int) string {
	return "src/d" + strconv.Itoa(i%100) + "/e" + strconv.Itoa(i%10) + "/file" + strconv.Itoa(i) + ".txt"
}

// The helper lives in somebody else's memory limit: 12 MiB with 10,000 files uploaded, watched, scanned and read.
func TestMemoryWithManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds, left out by -short")
	}
	c := start(t, t.TempDir())
	c.open(0)
	began := time.Now()
	uploadMany(c)
	t.Logf("PUTS of %d files of 1 KiB: %v, peak %.1f MiB", many, time.Since(began), mebibytes(t, c, "VmHWM"))
	c.settled("all echoes", func(known map[string]wire.Entry) bool { return len(known) >= many })
	began = time.Now()
	c.ask(wire.Request{Type: wire.Scan})
	t.Logf("SCAN: %v, peak %.1f MiB", time.Since(began), mebibytes(t, c, "VmHWM"))
	began = time.Now()
	readMany(c)
	peak := mebibytes(t, c, "VmHWM")
	t.Logf("GET of %d files: %v, peak %.1f MiB, now %.1f MiB", many, time.Since(began), peak, mebibytes(t, c, "VmRSS"))
	if peak > 12 {
		t.Errorf("the helper took %.1f MiB", peak)
	}
}

// Nothing happens, so nothing may run: not one switch of any thread onto a processor.
func TestIdleSleeps(t *testing.T) {
	c := start(t, t.TempDir())
	write(t, c.root, "a/b", "x")
	c.open(0)
	c.send(wire.Request{Type: wire.Ping, ID: 1})
	c.await("PONG", func(r *wire.Reply) bool { return r.Type == wire.Pong })
	// The runtime tidies up for some milliseconds after work; wait for a quiet window rather than for a fixed time.
	deadline := time.Now().Add(patience)
	for {
		before := switches(t, c)
		time.Sleep(500 * time.Millisecond)
		if got := switches(t, c) - before; got == 0 {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("%d wake-ups in half a second, again and again", got)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	for i := 0; i < b.N; i++ {
		b.StopTimer()
		c := start(b, b.TempDir())
		c.open(wire.NoWatch)
		b.StartTimer()
		uploadMany(c)
	}
}

func BenchmarkGet(b *testing.B) {
	c := start(b, b.TempDir())
	c.open(wire.NoWatch)
	uploadMany(c)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		readMany(c)
	}
}

func BenchmarkScan(b *testing.B) {
	c := start(b, b.TempDir())
	c.open(wire.NoWatch)
	uploadMany(c)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		c.ask(wire.Request{Type: wire.Scan})
	}
}

func BenchmarkPutLarge(b *testing.B) {
	c := start(b, b.TempDir())
	c.open(wire.NoWatch)
	content := bytes.Repeat([]byte("0123456789abcdef"), 100<<16)
	b.SetBytes(int64(len(content)))
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		c.applied(c.put(wire.Request{Path: "large", Mode: 0o644}, content, wire.MaxData))
	}
}

func BenchmarkGetLarge(b *testing.B) {
	c := start(b, b.TempDir())
	must(b, os.WriteFile(filepath.Join(c.root, "large"), bytes.Repeat([]byte("0123456789abcdef"), 100<<16), 0o644))
	c.open(wire.NoWatch)
	b.SetBytes(100 << 20)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if r := c.ask(wire.Request{Type: wire.Get, Path: "large"}); r.Type != wire.HelperEnd {
			b.Fatal(r)
		}
		c.mu.Lock()
		c.content = map[uint64][]byte{}
		c.mu.Unlock()
	}
}

// One save, from the write in the container to the content at the client.
func BenchmarkOneFileDown(b *testing.B) {
	c := start(b, b.TempDir())
	write(b, c.root, "src/index.js", "x")
	c.open(0)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		mark := c.mark()
		content := strings.Repeat("y", 100+i)
		write(b, c.root, "src/index.js", content)
		e := c.awaitEntry(mark, "the change", func(e *wire.Entry) bool { return e.Size == uint64(len(content)) })
		r := c.ask(wire.Request{Type: wire.Get, Path: e.Path, Expect: wire.Expect{Kind: wire.Exactly, Stamp: e.Stamp}})
		if r.Type != wire.HelperEnd {
			b.Fatal(r)
		}
	}
}

// As the client does it: as many in one message as it puts into one.
func uploadMany(c *client) {
	const together = 128
	content := strings.Repeat("x", 1024)
	var files []wire.SmallFile
	for i := 0; i < many; i++ {
		files = append(files, small(name(i), content, wire.Anything))
		if len(files) < together && i < many-1 {
			continue
		}
		for _, outcome := range c.puts(files...) {
			if outcome.Code != 0 {
				c.t.Fatal(outcome.Text)
			}
		}
		files = files[:0]
	}
}

func readMany(c *client) {
	first := c.nextID + 1
	var b []byte
	for i := 0; i < many; i++ {
		b = wire.AppendRequest(b, &wire.Request{Type: wire.Get, ID: c.id(), Path: name(i)})
	}
	mark := c.mark()
	if _, err := c.in.Write(b); err != nil {
		c.t.Fatal(err)
	}
	left := many
	c.awaitFrom(mark, "all contents", func(r *wire.Reply) bool {
		if r.Type == wire.HelperEnd && r.ID >= first {
			left--
		}
		return left == 0
	})
}

func status(t testing.TB, c *client, path, key string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, key+":") {
			n, err := strconv.Atoi(strings.Fields(line)[1])
			must(t, err)
			return n
		}
	}
	t.Fatalf("no %s in %s", key, path)
	return 0
}

func mebibytes(t testing.TB, c *client, key string) float64 {
	return float64(status(t, c, "/proc/"+strconv.Itoa(c.command.Process.Pid)+"/status", key)) / 1024
}

// stopped waits until a signal has stopped every thread: it takes effect some time after it was sent.
func (c *client) stopped() {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		tasks, err := filepath.Glob("/proc/" + strconv.Itoa(c.command.Process.Pid) + "/task/*/status")
		must(c.t, err)
		running := 0
		for _, task := range tasks {
			text, err := os.ReadFile(task)
			must(c.t, err)
			if !strings.Contains(string(text), "State:\tT") {
				running++
			}
		}
		if running == 0 {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatal("the helper does not stop")
		}
	}
}

func switches(t testing.TB, c *client) (n int) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(c.command.Process.Pid) + "/task/*/status")
	must(t, err)
	for _, task := range tasks {
		n += status(t, c, task, "voluntary_ctxt_switches") + status(t, c, task, "nonvoluntary_ctxt_switches")
	}
	return n
}
