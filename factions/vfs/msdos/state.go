// What a volume says of itself: whether it is in use, how much is free.
package msdos

import "github.com/rumpkit/rumpkit/kernel/abi"

const (
	inUse      = 1      // in the byte of the boot sector
	clean16    = 0x8000 // in the second entry of the table
	clean32    = 0x08000000
	infoFree   = 488
	infoNext   = 492
	unknown    = 0xffffffff
	infoLead   = 0x41615252
	infoStruct = 0x61417272
)

// isClean reports that the volume was unmounted in order.
func (fs *FS) isClean() (bool, error) {
	var b [1]byte
	if err := fs.dev.ReadAt(b[:], fs.stateOff); err != nil {
		return false, err
	}
	e, bit, err := fs.cleanBit()
	return b[0]&inUse == 0 && e&bit == bit, err
}

// cleanBit returns the raw second entry of the table and the bit in it that
// tells of an unmount; 0 where there is none.
func (fs *FS) cleanBit() (e, bit uint32, err error) {
	var b [4]byte
	at, n := fs.entryAt(1)
	err = fs.dev.ReadAt(b[:n], fs.fatOff+int64(fs.active)*fs.fatSize+at)
	switch fs.kind {
	case fat16:
		return uint32(le.Uint16(b[:])), clean16, err
	case fat32:
		return le.Uint32(b[:]), clean32, err
	}
	return 0, 0, err
}

// markInUse tells on the disk that the volume is in use, before anything else
// is changed: EROFS when it is mounted read-only.
func (fs *FS) markInUse() error {
	if fs.mount.ReadOnly() {
		return abi.EROFS
	}
	if fs.dirty {
		return nil
	}
	if fs.clean {
		if err := fs.setState(true); err != nil {
			return err
		}
		if err := fs.dev.Sync(); err != nil {
			return err
		}
	}
	fs.dirty = true
	return nil
}

// markClean writes everything back and takes markInUse back. A volume that was
// not clean before does not become so.
func (fs *FS) markClean() error {
	if !fs.dirty {
		return nil
	}
	if err := fs.sync(); err != nil {
		return err
	}
	if fs.clean {
		if err := fs.setState(false); err != nil {
			return err
		}
	}
	if err := fs.dev.Sync(); err != nil {
		return err
	}
	fs.dirty = false
	return nil
}

// setState stores whether the volume is in use.
func (fs *FS) setState(used bool) error {
	var b [1]byte
	if err := fs.dev.ReadAt(b[:], fs.stateOff); err != nil {
		return err
	}
	if b[0] &^= inUse; used {
		b[0] |= inUse
	}
	if err := fs.dev.WriteAt(b[:], fs.stateOff); err != nil {
		return err
	}
	e, bit, err := fs.cleanBit()
	if err != nil || bit == 0 {
		return err
	}
	if e &^= bit; !used {
		e |= bit
	}
	return fs.setNext(1, e)
}

// readInfo returns where FSInfo says that free clusters are, 0 when it does
// not.
func (fs *FS) readInfo() (uint32, error) {
	b, err := fs.infoSector()
	if b == nil || err != nil {
		return 0, err
	}
	if next := le.Uint32(b[infoNext:]); fs.valid(next) {
		return next, nil
	}
	return 0, nil
}

// infoSector returns FSInfo, nil when there is none.
func (fs *FS) infoSector() ([]byte, error) {
	if fs.info == 0 {
		return nil, nil
	}
	b := make([]byte, bootSize)
	if err := fs.dev.ReadAt(b, fs.info); err != nil {
		return nil, err
	}
	if le.Uint32(b) != infoLead || le.Uint32(b[484:]) != infoStruct {
		return nil, nil
	}
	return b, nil
}

// writeInfo stores what is known of free clusters.
func (fs *FS) writeInfo() error {
	if !fs.space.known {
		return nil
	}
	b, err := fs.infoSector()
	if b == nil || err != nil {
		return err
	}
	next := fs.space.hint
	if !fs.valid(next) {
		next = unknown
	}
	le.PutUint32(b[infoFree:], fs.space.free+uint32(len(fs.space.blank)))
	le.PutUint32(b[infoNext:], next)
	return fs.dev.WriteAt(b, fs.info)
}
