package ignore

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type vectors struct {
	Patterns []string
	Cases    []struct {
		Path    string
		Dir     bool
		Ignored bool
	}
}

func load(t *testing.T) map[string]vectors {
	t.Helper()
	files, err := filepath.Glob("../../testdata/ignore/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	all := map[string]vectors{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v vectors
		if err := json.Unmarshal(text, &v); err != nil || len(v.Cases) == 0 {
			t.Fatal(file, err)
		}
		all[filepath.Base(file)] = v
	}
	return all
}

func TestVectors(t *testing.T) {
	for name, v := range load(t) {
		m := Compile(v.Patterns)
		for _, c := range v.Cases {
			if got := m.Excluded(c.Path, c.Dir); got != c.Ignored {
				t.Errorf("%s: %q (directory: %v): %v, want %v", name, c.Path, c.Dir, got, c.Ignored)
			}
		}
	}
}

// The vectors say what git does, so git must agree.
func TestVectorsAgainstGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for name, v := range load(t) {
		for _, c := range v.Cases {
			if got := gitIgnores(t, v.Patterns, c.Path, c.Dir); got != c.Ignored {
				t.Errorf("%s: %q (directory: %v): git says %v, the vector %v", name, c.Path, c.Dir, got, c.Ignored)
			}
		}
	}
}

func gitIgnores(t *testing.T, patterns []string, path string, dir bool) bool {
	t.Helper()
	repository := t.TempDir()
	full := filepath.Join(repository, path)
	steps := []error{
		exec.Command("git", "init", "-q", "--template=", repository).Run(),
		os.MkdirAll(filepath.Join(repository, ".git/info"), 0o755),
		os.WriteFile(filepath.Join(repository, ".git/info/exclude"), []byte(strings.Join(patterns, "\n")+"\n"), 0o644),
	}
	if dir {
		steps = append(steps, os.MkdirAll(full, 0o755))
	} else {
		steps = append(steps, os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, nil, 0o644))
	}
	for _, err := range steps {
		if err != nil {
			t.Fatal(err)
		}
	}
	check := exec.Command("git", "-C", repository, "check-ignore", "--no-index", "-z", "--stdin")
	check.Stdin = strings.NewReader(path + "\x00")
	out, err := check.Output()
	if exit, is := err.(*exec.ExitError); err != nil && (!is || exit.ExitCode() != 1) {
		t.Fatal(err)
	}
	return len(out) > 0
}

// A pattern with many stars must not take exponential time: with backtracking into every star this would not end.
func TestManyStars(t *testing.T) {
	text := strings.Repeat("a", 4000)
	if Compile([]string{strings.Repeat("a*", 60) + "b"}).Match(text, false) {
		t.Error("matched")
	}
	deep := strings.Repeat("a/", 500) + "c"
	if Compile([]string{strings.Repeat("**/a/", 40) + "b"}).Match(deep, false) {
		t.Error("matched")
	}
}

func TestQuestionMarkIsOneCodePoint(t *testing.T) {
	m := Compile([]string{"x?y"})
	if !m.Match("xüy", false) || !m.Match("x👋y", false) || m.Match("xüüy", false) {
		t.Error("wrong")
	}
}
