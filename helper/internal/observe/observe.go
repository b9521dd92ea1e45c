// Package observe turns what is at a path into the protocol's entry.
package observe

import (
	"encoding/binary"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"devspace-helper/internal/at"
	"devspace-helper/internal/wire"
)

// At looks at name in dir and describes it as the entry of path; directory is true also for one that cannot be read. It
// opens nothing, follows nothing and always has an answer: what cannot be examined is an entry too.
func At(dir int, name, path string) (e wire.Entry, directory bool) {
	var st syscall.Stat_t
	return Into(&st, dir, name, path)
}

// Into is At that also leaves what the system said; st is valid unless the entry is absent or unreadable.
func Into(st *syscall.Stat_t, dir int, name, path string) (e wire.Entry, directory bool) {
	if err := at.Stat(dir, name, st); err != nil {
		return Failed(path, err), false
	}
	e = Stat(st, path)
	directory = e.Kind == wire.Directory
	switch e.Kind {
	case wire.File:
		if st.Mode&0o444 != 0o444 && !at.Readable(dir, name, false) {
			e = unreadable(path, "permission denied")
		}
	case wire.Directory:
		if st.Mode&0o555 != 0o555 && !at.Readable(dir, name, true) {
			e = unreadable(path, "permission denied")
		}
	case wire.Link:
		target, err := at.Readlink(dir, name)
		switch {
		case err != nil:
			e = Failed(path, err)
		case !utf8.ValidString(target):
			e = unreadable(path, "the link's target is not UTF-8")
		default:
			e.Text = target
		}
	}
	return e, directory
}

// Stat describes an object by its metadata alone: a link's target is left out.
func Stat(st *syscall.Stat_t, path string) wire.Entry {
	e := wire.Entry{Path: path, Mode: st.Mode & 0o7777}
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFREG:
		e.Kind, e.Size, e.Stamp = wire.File, uint64(st.Size), stamp(st)
		if st.Mtim.Sec >= 0 {
			e.Mtime = wire.Time{Sec: uint64(st.Mtim.Sec), Nsec: uint32(st.Mtim.Nsec)}
		}
	case syscall.S_IFDIR:
		e.Kind, e.Stamp = wire.Directory, mix(st.Ino, uint64(st.Mode))
	case syscall.S_IFLNK:
		e.Kind, e.Mode, e.Stamp = wire.Link, 0, stamp(st)
	case syscall.S_IFIFO:
		return special(path, "fifo")
	case syscall.S_IFSOCK:
		return special(path, "socket")
	case syscall.S_IFCHR, syscall.S_IFBLK:
		return special(path, "device")
	default:
		return special(path, "unknown")
	}
	return e
}

// Failed is the entry of a path that could not be examined.
func Failed(path string, err error) wire.Entry {
	switch err {
	case syscall.ENOENT, syscall.ENOTDIR:
		return wire.Entry{Path: path, Kind: wire.Absent}
	case syscall.EACCES:
		return unreadable(path, "permission denied")
	}
	return unreadable(path, err.Error())
}

// Child is At for a name as the system gave it, in dir whose path is parent. What has a name that is not text becomes an
// unreadable entry, since nothing can be asked about it.
func Child(dir int, parent, name string) (e wire.Entry, directory bool) {
	path := Join(parent, name)
	shown := Escape(path)
	e, directory = At(dir, name, shown)
	if shown != path && e.Kind != wire.Absent {
		return unreadable(shown, "the name is not UTF-8"), false
	}
	return e, directory
}

// Escape makes bytes that are not UTF-8 showable: U+FFFD and two hex digits for each wrong one.
func Escape(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if c == utf8.RuneError && size == 1 {
			b.WriteString("\uFFFD" + strconv.FormatUint(uint64(text[i])|0x100, 16)[1:])
		} else {
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// Join puts a name under a directory's path.
func Join(directory, name string) string {
	if directory == "" {
		return name
	}
	return directory + "/" + name
}

func special(path, what string) wire.Entry {
	return wire.Entry{Path: path, Kind: wire.Special, Text: what}
}

func unreadable(path, why string) wire.Entry {
	return wire.Entry{Path: path, Kind: wire.Unreadable, Text: why}
}

// stamp of a file or link: any write, rename, chmod or replacement changes one of these. A directory's times change with
// every child, so its stamp leaves them out.
func stamp(st *syscall.Stat_t) wire.Stamp {
	return mix(st.Ino, uint64(st.Ctim.Sec), uint64(st.Ctim.Nsec), uint64(st.Mtim.Sec), uint64(st.Mtim.Nsec),
		uint64(st.Size), uint64(st.Mode))
}

func mix(words ...uint64) (s wire.Stamp) {
	h := uint64(0x9e3779b97f4a7c15)
	for _, w := range words {
		h = (h ^ w) * 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	binary.BigEndian.PutUint64(s[:], h)
	return s
}
