// The journal of a file system that is mounted: finding it, starting and
// ending it.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// minJournal is the least number of blocks of a journal that is written to.
const minJournal = 1024

// openJournal finds the journal and replays it if it has to be: EINVAL for one
// that is broken or has features that are not known.
func (fs *FS) openJournal() error {
	if !fs.sb.hasCompat(featHasJournal) {
		return nil
	}
	dirty := fs.sb.has(featRecover)
	err := fs.findJournal()
	if err != nil && !dirty {
		fs.say(name + ": " + fs.path + ": read-only: its journal cannot be used\n")
		fs.ro = true
		return nil
	}
	if err != nil {
		fs.say(name + ": " + fs.path + ": its journal is needed and cannot be used\n")
		return abi.EINVAL
	}
	if be.Uint32(fs.log.super[jsStart:]) == 0 || !dirty {
		return nil
	}
	return fs.replay()
}

// findJournal maps the journal's blocks and checks its superblock.
func (fs *FS) findJournal() error {
	if fs.sb.journalDev != 0 || fs.sb.journalInum == 0 {
		return abi.EINVAL
	}
	slot, err := fs.inodeSlot(fs.sb.journalInum)
	if err != nil {
		return err
	}
	n := fs.makeNode(fs.sb.journalInum, slot.raw)
	if n.raw.mode()&abi.S_IFMT != abi.S_IFREG || !fs.sb.inodeCsumOK(n.ino, n.raw) || n.check() != nil {
		return abi.EINVAL
	}
	j := journal{maxLen: uint32(min(n.raw.size()>>fs.sb.bshift, 1<<31))}
	for at := uint32(0); at < j.maxLen; {
		x, err := n.mapBlock(uint64(at))
		if err != nil || x.pblk == 0 || x.unwritten || x.lblk != at || x.n == 0 || len(j.runs) > 1<<16 {
			return abi.EINVAL
		}
		j.runs = append(j.runs, x)
		at += x.n
	}
	fs.log = j
	if err := fs.readJournalSuper(); err != nil {
		fs.log = journal{}
		return err
	}
	fs.log.present = true
	return nil
}

// readJournalSuper reads and checks the journal's superblock.
func (fs *FS) readJournalSuper() error {
	j := &fs.log
	at, _, err := j.phys(0)
	if err != nil {
		return err
	}
	j.super = make([]byte, fs.sb.bsize)
	if err := fs.dev.read(j.super, int64(at)<<fs.sb.bshift); err != nil {
		return err
	}
	typ := be.Uint32(j.super[4:])
	if be.Uint32(j.super) != jMagic || typ != jSuperV1 && typ != jSuperV2 {
		return abi.EINVAL
	}
	if typ == jSuperV2 {
		j.features = be.Uint32(j.super[jsIncompat:])
	}
	maxLen := be.Uint32(j.super[jsMaxLen:])
	j.first, j.seq = be.Uint32(j.super[jsFirst:]), be.Uint32(j.super[jsSequence:])
	switch {
	case be.Uint32(j.super[jsBlockSize:]) != uint32(fs.sb.bsize), maxLen > j.maxLen,
		j.first == 0 || j.first >= maxLen, be.Uint32(j.super[jsStart:]) >= maxLen,
		j.features&^(jfRevoke|jf64bit|jfAsync|jfCsumV2|jfCsumV3) != 0,
		j.features&jfCsumV2 != 0 && j.features&jfCsumV3 != 0:
		return abi.EINVAL
	}
	j.maxLen = maxLen
	j.seed = crc32c(^uint32(0), j.super[jsUUID:jsUUID+16])
	if j.csum() && (j.super[jsCsumType] != 4 || j.superCsum() != be.Uint32(j.super[jsCsum:])) {
		return abi.EINVAL
	}
	return nil
}

// writeJournalSuper says where the log begins: start 0 is an empty one.
func (fs *FS) writeJournalSuper(start uint32) error {
	j := &fs.log
	be.PutUint32(j.super[jsStart:], start)
	be.PutUint32(j.super[jsSequence:], j.seq)
	if j.csum() {
		be.PutUint32(j.super[jsCsum:], j.superCsum())
	}
	at, _, err := j.phys(0)
	if err != nil {
		return err
	}
	return fs.writeBlocks(at, j.super)
}

// startJournal makes an empty log ready for writing, with the features that
// fit the file system.
func (fs *FS) startJournal() error {
	j := &fs.log
	if j.maxLen < minJournal || j.maxLen-j.first < minJournal/2 {
		return abi.EROFS
	}
	if be.Uint32(j.super[4:]) == jSuperV2 {
		j.features |= jfRevoke
		if fs.sb.has(feat64bit) {
			j.features |= jf64bit
		}
		if fs.sb.metaCsum() {
			j.features = j.features&^jfCsumV2 | jfCsumV3
			j.super[jsCsumType] = 4
		}
		be.PutUint32(j.super[jsIncompat:], j.features)
	}
	if j.features&jfRevoke == 0 {
		return abi.EROFS
	}
	j.head, j.used = j.first, 0
	return fs.writeJournalSuper(0)
}
