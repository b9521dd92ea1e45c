// The helper that runs in the container, for the client at the other end of its standard streams: it lists, watches, reads and
// changes one directory (docs/sync-protocol.md), or carries connections (docs/tunnel-protocol.md).
package main

import (
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"devspace-helper/internal/hangup"
	"devspace-helper/internal/home"
	"devspace-helper/internal/session"
	"devspace-helper/internal/supervise"
	"devspace-helper/internal/tunnel"
	"devspace-helper/internal/wire"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	switch os.Args[1] {
	case "serve":
		serve(target(os.Args[2:]))
	case tunnel.Argument:
		if len(os.Args) != 3 {
			usage()
		}
		tunnel.EndPredecessors(os.Args[2])
		run(tunnel.New(), home.Own())
	case "restart":
		os.Exit(supervise.Restart())
	case supervise.Argument:
		if len(os.Args) < 4 || os.Args[2] != "--" {
			usage()
		}
		os.Exit(supervise.Run(os.Args[3:]))
	case "version":
		_, _ = os.Stdout.WriteString("devspace-helper protocol " + strconv.Itoa(wire.Version) + " " + runtime.GOOS + "/" + runtime.GOARCH + " " + runtime.Version() + "\n")
	default:
		usage()
	}
}

func usage() {
	_, _ = os.Stderr.WriteString("usage: helper serve [PID] | tunnel TOKEN | version | restart | restart-supervisor -- COMMAND...\n")
	os.Exit(2)
}

// target is the process in whose file system to work; 0 is our own.
func target(args []string) int {
	if len(args) == 0 {
		return 0
	}
	pid, err := strconv.Atoi(args[0])
	if err != nil || pid <= 0 || len(args) > 1 {
		usage()
	}
	return pid
}

func serve(target int) {
	own := home.Own()
	directory := ""
	if own != nil {
		directory = own.Path
	}
	s := session.New(directory)
	s.Target = target
	run(s, own)
}

// service is what speaks to the client over the standard streams.
type service interface {
	Serve(in io.Reader, out io.Writer) int
	Close()
}

// lastRequests is how long the client's last requests may take once it has gone. Runtimes stop to read our output then without closing it, so whoever
// waits for room in it would wait for ever, and would never read that the input has ended.
const lastRequests = 5 * time.Second

// run serves until the client is done, or somebody ends us, and leaves nothing behind.
func run(s service, own *home.Home) {
	frugal()
	syscall.Umask(0) // modes are the client's decision
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	if own != nil {
		go own.Sweep()
	}
	code := make(chan int, 1)
	go func() { code <- s.Serve(os.Stdin, os.Stdout) }()
	gone := hangup.Of(os.Stdin)
	var late <-chan time.Time
	exit := -1
	for exit < 0 {
		select {
		case exit = <-code:
		case sig := <-signals:
			exit = 128 + int(sig.(syscall.Signal))
		case <-gone:
			gone, late = nil, time.After(lastRequests)
		case <-late:
			exit = 1
		}
	}
	s.Close()
	if own != nil {
		own.Remove()
	}
	os.Exit(exit)
}

// frugal keeps the process small in somebody else's container: a collector that runs early, and few threads.
func frugal() {
	debug.SetGCPercent(50)
	if runtime.NumCPU() > 4 {
		runtime.GOMAXPROCS(4)
	}
}
