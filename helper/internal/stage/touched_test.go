package stage

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"devspace-helper/internal/at"
)

func TestWhatIsWrittenInTheLastMomentStays(t *testing.T) {
	tries := map[string]func(*Area, int, *syscall.Stat_t) error{
		"swap": func(a *Area, dir int, st *syscall.Stat_t) error {
			s, err := a.File(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Discard()
			if err := s.WriteAt([]byte("new"), 0); err != nil {
				t.Fatal(err)
			}
			return s.Swap(dir, "f", st)
		},
		"take": func(a *Area, dir int, st *syscall.Stat_t) error { return a.Take(dir, "f", st) },
	}
	calm := map[string]string{"swap": "new", "take": ""}
	for name, try := range tries {
		for _, touched := range []bool{false, true} {
			root := t.TempDir()
			path := filepath.Join(root, "f")
			if err := os.WriteFile(path, []byte("seen"), 0o644); err != nil {
				t.Fatal(err)
			}
			dir, err := at.OpenRoot(root)
			if err != nil {
				t.Fatal(err)
			}
			var st syscall.Stat_t
			if err := at.Stat(dir, "f", &st); err != nil {
				t.Fatal(err)
			}
			want, wantErr := calm[name], error(nil)
			if touched {
				want, wantErr = "seen and edited", ErrTouched
				if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := try(New(""), dir, &st); err != wantErr {
				t.Errorf("%s, touched %v: %v", name, touched, err)
			}
			got, _ := os.ReadFile(path)
			if string(got) != want {
				t.Errorf("%s, touched %v: %q is there", name, touched, got)
			}
			if left, _ := filepath.Glob(filepath.Join(root, ".devspace-*")); len(left) > 0 {
				t.Errorf("%s, touched %v: %v is left", name, touched, left)
			}
			at.Close(dir)
		}
	}
}
