// The form of extended attributes: entries that grow from the start of an
// area, values that grow from its end.
package ext2fs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// xattr is one attribute; its name is without the prefix that index stands
// for.
type xattr struct {
	index byte
	name  string
	value []byte // empty for one that has its value in an inode:
	inum  uint32 // its number, 0 for none
	size  uint32 // bytes of the value
	sum   uint32 // hash of name and value
	at    int    // where the value is in the area that was parsed
}

const xattrHead = 16 // bytes of an entry before the name

func (x xattr) entrySize() int { return (xattrHead + len(x.name) + 3) &^ 3 }
func (x xattr) valueSize() int {
	if x.inum != 0 {
		return 0
	}
	return (len(x.value) + 3) &^ 3
}

func (x xattr) compare(y xattr) int {
	return cmp.Or(cmp.Compare(x.index, y.index), cmp.Compare(len(x.name), len(y.name)), cmp.Compare(x.name, y.name))
}

// parseXattrs reads the entries of p, which begin at byte first: EIO. Offsets
// of values count from byte base.
func parseXattrs(p []byte, first, base int) (list []xattr, err error) {
	for off := first; ; {
		if off+4 > len(p) {
			return nil, abi.EIO
		}
		if le.Uint32(p[off:]) == 0 {
			if !xattrsFit(list, len(p)-first) {
				return nil, abi.EIO // values that share bytes
			}
			return list, nil
		}
		if off+xattrHead > len(p) {
			return nil, abi.EIO
		}
		e := p[off:]
		n, at, size := int(e[0]), int(le.Uint16(e[2:])), le.Uint32(e[8:])
		if off+xattrHead+n > len(p) {
			return nil, abi.EIO
		}
		x := xattr{index: e[1], name: string(e[xattrHead : xattrHead+n]), at: base + at}
		if x.inum = le.Uint32(e[4:]); x.inum != 0 {
			x.size, x.sum = size, le.Uint32(e[12:])
		} else {
			if int64(x.at)+int64(size) > int64(len(p)) {
				return nil, abi.EIO
			}
			x.value = slices.Clone(p[x.at : x.at+int(size)])
		}
		list = append(list, x)
		off += x.entrySize()
	}
}

// xattrsFit reports a list that an area of n bytes has room for.
func xattrsFit(list []xattr, n int) bool {
	n -= 4
	for _, x := range list {
		n -= x.entrySize() + x.valueSize()
	}
	return n >= 0
}

// putXattrs writes a list that fits into p, whose bytes from first on are
// zero.
func putXattrs(p []byte, first, base int, list []xattr) {
	slices.SortFunc(list, xattr.compare)
	off, end := first, len(p)
	for _, x := range list {
		e := p[off:]
		e[0], e[1] = byte(len(x.name)), x.index
		if x.inum != 0 {
			le.PutUint32(e[4:], x.inum)
			le.PutUint32(e[8:], x.size)
		} else {
			if len(x.value) > 0 {
				end -= x.valueSize()
				copy(p[end:], x.value)
				le.PutUint16(e[2:], uint16(end-base))
			}
			le.PutUint32(e[8:], uint32(len(x.value)))
		}
		le.PutUint32(e[12:], x.hash())
		copy(e[xattrHead:], x.name)
		off += x.entrySize()
	}
}

// hash returns the hash of name and value. What an inode holds may change
// without its being told.
func (x xattr) hash() (h uint32) {
	if x.sum != 0 || x.isInline() {
		return x.sum
	}
	for i := range len(x.name) {
		h = h<<5 ^ h>>27 ^ uint32(x.name[i])
	}
	v := append(slices.Clone(x.value), 0, 0, 0)
	for i := 0; i < len(x.value); i += 4 {
		h = h<<16 ^ h>>16 ^ le.Uint32(v[i:])
	}
	return h
}

// xattrsHash returns the hash of all, by which blocks are shared.
func xattrsHash(list []xattr) (h uint32) {
	for _, x := range list {
		e := x.hash()
		if e == 0 {
			return 0
		}
		h = h<<16 ^ h>>16 ^ e
	}
	return h
}

// xattrPrefixes are the prefixes that names are stored without; those that are
// whole names come first. Others than "user." are the system's.
var xattrPrefixes = [...]struct {
	index  byte
	prefix string
}{
	{2, "system.posix_acl_access"}, {3, "system.posix_acl_default"},
	{1, "user."}, {4, "trusted."}, {6, "security."}, {7, "system."},
}

// xattrIndex splits a name of a namespace into the index of its prefix and the
// rest: EINVAL for one that is in another namespace. A name without a prefix
// has that of the namespace.
func xattrIndex(ns int32, name string) (index byte, rest string, err error) {
	if name == inlineName {
		return 0, "", abi.EOPNOTSUPP
	}
	for _, p := range xattrPrefixes {
		rest, ok := strings.CutPrefix(name, p.prefix)
		if !ok || p.index <= 3 && p.index >= 2 && rest != "" {
			continue
		}
		if (p.index == 1) != (ns == abi.EXTATTR_NAMESPACE_USER) {
			return 0, "", abi.EINVAL
		}
		return p.index, strings.Clone(rest), nil
	}
	if ns == abi.EXTATTR_NAMESPACE_USER {
		return 1, strings.Clone(name), nil
	}
	return 4, strings.Clone(name), nil
}

// xattrName returns the whole name, "" for one that is not shown.
func xattrName(x xattr) string {
	if x.isInline() {
		return ""
	}
	for _, p := range xattrPrefixes {
		if p.index == x.index {
			return p.prefix + x.name
		}
	}
	return ""
}
