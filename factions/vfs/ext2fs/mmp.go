// Multiple mount protection: a block that says which host has the file system
// mounted for writing, changed every few seconds for as long as it has.
package ext2fs

import (
	"time"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

const (
	sbMMPInterval = 0x166
	sbMMPBlock    = 0x168

	mmpMagic  = 0x004d4d50
	mmpClean  = 0xff4d4d50 // the sequence number of one that nobody has mounted
	mmpMaxSeq = 0xe24d4d4f // those above say what is done to it: it is checked

	// Offsets within the block.
	mmpSeq, mmpTime, mmpNode, mmpDevice = 4, 8, 16, 80
	mmpCheck, mmpCsum                   = 112, 1020

	// Bounds of the time in which the owner must be seen to live, in seconds.
	mmpLeast, mmpMost = 5, 300
)

// mmp is our claim.
type mmp struct {
	held  bool
	block []byte // as it was written last
	last  int64  // when that was, in nanoseconds
	beat  buf.Flusher
}

// readMMP returns the block: EINVAL for one that makes no sense.
func (fs *FS) readMMP() ([]byte, error) {
	p := make([]byte, fs.sb.bsize)
	if !fs.sb.inRange(fs.sb.mmpBlock, 1) {
		return nil, abi.EINVAL
	}
	if err := fs.dev.read(p, int64(fs.sb.mmpBlock)<<fs.sb.bshift); err != nil {
		return nil, err
	}
	if le.Uint32(p) != mmpMagic || fs.sb.metaCsum() && fs.mmpCsum(p) != le.Uint32(p[mmpCsum:]) {
		return nil, abi.EINVAL
	}
	return p, nil
}

func (fs *FS) mmpCsum(p []byte) uint32 { return crc32c(fs.sb.seed, p[:mmpCsum]) }

// checkMMP is EBUSY when another host has the file system mounted, and else, of
// one that is to be written, makes it known as ours. A host that went down with
// it leaves a number that no longer changes: l waits long enough to see that,
// or is interrupted (EINTR). Without l it is EBUSY.
func (fs *FS) checkMMP(l *proc.LWP) error {
	if !fs.sb.has(featMMP) || fs.mmp.held {
		return nil
	}
	p, err := fs.readMMP()
	if err != nil {
		return err
	}
	wait, seq := time.Duration(0), le.Uint32(p[mmpSeq:])
	if seq != mmpClean {
		check := min(max(int(le.Uint16(p[mmpCheck:])), int(fs.sb.mmpInterval), mmpLeast), mmpMost)
		wait = time.Duration(min(2*check+1, check+60)) * time.Second
		if l == nil || seq > mmpMaxSeq {
			return fs.mmpBusy()
		}
		fs.say(name + ": " + fs.path + ": waiting to see whether another host has it mounted\n")
		if err := fs.awaitMMP(l, wait, seq); err != nil {
			return err
		}
	}
	if fs.ro {
		return nil
	}
	return fs.claimMMP(l, p, wait)
}

func (fs *FS) mmpBusy() error {
	fs.say(name + ": " + fs.path + ": in use by another host\n")
	return abi.EBUSY
}

// awaitMMP sleeps, and is EBUSY when the number is another one then.
func (fs *FS) awaitMMP(l *proc.LWP, wait time.Duration, seq uint32) error {
	if wait > 0 {
		if err := l.Sleep(wait); err != nil {
			return err
		}
	}
	p, err := fs.readMMP()
	if err != nil {
		return err
	}
	if le.Uint32(p[mmpSeq:]) != seq {
		return fs.mmpBusy()
	}
	return nil
}

// claimMMP writes a number of ours, and is EBUSY when another host did so too.
func (fs *FS) claimMMP(l *proc.LWP, p []byte, wait time.Duration) error {
	var r [4]byte
	if err := fs.v.Base().Host.Random(r[:]); err != nil {
		return err
	}
	seq := le.Uint32(r[:])%mmpMaxSeq + 1
	clear(p[mmpNode:mmpCheck])
	copy(p[mmpNode:mmpDevice-1], fs.v.Base().Hostname())
	copy(p[mmpDevice:mmpCheck-1], fs.path)
	le.PutUint16(p[mmpCheck:], uint16(min(max(2*fs.mmpPause()/time.Second, mmpLeast), mmpMost)))
	if err := fs.writeMMP(p, seq); err != nil {
		return err
	}
	if err := fs.awaitMMP(l, wait, seq); err != nil {
		return err
	}
	fs.mmp.held = true
	fs.mmp.beat.After(fs.mmpPause())
	return nil
}

// mmpPause is how long the block is left alone.
func (fs *FS) mmpPause() time.Duration {
	return time.Duration(min(max(int(fs.sb.mmpInterval), 1), mmpMost)) * time.Second
}

// writeMMP writes the block with a number and the time.
func (fs *FS) writeMMP(p []byte, seq uint32) error {
	fs.mmp.block, fs.mmp.last = p, fs.now()
	le.PutUint32(p[mmpSeq:], seq)
	le.PutUint64(p[mmpTime:], uint64(fs.mmp.last/1e9))
	if fs.sb.metaCsum() {
		le.PutUint32(p[mmpCsum:], fs.mmpCsum(p))
	}
	return fs.dev.write(p, int64(fs.sb.mmpBlock)<<fs.sb.bshift)
}

// beatMMP shows that we live, now and then. When the block is not as we left it
// another host has taken the file system: it is changed no more.
func (fs *FS) beatMMP(bool) {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	if fs.closed || !fs.mmp.held {
		return
	}
	p, err := fs.readMMP()
	if err == nil && string(p[:mmpCheck]) != string(fs.mmp.block[:mmpCheck]) {
		fs.mmp.held = false
		_ = fs.mmpBusy()
		fs.fail()
		return
	}
	if late := (fs.now() - fs.mmp.last) / 1e9; err == nil {
		check := min(max(2*int(late), int(le.Uint16(p[mmpCheck:]))), mmpMost)
		le.PutUint16(p[mmpCheck:], uint16(check))
		err = fs.writeMMP(p, le.Uint32(p[mmpSeq:])%mmpMaxSeq+1)
	}
	if err != nil {
		fs.say(name + ": " + fs.path + ": cannot tell other hosts that it is mounted\n")
	}
	fs.mmp.beat.After(fs.mmpPause())
}

// releaseMMP lets others have the file system.
func (fs *FS) releaseMMP() {
	if fs.mmp.held {
		fs.mmp.held = false
		_ = fs.writeMMP(fs.mmp.block, mmpClean)
	}
}
