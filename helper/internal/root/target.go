package root

import (
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"

	"devspace-helper/internal/at"
)

// manyLinks is how many symbolic links may lie on the way to a root, as in the kernel.
const manyLinks = 40

// OpenIn is Open for a directory in the file system of another process, of the same container or of one whose processes we
// see. Paths and links mean there what they mean to that process; nothing leads out of it. A relative path starts at its
// working directory. EACCES also says that we may not look into that process.
func OpenIn(pid int, name string, create bool) (*Root, error) {
	process := "/proc/" + strconv.Itoa(pid)
	if !path.IsAbs(name) {
		cwd, err := os.Readlink(process + "/cwd")
		if err != nil {
			return nil, err
		}
		// Where only the root was changed, not the mounts, both are told from our own root.
		if top, err := os.Readlink(process + "/root"); err == nil && top != "/" {
			cwd = strings.TrimPrefix(cwd, top)
		}
		name = path.Join("/", cwd, name)
	}
	// The dot makes the kernel follow the link to the process's root.
	base, err := at.OpenRoot(process + "/root/.")
	if err != nil {
		return nil, err
	}
	resolved, err := resolve(base, name, create)
	if err != nil {
		at.Close(base)
		return nil, err
	}
	r := &Root{Path: resolved, base: base, Watched: process + "/root" + resolved}
	if err := r.identify(); err != nil {
		at.Close(base)
		return nil, err
	}
	return r, nil
}

// resolve follows the links on the way to name, all as seen from base, and returns the absolute path without links.
func resolve(base int, name string, create bool) (string, error) {
	rest := strings.Split(name, "/")
	var way []string
	for links := 0; len(rest) > 0; {
		segment := rest[0]
		rest = rest[1:]
		switch segment {
		case "", ".":
			continue
		case "..":
			if len(way) > 0 {
				way = way[:len(way)-1]
			}
			continue
		}
		dir, err := walk(base, way)
		if err != nil {
			return "", err
		}
		target, err := step(dir, segment, create)
		at.Close(dir)
		if err != nil {
			return "", err
		}
		if target == "" {
			way = append(way, segment)
			continue
		}
		if links++; links > manyLinks {
			return "", syscall.ELOOP
		}
		if path.IsAbs(target) {
			way = nil
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return "/" + strings.Join(way, "/"), nil
}

// step tells what lies at name: the target of a link, or nothing more for a directory.
func step(dir int, name string, create bool) (string, error) {
	next, err := at.Open(dir, name, at.OPath|syscall.O_DIRECTORY, 0)
	if err == syscall.ENOENT && create {
		if err := at.Mkdir(dir, name, 0o755); err != nil && err != syscall.EEXIST {
			return "", err
		}
		return "", nil
	}
	if err == syscall.ENOTDIR {
		target, failed := at.Readlink(dir, name)
		if failed != nil || target == "" {
			return "", syscall.ENOTDIR
		}
		return target, nil
	}
	if err == nil {
		at.Close(next)
	}
	return "", err
}

// walk opens the directory at way below base, over no links; the caller closes it.
func walk(base int, way []string) (int, error) {
	fd, err := at.Open(base, ".", at.OPath|syscall.O_DIRECTORY, 0)
	for _, name := range way {
		if err != nil {
			break
		}
		var next int
		next, err = at.Open(fd, name, at.OPath|syscall.O_DIRECTORY, 0)
		at.Close(fd)
		fd = next
	}
	if err != nil {
		return -1, err
	}
	return fd, nil
}
