// Replaying the journal: what was committed and is perhaps not in its place.
package ext2fs

import (
	"maps"
	"slices"
)

// logged is where the latest contents of a block are in the journal.
type logged struct {
	at     uint64 // block of the device
	seq    uint32
	escape bool // it begins with the journal's magic, which was taken out
}

// read reads the contents.
func (l logged) read(fs *FS, p []byte) error {
	err := fs.dev.read(p, int64(l.at)<<fs.sb.bshift)
	if l.escape {
		be.PutUint32(p, jMagic)
	}
	return err
}

const (
	overlayEntry = 64      // bytes charged for a block of the overlay
	maxRevokes   = 1 << 20 // more are not believed
)

func (fs *FS) overlayCost() int64 { return int64(len(fs.overlay)) * overlayEntry }

// scan is one way through the log.
type scan struct {
	fs      *FS
	j       *journal
	pos     uint32
	seq     uint32
	left    uint32 // blocks that may still be looked at
	blocks  map[uint64]logged
	revoked map[uint64]uint32
	tags    map[uint64]logged // of the transaction being read
	revokes []uint64
}

// replay finds what the log holds and puts it in place, or, on a read-only
// mount, keeps in mind where it is.
func (fs *FS) replay() error {
	j := &fs.log
	s := scan{fs: fs, j: j, pos: be.Uint32(j.super[jsStart:]), seq: j.seq, left: j.maxLen,
		blocks: map[uint64]logged{}, revoked: map[uint64]uint32{}, tags: map[uint64]logged{}}
	if err := s.run(); err != nil {
		return err
	}
	for block, seq := range s.revoked {
		if l, ok := s.blocks[block]; ok && int32(seq-l.seq) >= 0 {
			delete(s.blocks, block)
		}
	}
	if err := fs.mem.Reserve(int64(len(s.blocks)) * overlayEntry); err != nil {
		return err
	}
	fs.overlay = s.blocks
	fs.cache.Clear()
	j.seq = s.seq + 1
	if fs.ro {
		return nil
	}
	return fs.applyOverlay()
}

// applyOverlay writes the blocks of the overlay to their places and empties
// the log.
func (fs *FS) applyOverlay() error {
	p := make([]byte, fs.sb.bsize)
	for _, block := range slices.Sorted(maps.Keys(fs.overlay)) {
		if err := fs.overlay[block].read(fs, p); err != nil {
			return err
		}
		if err := fs.writeBlocks(block, p); err != nil {
			return err
		}
	}
	fs.mem.Release(fs.overlayCost())
	fs.overlay = nil
	if err := fs.dev.flush(); err != nil {
		return err
	}
	if err := fs.writeJournalSuper(0); err != nil {
		return err
	}
	if err := fs.dev.flush(); err != nil {
		return err
	}
	if err := fs.load(); err != nil { // the superblock may have been in it
		return err
	}
	return fs.checkFeatures()
}

// run reads transactions until there is no whole one.
func (s *scan) run() error {
	p := make([]byte, s.fs.sb.bsize)
	for s.left > 0 {
		if err := s.read(p); err != nil {
			return err
		}
		if be.Uint32(p) != jMagic || be.Uint32(p[8:]) != s.seq {
			return nil
		}
		ok, err := s.block(p)
		if !ok || err != nil {
			return err
		}
	}
	return nil
}

// read reads the next block of the log.
func (s *scan) read(p []byte) error {
	at, _, err := s.j.phys(s.pos)
	if err != nil {
		return err
	}
	s.pos = s.j.next(s.pos)
	s.left--
	return s.fs.dev.read(p, int64(at)<<s.fs.sb.bshift)
}

// block takes in one block of the log; ok is false when the log ends here.
func (s *scan) block(p []byte) (ok bool, err error) {
	j := s.j
	switch be.Uint32(p[4:]) {
	case jDescriptor:
		if j.csum() && j.tailCsum(p) != be.Uint32(p[len(p)-jTail:]) {
			return false, nil
		}
		return s.descriptor(p)
	case jRevoke:
		if j.csum() && j.tailCsum(p) != be.Uint32(p[len(p)-jTail:]) {
			return false, nil
		}
		return s.revoke(p), nil
	case jCommit:
		if j.csum() && j.commitCsum(p) != be.Uint32(p[16:]) {
			return false, nil
		}
		return s.commit(), nil
	}
	return false, nil
}

// descriptor notes the blocks that follow a descriptor.
func (s *scan) descriptor(p []byte) (bool, error) {
	size, end := s.j.tagSize(), len(p)
	if s.j.csum() {
		end -= jTail
	}
	body := make([]byte, len(p))
	for off := jHeader; off+size <= end; {
		t := s.j.parseTag(p[off:])
		off += size
		if t.flags&tagSameUUID == 0 {
			off += 16
		}
		at, _, err := s.j.phys(s.pos)
		if s.left == 0 || err != nil || t.block >= s.fs.sb.blocks {
			return false, nil
		}
		if err := s.read(body); err != nil {
			return false, err
		}
		if s.j.csum() && s.j.blockCsum(s.seq, body) != t.csum {
			return false, nil
		}
		s.tags[t.block] = logged{at: at, seq: s.seq, escape: t.flags&tagEscape != 0}
		if t.flags&tagLast != 0 {
			break
		}
	}
	return true, nil
}

// revoke notes blocks whose older contents in the log count no more.
func (s *scan) revoke(p []byte) bool {
	size := 4
	if s.j.features&jf64bit != 0 {
		size = 8
	}
	end := int(min(be.Uint32(p[jHeader:]), uint32(len(p))))
	for off := jHeader + 4; off+size <= end; off += size {
		block := uint64(be.Uint32(p[off:]))
		if size == 8 {
			block = be.Uint64(p[off:])
		}
		s.revokes = append(s.revokes, block)
	}
	return len(s.revokes)+len(s.revoked) <= maxRevokes
}

// commit makes the transaction that was read count.
func (s *scan) commit() bool {
	maps.Copy(s.blocks, s.tags)
	for _, block := range s.revokes {
		s.revoked[block] = s.seq
	}
	clear(s.tags)
	s.revokes = s.revokes[:0]
	s.seq++
	return true
}
