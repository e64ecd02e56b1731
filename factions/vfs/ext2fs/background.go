// What is done in the background: contents are written when there is much to
// write, and a transaction is committed when it is old.
package ext2fs

import "time"

// background is the flusher's work.
func (fs *FS) background(due bool) {
	for fs.cleanSome() {
	}
	if due {
		fs.commitOld()
	}
}

// cleanSome writes some contents and reports whether there is more. Readers go
// on meanwhile.
func (fs *FS) cleanSome() bool {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	if fs.closed || fs.ro || fs.broken.Load() {
		return false
	}
	n, err := fs.files.Clean()
	return n > 0 && err == nil // the commit will tell of an error
}

// commitOld commits a transaction whose time has come, and waits for the next
// one.
func (fs *FS) commitOld() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.closed || fs.ro || fs.broken.Load() || fs.tx.started == 0 {
		return
	}
	if left := maxTxAge - (fs.now() - fs.tx.started); left > 0 && left <= maxTxAge {
		fs.flusher.After(time.Duration(left))
		return
	}
	fs.cache.Hold(true)
	defer fs.cache.Hold(false)
	_ = fs.commit()
}
