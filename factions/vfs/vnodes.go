// How many vnodes and names are kept that nobody uses.
package vfs

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
)

const (
	// defaultVnodes is for kernels without a memory limit; vnodeShare is how
	// much of one, in bytes, there is for each vnode.
	defaultVnodes = 1 << 17
	minVnodes     = 1024
	vnodeShare    = 16 << 10
	maxVnodes     = 1 << 24
)

// namesSetup makes the cache of names, as large as RUMP_NVNODES says.
func (v *VFS) namesSetup() error {
	unset := int64(defaultVnodes)
	if limit := v.b.Mem.Limit(); limit > 0 {
		unset = min(unset, max(minVnodes, limit/vnodeShare))
	}
	n, err := envNumber(v.b, "RUMP_NVNODES", uint64(unset), 1, maxVnodes)
	if err != nil {
		return err
	}
	var seed [8]byte
	if err := v.b.Host.Random(seed[:]); err != nil {
		return err
	}
	v.maxVnodes = int(n)
	v.names = vnode.NewNameCache(int64(n), v.b.Mem, binary.LittleEndian.Uint64(seed[:]))
	v.b.Mem.OnPressure(v.names.Shrink)
	return nil
}

// Names returns the cache of names, for mounts that want one.
func (v *VFS) Names() *vnode.NameCache { return v.names }

// MaxVnodes returns how many vnodes file systems should keep, those in use
// among them.
func (v *VFS) MaxVnodes() int { return v.maxVnodes }
