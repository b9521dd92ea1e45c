package ignore

import (
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Random patterns over a small alphabet, so that they match often, against what git says of the same paths. test/sync/excludes/git.test.ts does the
// same with the client's matcher.
func TestRandomPatternsAgainstGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	repository := t.TempDir()
	if err := exec.Command("git", "init", "-q", "--template=", repository).Run(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(repository, ".git/info"), 0o755); err != nil {
		t.Fatal(err)
	}
	paths := everyPath()
	for seed := int64(1); seed <= 150; seed++ {
		patterns := randomPatterns(rand.New(rand.NewSource(seed)))
		exclude := []byte(strings.Join(patterns, "\n") + "\n")
		if err := os.WriteFile(filepath.Join(repository, ".git/info/exclude"), exclude, 0o644); err != nil {
			t.Fatal(err)
		}
		ignored := map[string]bool{}
		for _, path := range checkIgnore(t, repository, paths) {
			ignored[path] = true
		}
		m := Compile(patterns)
		for _, path := range paths {
			if got := m.Excluded(path, false); got != ignored[path] {
				t.Errorf("seed %d, %q: %q: %v, git says %v", seed, patterns, path, got, ignored[path])
				break
			}
		}
	}
}

func everyPath() []string {
	names := []string{"a", "b", "c", "ab", ".a", "ba", "*", "!", "a b", "#a"}
	paths := append([]string{}, names...)
	for _, first := range []string{"a", "b", "ab"} {
		for _, second := range names {
			paths = append(paths, first+"/"+second)
			if len(second) == 1 {
				paths = append(paths, fmt.Sprintf("%s/%s/a", first, second), fmt.Sprintf("%s/%s/c", first, second))
			}
		}
	}
	return paths
}

func randomPatterns(r *rand.Rand) []string {
	pick := func(from ...string) string { return from[r.Intn(len(from))] }
	segment := func() string {
		one := func() string {
			if r.Intn(3) > 0 {
				return pick("a", "b", "c", "ab", ".a")
			}
			return pick("*", "?", "[ab]", "[!a]", "**", `\a`, "a*", "*b", `\*`, "[a-b]", `\!`, "#", "a ", `\ `)
		}
		if r.Intn(2) == 0 {
			return one()
		}
		return one() + one()
	}
	var patterns []string
	for range make([]struct{}, 1+r.Intn(4)) {
		segments := []string{segment()}
		for r.Intn(2) == 0 && len(segments) < 3 {
			segments = append(segments, segment())
		}
		patterns = append(patterns, pick("", "", "", "!")+pick("", "", "/")+strings.Join(segments, "/")+pick("", "", "/"))
	}
	return patterns
}

func checkIgnore(t *testing.T, repository string, paths []string) []string {
	t.Helper()
	check := exec.Command("git", "-C", repository, "check-ignore", "--no-index", "-z", "--stdin")
	check.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
	out, err := check.Output()
	if exit, is := err.(*exec.ExitError); err != nil && (!is || exit.ExitCode() != 1) {
		t.Fatal(err)
	}
	return strings.Split(string(out), "\x00")
}
