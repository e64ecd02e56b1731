// Package mkfs makes empty ext2 and ext4 file systems.
package mkfs

import (
	"encoding/binary"
	"errors"
	"io"
	"time"
)

// Options says what to make. The zero value is an ext2 that fits the size.
type Options struct {
	// Journal makes an ext4: extents, 64-bit block numbers, checksums and a
	// journal, if there is room for one.
	Journal bool
	// BlockSize is 1024, 2048 or 4096 bytes; 0 chooses.
	BlockSize int
	// Inodes is the least number of files there is room for; 0 chooses.
	Inodes int64
	// Label is at most sixteen bytes.
	Label string
	// UUID names the file system, HashSeed spreads the names in directories.
	UUID, HashSeed [16]byte
	// Time is that of the first files.
	Time time.Time
	// Zeroed says that all of w reads as zeros already.
	Zeroed bool
}

var (
	// ErrSmall says that there is no room for a file system.
	ErrSmall = errors.New("too small for a file system: the least is 64 kB for ext2")
	// ErrLarge says that there are more blocks than 32 bits number.
	ErrLarge = errors.New("too large: ext has room for 2^32 blocks")
	// ErrBlockSize says that the size of blocks is none of the three.
	ErrBlockSize = errors.New("blocks are of 1024, 2048 or 4096 bytes")
	// ErrLabel says that the label is too long.
	ErrLabel = errors.New("a label of ext has at most 16 bytes")
	// ErrInodes says that there is no room for so many files.
	ErrInodes = errors.New("no room for so many files")
)

var le = binary.LittleEndian

// Format makes an empty file system of size bytes on w. It writes the metadata
// only, and zeros among it unless w is zeroed.
func Format(w io.WriterAt, size int64, o Options) error {
	l, err := plan(size, o)
	if err != nil {
		return err
	}
	f := &format{layout: l, w: w, groups: make([]group, l.groups)}
	f.allocate()
	for _, step := range []func() error{f.files, f.tables, f.bitmaps, f.supers} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// format is a file system in the making.
type format struct {
	*layout
	w      io.WriterAt
	groups []group
	// root, lost and journal are the first blocks of the three files.
	root, lost, journal int64
}

// group is what is in use of a group of blocks.
type group struct {
	// used is how many blocks are, from its first on.
	used int64
	// inodes and dirs are how many there are.
	inodes, dirs int64
}

// allocate gives each file its blocks, after the metadata of a group.
func (f *format) allocate() {
	for g := range f.groups {
		f.groups[g].used = f.overhead(int64(g))
	}
	first := &f.groups[0]
	first.inodes, first.dirs = firstInode, 2
	f.root = f.take(1)
	f.lost = f.take(f.lostBlocks())
	if f.journalBlocks > 0 {
		f.journal = f.take(f.journalBlocks)
	}
}

// take takes n blocks in a row out of the first group that has them: plan has
// seen to it that one does.
func (f *format) take(n int64) int64 {
	for g := range f.groups {
		if grp := &f.groups[g]; f.groupSize(int64(g))-grp.used >= n {
			grp.used += n
			return f.begin(int64(g)) + grp.used - n
		}
	}
	return 0
}

// write writes b at a block.
func (f *format) write(b []byte, block int64) error {
	_, err := f.w.WriteAt(b, block*f.blockSize)
	return err
}

// zero clears n blocks, if they may hold something.
func (f *format) zero(block, n int64) error {
	if f.Zeroed {
		return nil
	}
	zeros := make([]byte, 64<<10)
	for left := n * f.blockSize; left > 0; {
		k := min(left, int64(len(zeros)))
		if _, err := f.w.WriteAt(zeros[:k], (block+n)*f.blockSize-left); err != nil {
			return err
		}
		left -= k
	}
	return nil
}
