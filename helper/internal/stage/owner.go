package stage

import (
	"os"
	"syscall"
)

// Owner is whom a new object is to belong to.
type Owner struct {
	UID, GID uint32
}

// OwnerOf takes the owner from an object.
func OwnerOf(st *syscall.Stat_t) Owner { return Owner{st.Uid, st.Gid} }

// foreign tells whether giving makes a difference and may succeed: only root gives things away.
func (o Owner) foreign() bool {
	return uid == 0 && (o.UID != 0 || int(o.GID) != gid)
}

var uid, gid = os.Geteuid(), os.Getegid()

// give hands name in dir, not followed, to the owner; where that is not allowed it stays ours.
func (o Owner) give(dir int, name string) {
	if o.foreign() {
		const noFollow = 0x100
		_ = syscall.Fchownat(dir, name, int(o.UID), int(o.GID), noFollow)
	}
}

// Give hands name in dir to the owner of dir; a link is not followed.
func Give(dir int, name string) {
	var st syscall.Stat_t
	if syscall.Fstat(dir, &st) == nil {
		OwnerOf(&st).give(dir, name)
	}
}
