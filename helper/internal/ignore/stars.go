package ignore

import "strings"

// asInManual returns patterns that mean by git's manual what git makes of pattern. Git compares the literal beginning of a
// pattern with a slash by itself, and what follows anew, so that `**` right behind it, before a slash or the end, crosses
// slashes: `ab**/c` is `ab*/**/c` and `abc` (dir.c, match_pathname; wildmatch.c). The client does the same (core/git-stars.ts).
func asInManual(pattern string) []string {
	body, negated := strings.CutPrefix(pattern, "!")
	first := strings.IndexAny(body, `*?[\`)
	if first < 0 || !strings.HasPrefix(body[first:], "**") {
		return []string{pattern}
	}
	literal, slash := strings.CutPrefix(body[:first], "/")
	if literal == "" || strings.HasSuffix(literal, "/") || !slash && !negated && literal[0] == '#' {
		return []string{pattern}
	}
	begin := pattern[:len(pattern)-len(body)] + "/" + literal
	after := strings.TrimLeft(body[first:], "*")
	if end := strings.TrimRight(after, " "); end == "" || end == "/" {
		if !slash && !strings.Contains(literal, "/") {
			return []string{pattern}
		}
		return []string{begin + "*" + end, begin + "*/**" + end}
	}
	unescaped, escaped := strings.CutPrefix(after, `\`)
	rest, divided := strings.CutPrefix(unescaped, "/")
	if !divided || rest == "" || rest[0] == '/' {
		return []string{pattern}
	}
	deeper := []string{begin + "*/**/" + rest}
	if escaped {
		return deeper
	}
	if startsWithStarsAlone(rest) {
		return append(deeper, asInManual(begin+rest)...)
	}
	return append(deeper, begin+withoutDoubleStars(rest))
}

// startsWithStarsAlone tells whether text begins with two or more stars that are a whole segment.
func startsWithStarsAlone(text string) bool {
	after := strings.TrimLeft(text, "*")
	return len(text)-len(after) > 1 &&
		(strings.HasPrefix(after, "/") || strings.HasPrefix(after, `\/`) || strings.Trim(after, " ") == "")
}

// withoutDoubleStars makes one of the stars beside each other in the first segment of text.
func withoutDoubleStars(text string) string {
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '/':
			return plain.String() + text[i:]
		case text[i] == '\\' && i+1 < len(text):
			plain.WriteByte(text[i])
			i++
		case text[i] == '*' && strings.HasSuffix(plain.String(), "*") && !strings.HasSuffix(plain.String(), `\*`):
			continue
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}
