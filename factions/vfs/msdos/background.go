// What is done in the background: dirty parts of the volume are written when
// there are many of them, and all of it when it is old.
package msdos

import "time"

// maxAge is how long what was written stays in memory only.
const maxAge = 30 * time.Second

// flushLater has what is about to be changed written some time.
func (fs *FS) flushLater() {
	if fs.flusher.Host == nil {
		return // nobody else uses the volume yet
	}
	fs.flusher.After(maxAge)
	if fs.dev.Crowded() {
		fs.flusher.Kick()
	}
}

// background is the flusher's work.
func (fs *FS) background(due bool) {
	var err error
	for off := int64(0); off >= 0 && err == nil; {
		off, err = fs.dev.CleanNext(off)
	}
	if due {
		_ = fs.Sync() // what cannot be written stays, and the next one tells
	}
}
