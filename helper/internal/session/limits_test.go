package session

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"devspace-helper/internal/wire"
)

// More events than the kernel keeps: the client is told to scan, and a scan makes everything right again.
func TestOverflow(t *testing.T) {
	limit, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	events, err := strconv.Atoi(strings.TrimSpace(string(limit)))
	must(t, err)
	if events > 50_000 {
		t.Skipf("the kernel keeps %d events", events)
	}
	root := t.TempDir()
	must(t, os.Mkdir(filepath.Join(root, "d"), 0o755))
	c := start(t, root)
	c.open(0)
	must(t, c.command.Process.Signal(syscall.SIGSTOP))
	c.stopped()
	a, b := filepath.Join(root, "d/a"), filepath.Join(root, "d/b")
	must(t, os.WriteFile(a, nil, 0o644))
	for i := 0; i <= events/2; i++ {
		must(t, os.Rename(a, b))
		a, b = b, a
	}
	write(t, root, "late/file", "lost")
	must(t, c.command.Process.Signal(syscall.SIGCONT))
	c.await("NOTICE 1", func(r *wire.Reply) bool { return r.Type == wire.Notice && r.Code == wire.EventsLost })
	c.ask(wire.Request{Type: wire.Scan})
	c.settled("the tree as it is", matches(t, root))
	write(t, root, "late/file", "seen")
	write(t, root, "late/more", "seen")
	c.settled("what happens after", matches(t, root))
}

// Where watches run out the helper says so, and finds changes by comparing.
func TestOutOfWatches(t *testing.T) {
	for what, limit := range map[string]string{
		"watches":   "echo 4 > /proc/sys/user/max_inotify_watches",
		"instances": "echo 0 > /proc/sys/user/max_inotify_instances",
	} {
		t.Run(what, func(t *testing.T) {
			root := t.TempDir()
			for i := 0; i < 10; i++ {
				write(t, root, "d"+strconv.Itoa(i)+"/f", "x")
			}
			// A user namespace has limits of its own.
			prefix := []string{"unshare", "-U", "-r", "sh", "-c", limit + ` && exec "$@"`, "sh"}
			if out, err := run(append(prefix, "true")); err != nil {
				t.Skipf("no user namespace to be had: %v %s", err, out)
			}
			c := start(t, root, prefix...)
			c.open(0)
			c.await("NOTICE 2", func(r *wire.Reply) bool { return r.Type == wire.Notice && r.Code == wire.CannotWatch })
			c.await("NOTICE 1", func(r *wire.Reply) bool { return r.Type == wire.Notice && r.Code == wire.EventsLost })
			c.ask(wire.Request{Type: wire.Scan})
			c.settled("the tree as it is", matches(t, root))
			write(t, root, "d9/f", "changed")
			write(t, root, "d8/new/deep", "x")
			must(t, os.RemoveAll(filepath.Join(root, "d7")))
			c.settled("the changed tree", matches(t, root))
			must(t, os.RemoveAll(filepath.Join(root, "d8/new")))
			c.settled("the tree changed again", matches(t, root))
			must(t, os.Rename(root, root+"-gone"))
			c.await("FATAL", func(r *wire.Reply) bool { return r.Type == wire.Fatal && r.Code == wire.RootVanished })
		})
	}
}

func TestRootVanishes(t *testing.T) {
	for name, test := range map[string]struct {
		flags  uint64
		vanish func(root string) error
	}{
		"removed":                 {0, os.RemoveAll},
		"moved":                   {0, func(root string) error { return os.Rename(root, root+"-moved") }},
		"replaced":                {0, func(root string) error { must(t, os.RemoveAll(root)); return os.Mkdir(root, 0o755) }},
		"removed, not watched":    {wire.NoWatch, os.RemoveAll},
		"replaced, not watched":   {wire.NoWatch, func(root string) error { must(t, os.RemoveAll(root)); return os.Mkdir(root, 0o755) }},
		"now a link, unwatched":   {wire.NoWatch, func(root string) error { must(t, os.RemoveAll(root)); return os.Symlink("/tmp", root) }},
		"moved away, not watched": {wire.NoWatch, func(root string) error { return os.Rename(root, root+"-moved") }},
	} {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "root")
			write(t, root, "dir/file", "x")
			c := start(t, root)
			c.open(test.flags)
			must(t, test.vanish(root))
			if test.flags == wire.NoWatch {
				c.send(putFrames(c.id(), wire.Request{Path: "dir/file"}, []byte("y"), 10)...)
			}
			c.await("FATAL", func(r *wire.Reply) bool { return r.Type == wire.Fatal && r.Code == wire.RootVanished })
			c.ended()
			gone(t, c.home)
		})
	}
}
