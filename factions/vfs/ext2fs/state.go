// Going from reading to writing and back: the superblock's state, sync,
// unmount.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// beginWriting makes the file system ready for changes and says so on the
// device. A journal that cannot be written to makes it read-only.
func (fs *FS) beginWriting() error {
	fs.tx = tx{revoked: map[uint64]bool{}, pending: map[uint32][]byte{}}
	if fs.log.present {
		if err := fs.startJournal(); err != nil {
			fs.say(name + ": " + fs.path + ": read-only: its journal cannot be written\n")
			fs.ro = true
			return nil
		}
	}
	for g := range fs.sb.groups {
		d, err := fs.group(g)
		if err != nil {
			return err
		}
		fs.tx.freeBlocks += uint64(d.freeBlocks()) << fs.sb.cshift
		fs.tx.freeInodes += uint64(d.freeInodes())
	}
	if err := fs.markInUse(); err != nil {
		return err
	}
	return fs.recoverOrphans()
}

// markInUse writes the superblock of a mounted file system.
func (fs *FS) markInUse() error {
	b, p, err := fs.superBuf()
	if err != nil {
		return err
	}
	state := le.Uint16(p[sbState:])
	fs.wasClean = state&stateValid != 0 && state&stateError == 0
	if !fs.wasClean {
		fs.say(name + ": " + fs.path + ": was not unmounted cleanly, fsck is advised\n")
	}
	if fs.log.present {
		fs.sb.incompat |= featRecover
	} else {
		le.PutUint16(p[sbState:], state&^stateValid)
	}
	le.PutUint32(p[sbMtime:], uint32(fs.now()/1e9))
	le.PutUint16(p[sbMntCount:], le.Uint16(p[sbMntCount:])+1)
	return fs.writeSuper(b, p)
}

// writeSuper writes the superblock to its place at once.
func (fs *FS) writeSuper(b *buf.Buf, p []byte) error {
	fs.sealSuper(p)
	if err := fs.writeBlocks(b.Block, b.Data); err != nil {
		return err
	}
	return fs.flush()
}

// sealSuper stores features, time and checksum.
func (fs *FS) sealSuper(p []byte) {
	if le.Uint32(p[sbRev:]) > 0 {
		le.PutUint32(p[sbIncompat:], fs.sb.incompat)
	}
	le.PutUint32(p[sbWtime:], uint32(fs.now()/1e9))
	if fs.sb.metaCsum() {
		le.PutUint32(p[sbChecksum:], crc32c(^uint32(0), p[:sbChecksum]))
	}
}

// updateSuper makes the counts of the superblock part of the transaction.
func (fs *FS) updateSuper() error {
	b, p, err := fs.superBuf()
	if err != nil {
		return err
	}
	le.PutUint32(p[sbFreeBlocksLo:], uint32(fs.tx.freeBlocks))
	if fs.sb.has(feat64bit) {
		le.PutUint32(p[sbFreeBlocksHi:], uint32(fs.tx.freeBlocks>>32))
	}
	le.PutUint32(p[sbFreeInodes:], uint32(fs.tx.freeInodes))
	fs.sealSuper(p)
	fs.dirty(b)
	return nil
}

// Sync makes everything done so far lasting.
func (fs *FS) Sync() error {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.closed || fs.ro {
		return nil
	}
	fs.cache.Hold(true)
	defer fs.cache.Hold(false)
	return fs.commit()
}

// Sync makes the file lasting, and with it all else.
func (n *node) Sync() error {
	n.flushAtime()
	return n.fs.Sync()
}

// endWriting commits, empties the journal and says that the file system is
// clean.
func (fs *FS) endWriting() error {
	if err := fs.commit(); err != nil {
		return err
	}
	if fs.log.present {
		if err := fs.checkpoint(); err != nil {
			return err
		}
		if err := fs.writeJournalSuper(0); err != nil {
			return err
		}
		if err := fs.flush(); err != nil {
			return err
		}
		fs.sb.incompat &^= featRecover
	}
	b, p, err := fs.superBuf()
	if err != nil {
		return err
	}
	if fs.wasClean {
		le.PutUint16(p[sbState:], le.Uint16(p[sbState:])|stateValid)
	}
	return fs.writeSuper(b, p)
}

// Unmount writes everything back and ends the file system. With force, what
// cannot be written is lost.
func (fs *FS) Unmount(force bool) error {
	fs.flusher.Stop()
	fs.mmp.beat.Stop()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.closed {
		return nil
	}
	var err error
	if !fs.ro {
		fs.cache.Hold(true)
		if !fs.broken.Load() {
			err = fs.endWriting()
		}
		fs.cache.Hold(false)
	}
	if err != nil && !force {
		fs.flusher.Resume()
		fs.mmp.beat.Resume()
		if fs.mmp.held {
			fs.mmp.beat.After(fs.mmpPause())
		}
		return err
	}
	fs.shut()
	return nil
}

// Update changes between reading and writing (MNT_UPDATE).
func (fs *FS) Update(l *proc.LWP, flags uint64, _ usermem.InOutBuf) error {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	ro := flags&abi.MNT_RDONLY != 0
	switch {
	case fs.closed || fs.broken.Load():
		return abi.EIO
	case ro == fs.ro:
		return nil
	case ro:
		fs.cache.Hold(true)
		err := fs.endWriting()
		fs.cache.Hold(false)
		if fs.ro = err == nil; fs.ro {
			fs.releaseMMP()
		}
		return err
	}
	return fs.upgrade(l)
}

// upgrade makes a read-only mount writable: EROFS when it cannot be. No name is
// looked up with fs.mu held: the device's path may lead through this file system
// by now.
func (fs *FS) upgrade(l *proc.LWP) error {
	dev, err := fs.dev.again(fs.v, l)
	if err != nil {
		return err
	}
	old := fs.dev
	fs.dev, fs.ro = dev, false
	fs.cache.Hold(true)
	err = fs.load()
	if err == nil {
		err = fs.checkFeatures()
	}
	if err == nil && !fs.ro {
		err = fs.checkMMP(nil)
	}
	if err == nil && fs.overlay != nil {
		err = fs.applyOverlay()
	}
	if err == nil && !fs.ro {
		err = fs.beginWriting()
	}
	fs.cache.Hold(false)
	if err == nil && fs.ro {
		err = abi.EROFS
	}
	if err != nil {
		fs.ro = true
		fs.releaseMMP()
		fs.dev.close()
		fs.dev = old
		return err
	}
	old.close()
	return nil
}
