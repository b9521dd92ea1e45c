// Package ignore decides by gitignore rules which paths a session leaves alone.
package ignore

import "strings"

// Matcher holds compiled patterns. It is immutable and safe for concurrent use.
type Matcher struct {
	rules []rule
}

type rule struct {
	negated       bool
	directoryOnly bool
	segments      []string // "**" stands for any number of segments; a pattern without a slash starts with one
}

// Compile reads patterns as lines of a .gitignore file. Blank lines and comments count for nothing; a pattern git would
// call invalid never matches.
func Compile(patterns []string) *Matcher {
	m := &Matcher{}
	for _, pattern := range patterns {
		for _, plain := range asInManual(pattern) {
			if r, ok := parse(plain); ok {
				m.rules = append(m.rules, r)
			}
		}
	}
	return m
}

// Match tells whether path itself is excluded, given that no directory above it is. For walks.
func (m *Matcher) Match(path string, directory bool) bool {
	for i := len(m.rules) - 1; i >= 0; i-- {
		r := &m.rules[i]
		if (directory || !r.directoryOnly) && matchPath(r.segments, path) {
			return !r.negated
		}
	}
	return false
}

// Excluded tells whether path or any directory above it is excluded.
func (m *Matcher) Excluded(path string, directory bool) bool {
	for i := 0; i < len(path); i++ {
		if path[i] == '/' && m.Match(path[:i], true) {
			return true
		}
	}
	return path != "" && m.Match(path, directory)
}

func parse(line string) (rule, bool) {
	var r rule
	line = trimSpaces(line)
	if line == "" || line[0] == '#' {
		return r, false
	}
	if line[0] == '!' {
		r.negated, line = true, line[1:]
	}
	if escapedAtEnd(line) {
		return r, false
	}
	if strings.HasSuffix(line, "/") {
		r.directoryOnly, line = true, line[:len(line)-1]
	}
	anchored := strings.Contains(line, "/")
	r.segments = strings.Split(strings.TrimPrefix(line, "/"), "/")
	for i, segment := range r.segments {
		if segment == "" {
			return r, false
		}
		if escapedAtEnd(segment) { // `\/` is a slash
			segment = segment[:len(segment)-1]
		}
		if anchored && len(segment) > 1 && strings.Trim(segment, "*") == "" {
			segment = "**"
		}
		r.segments[i] = segment
	}
	if !anchored {
		r.segments = []string{"**", r.segments[0]}
	}
	return r, true
}

// trimSpaces removes spaces at the end, except one that is escaped.
func trimSpaces(line string) string {
	for strings.HasSuffix(line, " ") && !escapedAtEnd(line[:len(line)-1]) {
		line = line[:len(line)-1]
	}
	return line
}

// escapedAtEnd tells whether text ends in a backslash that is not itself escaped.
func escapedAtEnd(text string) bool {
	n := len(text)
	for n > 0 && text[n-1] == '\\' {
		n--
	}
	return (len(text)-n)%2 == 1
}

// matchPath matches segment by segment. On a mismatch it lets the last "**" take one segment more, which is enough:
// an earlier one never needs to take more than the shortest run that led here.
func matchPath(pattern []string, path string) bool {
	p, rest, ended := 0, path, false
	retry, retryRest := -1, ""
	for {
		switch {
		case p == len(pattern) && ended:
			return true
		case p < len(pattern) && pattern[p] == "**":
			if p == len(pattern)-1 { // at the end it stands for everything inside, so for at least one segment
				return !ended
			}
			p++
			retry, retryRest = p, rest
			continue
		case p < len(pattern) && !ended:
			segment, after, more := strings.Cut(rest, "/")
			if matchSegment(pattern[p], segment) {
				p, rest, ended = p+1, after, !more
				continue
			}
		}
		if retry < 0 {
			return false
		}
		_, after, more := strings.Cut(retryRest, "/")
		if !more {
			return false
		}
		p, rest, ended, retryRest = retry, after, false, after
	}
}
