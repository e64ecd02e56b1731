// Transactions: changed blocks are kept in memory until a commit writes them
// all, or none.
package ext2fs

import (
	"cmp"
	"slices"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// What a changed buffer waits for: bits of buf.Buf.State.
const (
	inTx  = 1 << iota // the next commit
	inLog             // in the journal: to be written to its place
)

// tx is the transaction that collects changes.
type tx struct {
	bufs    []*buf.Buf // inTx, or forgotten since
	logged  []*buf.Buf // inLog, or forgotten since
	revoked map[uint64]bool
	// pending is, by group, the blocks freed in this transaction: they are
	// not used again before it is committed.
	pending       map[uint32][]byte
	pendingBlocks uint64
	freeBlocks    uint64
	freeInodes    uint64
	started       int64 // nanoseconds; 0 for an empty transaction
	changed       bool  // by the operation under way
}

const (
	maxTxBytes     = 4 << 20   // of a transaction
	maxLoggedBytes = 8 << 20   // of blocks in the journal that are not in place
	maxTxAge       = 5e9       // nanoseconds
	maxDirtyBytes  = 16 << 20  // of contents that are not written: half of it wakes the flusher
	lowBlocks      = 2048      // free blocks below which freed ones are committed
	writeChunk     = 256 << 10 // bytes written to the device at once
)

// begin starts a change: EROFS when there can be none. end must follow.
func (fs *FS) begin() error {
	fs.mu.Lock()
	err := error(nil)
	switch {
	case fs.closed || fs.broken.Load():
		err = abi.EIO
	case fs.ro:
		err = abi.EROFS
	}
	if err != nil {
		fs.mu.Unlock()
		return err
	}
	fs.cache.Hold(true)
	if err := fs.step(); err != nil {
		fs.cache.Hold(false)
		fs.mu.Unlock()
		return err
	}
	fs.tx.changed = false
	return nil
}

// end ends a change. One that failed on the way, for other reasons than those
// which operations undo, keeps the file system from being changed any more:
// what is on the device stays whole.
func (fs *FS) end(err error) error {
	if err != nil && fs.tx.changed && !undone(err) {
		fs.fail()
	}
	fs.cache.Hold(false)
	fs.mu.Unlock()
	return err
}

// undone reports errors after which operations leave nothing half done.
func undone(err error) bool {
	switch err {
	case abi.ENOSPC, abi.EMLINK, abi.EFBIG, abi.ENOTEMPTY, abi.ENOENT:
		return true
	}
	return false
}

// fail gives up writing.
func (fs *FS) fail() {
	if !fs.broken.Swap(true) {
		fs.say(name + ": " + fs.path + ": a change failed: no more are made\n")
	}
}

// step commits when there is reason to. Preconditions: between begin and end,
// with nothing half done.
func (fs *FS) step() error {
	t := &fs.tx
	full := len(t.bufs) >= fs.txLimit()
	short := t.pendingBlocks > 0 && t.freeBlocks-min(t.pendingBlocks, t.freeBlocks) < lowBlocks
	old := t.started != 0 && fs.now()-t.started > maxTxAge
	if full || short || old {
		return fs.commit()
	}
	switch dirty := fs.files.Dirty(); {
	case dirty > fs.dirtyBytes:
		return fs.writeData()
	case dirty > fs.dirtyBytes/2:
		fs.flusher.Kick()
	}
	return nil
}

// txLimit returns how many blocks a transaction collects.
func (fs *FS) txLimit() int {
	n := fs.txBytes >> fs.sb.bshift
	if fs.log.present {
		n = min(n, int(fs.log.maxLen)/4)
	}
	return max(n, 16)
}

// dirty makes a changed block part of the transaction.
func (fs *FS) dirty(b *buf.Buf) {
	t := &fs.tx
	t.changed = true
	if b.State&inTx != 0 {
		return
	}
	fs.begun()
	b.State |= inTx
	b.Pinned = true
	t.bufs = append(t.bufs, b)
}

// begun notes that the transaction is not empty: the time until it is
// committed begins.
func (fs *FS) begun() {
	if fs.tx.started == 0 {
		fs.tx.started = fs.now()
		fs.flusher.After(maxTxAge)
	}
}

// forget drops n blocks from memory, whatever they wait for.
func (fs *FS) forget(block, n uint64) {
	fs.cache.DropRange(block, n, func(b *buf.Buf) {
		b.State, b.Pinned = 0, false
	})
}

// commit makes everything done so far lasting. Preconditions: fs.mu is held
// exclusively, nothing is half done.
func (fs *FS) commit() error {
	if fs.broken.Load() {
		return abi.EIO
	}
	if err := fs.commitAll(); err != nil {
		fs.fail()
		return err
	}
	return nil
}

func (fs *FS) commitAll() error {
	t := &fs.tx
	if err := fs.writeData(); err != nil {
		return err
	}
	if len(t.bufs) > 0 {
		if err := fs.updateSuper(); err != nil {
			return err
		}
		t.bufs = slices.DeleteFunc(t.bufs, func(b *buf.Buf) bool { return b.State&inTx == 0 })
		if err := fs.writeTx(); err != nil {
			return err
		}
		t.bufs = t.bufs[:0]
	}
	if err := fs.flush(); err != nil {
		return err
	}
	clear(t.pending)
	clear(t.revoked)
	t.pendingBlocks, t.started = 0, 0
	if fs.log.present && (len(t.logged) > fs.loggedBytes>>fs.sb.bshift || fs.log.used > fs.log.maxLen/2) {
		return fs.checkpoint()
	}
	return nil
}

// flush makes what was written lasting.
func (fs *FS) flush() error {
	if !fs.unsynced.Load() {
		return nil
	}
	if err := fs.dev.flush(); err != nil {
		return err
	}
	fs.unsynced.Store(false)
	return nil
}

// writeData writes what has changed in files. A change whose contents cannot
// be written is not committed.
func (fs *FS) writeData() error {
	err := fs.files.Flush(nil)
	if err != nil {
		fs.fail()
	}
	return err
}

// writeTx writes the blocks of the transaction to the journal, or to their
// places where there is none.
func (fs *FS) writeTx() error {
	t := &fs.tx
	if fs.log.present {
		if err := fs.writeLog(); err != nil {
			return err
		}
	} else if err := fs.writeBufs(t.bufs); err != nil {
		return err
	}
	for _, b := range t.bufs {
		b.State &^= inTx
		if fs.log.present && b.State&inLog == 0 {
			b.State |= inLog
			t.logged = append(t.logged, b)
		}
		b.Pinned = b.State != 0
	}
	return nil
}

// checkpoint writes what is in the journal to its places and empties it.
// Preconditions: the transaction is empty.
func (fs *FS) checkpoint() error {
	t, j := &fs.tx, &fs.log
	list := slices.DeleteFunc(t.logged, func(b *buf.Buf) bool { return b.State&inLog == 0 })
	if err := fs.writeBufs(list); err != nil {
		return err
	}
	if err := fs.flush(); err != nil {
		return err
	}
	for _, b := range list {
		b.State &^= inLog
		b.Pinned = b.State != 0
	}
	t.logged, j.used = nil, 0
	return fs.writeJournalSuper(j.head)
}

// writeBufs writes buffers to their places, neighbours together.
func (fs *FS) writeBufs(list []*buf.Buf) error {
	slices.SortFunc(list, func(a, b *buf.Buf) int { return cmp.Compare(a.Block, b.Block) })
	var run []byte
	for i := 0; i < len(list); {
		n := 1
		for i+n < len(list) && list[i+n].Block == list[i].Block+uint64(n) && (n+1)<<fs.sb.bshift <= writeChunk {
			n++
		}
		p := list[i].Data
		if n > 1 {
			run = run[:0]
			for _, b := range list[i : i+n] {
				run = append(run, b.Data...)
			}
			p = run
		}
		if err := fs.writeBlocks(list[i].Block, p); err != nil {
			return err
		}
		i += n
	}
	return nil
}
