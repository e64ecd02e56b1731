// Multiple mount protection: a block that tells whether another host has the
// file system mounted.
package ext2fs

import "github.com/rumpkit/rumpkit/kernel/abi"

const (
	sbMMPBlock = 0x168
	mmpMagic   = 0x004d4d50
	mmpClean   = 0xff4d4d50 // the sequence number of one that nobody has mounted
)

// checkMMP is EBUSY when another host has the file system, or had it when it
// went down. It is not written: that would have to be told to others all the
// time.
func (fs *FS) checkMMP() error {
	p := make([]byte, fs.sb.bsize)
	if fs.sb.mmpBlock == 0 || fs.sb.mmpBlock >= fs.sb.blocks {
		return abi.EINVAL
	}
	if err := fs.dev.read(p, int64(fs.sb.mmpBlock)<<fs.sb.bshift); err != nil {
		return err
	}
	if le.Uint32(p) != mmpMagic || le.Uint32(p[4:]) != mmpClean {
		fs.say(name + ": " + fs.path + ": in use by another host\n")
		return abi.EBUSY
	}
	if !fs.ro {
		fs.say(name + ": " + fs.path + ": read-only for its features: mmp\n")
		fs.ro = true
	}
	return nil
}
