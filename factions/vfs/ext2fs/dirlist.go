// Listings in the order of hashes: whatever moves between blocks, a name keeps
// its place.
package ext2fs

import (
	"cmp"
	"slices"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// hashed is an entry and its place in a listing.
type hashed struct {
	at int64
	d  dirent
}

// place returns the cookie of a name.
func place(hash, minor uint32) int64 { return int64(hash>>1)<<32 | int64(minor) + cookieFirst }

// listHashed lists from cookie on.
func (n dirNode) listHashed(cookie int64, emit func(vnode.Entry) bool) error {
	if !n.isIndexed() {
		list, err := n.collect(nil, 0, n.fs.sb.hashVersion, cookie)
		if err != nil {
			return err
		}
		n.emitSorted(list, emit)
		return nil
	}
	_, _, version, err := n.dxRoot()
	if err != nil {
		return err
	}
	path, err := n.dxPath(uint32((cookie-cookieFirst)>>32) << 1)
	if err != nil {
		return err
	}
	return n.walkLeaves(path, version, cookie, emit)
}

// maxRun bounds how many leaves with names of one hash are sorted together.
const maxRun = 64

// walkLeaves lists leaf by leaf. Those that share a hash are taken together.
func (n dirNode) walkLeaves(path []dxNode, version uint8, cookie int64, emit func(vnode.Entry) bool) error {
	var list []hashed
	run := 0
	for range n.blocks() {
		last := path[len(path)-1]
		var err error
		if list, err = n.collect(list, last.block(last.pos), version, cookie); err != nil {
			return err
		}
		hash, more, err := n.dxNext(path)
		if err != nil {
			return err
		}
		if run++; more && hash&1 != 0 && run < maxRun {
			continue
		}
		if !n.emitSorted(list, emit) || !more {
			return nil
		}
		if len(list) > 0 { // never back, whatever the index says
			cookie = list[len(list)-1].at + 1
		}
		list, run = list[:0], 0
	}
	return abi.EIO
}

// collect appends the entries of a block whose place is at or after cookie.
func (n dirNode) collect(list []hashed, lblk uint64, version uint8, cookie int64) ([]hashed, error) {
	s := n.fs.sb
	p, err := n.dirData(lblk)
	if err != nil {
		return list, err
	}
	for off := 0; off < len(p); {
		d, err := s.entryAt(p, off)
		if err != nil {
			return list, err
		}
		off += d.size
		if !d.listed() {
			continue
		}
		hash, minor, ok := s.nameHash(version, string(d.name))
		if !ok {
			return list, abi.EIO
		}
		if at := place(hash, minor); at >= cookie {
			list = append(list, hashed{at, d})
		}
	}
	return list, nil
}

// emitSorted emits a list in order and reports whether more are wanted.
func (n dirNode) emitSorted(list []hashed, emit func(vnode.Entry) bool) bool {
	slices.SortFunc(list, func(a, b hashed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), slices.Compare(a.d.name, b.d.name))
	})
	for _, h := range list {
		if !emit(n.entry(h.d, h.at+1)) {
			return false
		}
	}
	return true
}
