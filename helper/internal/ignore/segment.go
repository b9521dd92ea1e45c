package ignore

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// matchSegment matches one path segment against a glob: `*`, `?`, `[class]` and `\x`. One character is one code point.
// As in matchPath, only the last `*` is ever retried, so the work is bounded by pattern times text.
func matchSegment(pattern, text string) bool {
	p, t := 0, 0
	retry, retryText := -1, 0
	for t < len(text) || p < len(pattern) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				p++
				retry, retryText = p, t
				continue
			}
			if t < len(text) {
				c, size := utf8.DecodeRuneInString(text[t:])
				if used, ok := matchOne(pattern[p:], c); ok {
					p, t = p+used, t+size
					continue
				}
			}
		}
		if retry < 0 || retryText >= len(text) {
			return false
		}
		_, size := utf8.DecodeRuneInString(text[retryText:])
		retryText += size
		p, t = retry, retryText
	}
	return true
}

// matchOne matches c against the first element of pattern and tells how long that element is.
func matchOne(pattern string, c rune) (used int, ok bool) {
	switch pattern[0] {
	case '?':
		return 1, true
	case '[':
		return matchClass(pattern, c)
	case '\\':
		pattern = pattern[1:]
		used = 1
	}
	want, size := utf8.DecodeRuneInString(pattern)
	return used + size, want == c
}

// matchClass matches c against a class such as [a-z], [!0-9] or [[:alpha:]_]. An unclosed class matches nothing.
func matchClass(pattern string, c rune) (used int, ok bool) {
	rest := pattern[1:]
	negated := strings.HasPrefix(rest, "!") || strings.HasPrefix(rest, "^")
	if negated {
		rest = rest[1:]
	}
	matched := false
	for first := true; first || !strings.HasPrefix(rest, "]"); first = false {
		if strings.HasPrefix(rest, "[:") {
			if name, after, closed := strings.Cut(rest[2:], ":]"); closed {
				test := classes[name]
				if test == nil {
					return 0, false
				}
				matched = matched || test(c)
				rest = after
				continue
			}
		}
		low, after := classRune(rest)
		high := low
		if strings.HasPrefix(after, "-") && len(after) > 1 && after[1] != ']' {
			high, after = classRune(after[1:])
		}
		if low == utf8.RuneError || high == utf8.RuneError {
			return 0, false
		}
		matched = matched || (low <= c && c <= high)
		rest = after
	}
	return len(pattern) - len(rest) + 1, matched != negated
}

func classRune(text string) (rune, string) {
	text = strings.TrimPrefix(text, `\`)
	c, size := utf8.DecodeRuneInString(text)
	return c, text[size:]
}

var classes = map[string]func(rune) bool{
	"alpha":  func(c rune) bool { return c < 0x80 && unicode.IsLetter(c) },
	"digit":  func(c rune) bool { return '0' <= c && c <= '9' },
	"alnum":  func(c rune) bool { return c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)) },
	"upper":  func(c rune) bool { return 'A' <= c && c <= 'Z' },
	"lower":  func(c rune) bool { return 'a' <= c && c <= 'z' },
	"blank":  func(c rune) bool { return c == ' ' || c == '\t' },
	"space":  func(c rune) bool { return c < 0x80 && unicode.IsSpace(c) },
	"punct":  func(c rune) bool { return c < 0x80 && (unicode.IsPunct(c) || unicode.IsSymbol(c)) },
	"cntrl":  func(c rune) bool { return c < 0x20 || c == 0x7f },
	"graph":  func(c rune) bool { return 0x20 < c && c < 0x7f },
	"print":  func(c rune) bool { return 0x20 <= c && c < 0x7f },
	"xdigit": func(c rune) bool { return strings.ContainsRune("0123456789abcdefABCDEF", c) },
}
