// Writing a transaction to the journal: what is revoked, the blocks behind
// their descriptors, and, when all that is on stable storage, the commit.
package ext2fs

import (
	"maps"
	"slices"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// logWriter collects blocks of the log and writes neighbours together.
type logWriter struct {
	fs  *FS
	at  uint32 // block of the journal where p begins
	p   []byte
	max uint32 // blocks that may still be written
}

// block returns a zeroed block at the end of the log.
func (w *logWriter) block() ([]byte, error) {
	j, bs := &w.fs.log, w.fs.sb.bsize
	if w.max == 0 {
		return nil, abi.EIO
	}
	if n := uint32(len(w.p) / bs); n > 0 {
		_, room, err := j.phys(w.at)
		if err != nil {
			return nil, err
		}
		if n >= room || len(w.p) >= writeChunk || w.at+n >= j.maxLen {
			if err := w.flush(); err != nil {
				return nil, err
			}
		}
	}
	w.max--
	j.used++
	w.p = append(w.p, make([]byte, bs)...)
	return w.p[len(w.p)-bs:], nil
}

// flush writes what was collected.
func (w *logWriter) flush() error {
	j := &w.fs.log
	n := uint32(len(w.p) >> w.fs.sb.bshift)
	if n == 0 {
		return nil
	}
	at, _, err := j.phys(w.at)
	if err != nil {
		return err
	}
	err = w.fs.writeBlocks(at, w.p)
	w.p = w.p[:0]
	if w.at += n; w.at >= j.maxLen {
		w.at = j.first
	}
	return err
}

// writeLog writes the transaction to the log and commits it.
func (fs *FS) writeLog() error {
	j := &fs.log
	w := &logWriter{fs: fs, at: j.head, max: j.maxLen - j.first - j.used - 1}
	if j.used == 0 {
		if err := fs.writeJournalSuper(j.head); err != nil {
			return err
		}
	}
	if err := w.revocations(); err != nil {
		return err
	}
	for list := fs.tx.bufs; len(list) > 0; {
		n, err := w.descriptor(list)
		if err != nil {
			return err
		}
		list = list[n:]
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := fs.flush(); err != nil {
		return err
	}
	if err := w.commit(); err != nil {
		return err
	}
	j.head = w.at
	j.seq++
	return fs.flush()
}

// header begins a block of the log.
func (w *logWriter) header(p []byte, typ uint32) {
	be.PutUint32(p, jMagic)
	be.PutUint32(p[4:], typ)
	be.PutUint32(p[8:], w.fs.log.seq)
}

// seal ends a descriptor or a block of revocations with its checksum.
func (w *logWriter) seal(p []byte) {
	if j := &w.fs.log; j.csum() {
		be.PutUint32(p[len(p)-jTail:], j.tailCsum(p))
	}
}

// descriptor writes a descriptor and as many blocks as it has room for, and
// returns how many these were.
func (w *logWriter) descriptor(list []*buf.Buf) (int, error) {
	j, bs := &w.fs.log, w.fs.sb.bsize
	size := j.tagSize()
	n := min(len(list), (bs-jHeader-jTail-16)/size)
	p := make([]byte, bs)
	w.header(p, jDescriptor)
	off := jHeader
	for i, b := range list[:n] {
		t := tag{block: b.Block, csum: 0}
		if be.Uint32(b.Data) == jMagic {
			t.flags |= tagEscape
		}
		if j.csum() {
			t.csum = w.loggedCsum(b)
		}
		if i > 0 {
			t.flags |= tagSameUUID
		}
		if i == n-1 {
			t.flags |= tagLast
		}
		j.putTag(p[off:], t)
		if off += size; i == 0 {
			off += copy(p[off:], j.super[jsUUID:jsUUID+16])
		}
	}
	w.seal(p)
	d, err := w.block()
	if err != nil {
		return 0, err
	}
	copy(d, p)
	for _, b := range list[:n] {
		if d, err = w.block(); err != nil {
			return 0, err
		}
		if copy(d, b.Data); be.Uint32(d) == jMagic {
			be.PutUint32(d, 0)
		}
	}
	return n, nil
}

// loggedCsum returns the checksum of a block as it is in the log.
func (w *logWriter) loggedCsum(b *buf.Buf) uint32 {
	if be.Uint32(b.Data) != jMagic {
		return w.fs.log.blockCsum(w.fs.log.seq, b.Data)
	}
	p := slices.Clone(b.Data)
	be.PutUint32(p, 0)
	return w.fs.log.blockCsum(w.fs.log.seq, p)
}

// revocations writes the list of blocks whose older contents in the log must
// not be replayed.
func (w *logWriter) revocations() error {
	j := &w.fs.log
	size := 4
	if j.features&jf64bit != 0 {
		size = 8
	}
	room := (w.fs.sb.bsize - jHeader - 4 - jTail) / size
	list := slices.Sorted(maps.Keys(w.fs.tx.revoked))
	for part := range slices.Chunk(list, room) {
		p, err := w.block()
		if err != nil {
			return err
		}
		w.header(p, jRevoke)
		off := jHeader + 4
		be.PutUint32(p[jHeader:], uint32(off+size*len(part)))
		for _, block := range part {
			if size == 8 {
				be.PutUint64(p[off:], block)
			} else {
				be.PutUint32(p[off:], uint32(block))
			}
			off += size
		}
		w.seal(p)
	}
	return nil
}

// commit writes the block that makes the transaction count.
func (w *logWriter) commit() error {
	p, err := w.block()
	if err != nil {
		return err
	}
	w.header(p, jCommit)
	now := w.fs.now()
	be.PutUint64(p[48:], uint64(now/1e9))
	be.PutUint32(p[56:], uint32(now%1e9))
	if j := &w.fs.log; j.csum() {
		be.PutUint32(p[16:], j.commitCsum(p))
	}
	return w.flush()
}
