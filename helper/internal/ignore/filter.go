package ignore

import "strings"

const (
	// Reserved begins the names the product keeps for itself inside a synced directory.
	Reserved = ".devspace-"
	// cache is the product's own directory: of this sync at the root, of others further down.
	cache = ".devspace"
)

// Filter decides what of a tree is listed: everything but excluded paths and reserved names.
type Filter struct {
	patterns *Matcher
}

// NewFilter returns a Filter for patterns as lines of a .gitignore file.
func NewFilter(patterns []string) *Filter {
	return &Filter{Compile(patterns)}
}

// Listed tells whether path is listed, given that the directory that holds it is.
func (f *Filter) Listed(path string, directory bool) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	return !isReserved(name) && !f.patterns.Match(path, directory)
}

// Reachable tells whether path and every directory above it are listed. The root always is.
func (f *Filter) Reachable(path string, directory bool) bool {
	for i := 0; i < len(path); i++ {
		if path[i] == '/' && !f.Listed(path[:i], true) {
			return false
		}
	}
	return path == "" || f.Listed(path, directory)
}

// IsReserved tells whether any segment of path is a reserved name.
func IsReserved(path string) bool {
	for {
		name, rest, more := strings.Cut(path, "/")
		if isReserved(name) {
			return true
		}
		if !more {
			return false
		}
		path = rest
	}
}

func isReserved(name string) bool {
	return name == cache || strings.HasPrefix(name, Reserved)
}
