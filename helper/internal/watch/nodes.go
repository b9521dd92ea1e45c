package watch

import (
	"strings"

	"devspace-helper/internal/observe"
)

// nodes maps kernel watches to directories. A node knows its parent instead of its path, so that nothing has to be
// rewritten when much moves. Not safe for concurrent use.
type nodes struct {
	byWatch map[int32]*node
	top     *node
}

type node struct {
	wd       int32
	name     string
	parent   *node
	children map[string]*node
}

func (n *node) path() string {
	if n.parent == nil {
		return ""
	}
	return observe.Join(n.parent.path(), n.name)
}

// find returns the node of the directory at path, or nil.
func (t *nodes) find(path string) *node {
	n := t.top
	for n != nil && path != "" {
		var name string
		name, path, _ = strings.Cut(path, "/")
		n = n.children[name]
	}
	return n
}

// put records that wd watches the directory at path, and returns the watches that nothing needs any more. It reports
// false, and records nothing, when the directory above is not known.
func (t *nodes) put(path string, wd int32) (unneeded []int32, known bool) {
	if old := t.byWatch[wd]; old != nil {
		if old.path() == path {
			return nil, true
		}
		// The same directory was seen under another path before: it has moved, and its event is still to come.
		t.drop(old)
	}
	if path == "" {
		if t.top != nil {
			unneeded = t.drop(t.top)
		}
		t.top = &node{wd: wd}
		t.byWatch[wd] = t.top
		return unneeded, true
	}
	parentPath, name := "", path
	if slash := strings.LastIndexByte(path, '/'); slash >= 0 {
		parentPath, name = path[:slash], path[slash+1:]
	}
	parent := t.find(parentPath)
	if parent == nil {
		return nil, false
	}
	if old := parent.children[name]; old != nil {
		unneeded = t.drop(old)
	}
	n := &node{wd: wd, name: name, parent: parent}
	if parent.children == nil {
		parent.children = map[string]*node{}
	}
	parent.children[name] = n
	t.byWatch[wd] = n
	return unneeded, true
}

// drop forgets a directory and all below it, and returns their watches.
func (t *nodes) drop(n *node) (watches []int32) {
	if n.parent != nil && n.parent.children[n.name] == n {
		delete(n.parent.children, n.name)
	}
	if n == t.top {
		t.top = nil
	}
	var each func(*node)
	each = func(n *node) {
		if t.byWatch[n.wd] == n {
			delete(t.byWatch, n.wd)
		}
		watches = append(watches, n.wd)
		for _, child := range n.children {
			each(child)
		}
	}
	each(n)
	return watches
}
