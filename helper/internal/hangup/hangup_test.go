package hangup

import (
	"os"
	"testing"
	"time"
)

const patience = 30 * time.Second

func pipe(t *testing.T) (*os.File, *os.File) {
	t.Helper()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); out.Close() })
	return in, out
}

func TestTheLastWriterGoes(t *testing.T) {
	first, writer := pipe(t)
	other, stays := pipe(t)
	if _, err := writer.WriteString("never read"); err != nil {
		t.Fatal(err)
	}
	gone, there := Of(first), Of(other)
	if _, err := stays.WriteString("never read"); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	select {
	case <-gone:
	case <-time.After(patience):
		t.Fatal("nothing was told")
	}
	select {
	case <-there:
		t.Error("told while there is a writer")
	default:
	}
}

func TestWhatCannotBeWatched(t *testing.T) {
	file, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	select {
	case <-Of(file):
		t.Error("a file hangs up")
	default:
	}
}
