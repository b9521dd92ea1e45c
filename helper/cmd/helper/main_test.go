package main

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"devspace-helper/internal/wire"
)

const patience = 60 * time.Second

// runsAsHelper makes this test binary the helper.
const runsAsHelper = "HELPER_TEST_SERVES"

func TestMain(m *testing.M) {
	if os.Getenv(runsAsHelper) != "" {
		os.Args = []string{os.Args[0], "serve"}
		main()
	}
	os.Exit(m.Run())
}

// A client goes while much is on its way to it, and nobody closes our output: as a runtime does when a connection breaks.
func TestEndsWhenTheClientGoesWithoutReading(t *testing.T) {
	in, client, err := os.Pipe()
	must(t, err)
	unread, out, err := os.Pipe()
	must(t, err)
	defer unread.Close()
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), runsAsHelper+"=1")
	helper.Stdin, helper.Stdout = in, out
	must(t, helper.Start())
	in.Close()
	out.Close()
	// Until neither the answers nor further requests have room.
	for err == nil {
		must(t, client.SetWriteDeadline(time.Now().Add(2*time.Second)))
		_, err = client.Write(wire.AppendRequest(nil, &wire.Request{Type: wire.Ping, ID: 1}))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	client.Close()
	ended := make(chan struct{})
	go func() {
		_ = helper.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		_ = helper.Process.Kill()
		t.Error("the helper goes on without its client")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
