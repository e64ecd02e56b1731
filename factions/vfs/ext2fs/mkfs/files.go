// The files there are at first: the root, lost+found, and the journal.
package mkfs

import "encoding/binary"

// Reserved inodes.
const (
	rootInode    = 2
	journalInode = 8
)

const (
	modeDir  = 0o040000
	modeFile = 0o100000

	flagExtents = 0x80000
	dirEntry    = 2
	tailSize    = 12
	tailType    = 0xde
)

// inode is what is told of a file.
type inode struct {
	number uint32
	mode   uint16
	links  uint16
	// begin and blocks say where its contents are, all in a row.
	begin, blocks int64
}

// files writes the contents of the files.
func (f *format) files() error {
	dir := append(entry(rootInode, 12, "."), entry(rootInode, 12, "..")...)
	root := append(dir, entry(firstInode, f.dirSpace()-24, "lost+found")...)
	if err := f.write(f.dirBlock(root, rootInode), f.root); err != nil {
		return err
	}
	lost := append(entry(firstInode, 12, "."), entry(rootInode, f.dirSpace()-12, "..")...)
	for i := range f.lostBlocks() {
		if err := f.write(f.dirBlock(lost, firstInode), f.lost+i); err != nil {
			return err
		}
		lost = entry(0, f.dirSpace(), "")
	}
	if f.journalBlocks == 0 {
		return nil
	}
	if err := f.zero(f.journal, f.journalBlocks); err != nil {
		return err
	}
	return f.write(f.journalHead(), f.journal)
}

// dirSpace is how many bytes of a block entries have.
func (l *layout) dirSpace() int64 {
	if l.Journal {
		return l.blockSize - tailSize
	}
	return l.blockSize
}

// entry is an entry of a directory that takes size bytes of it.
func entry(ino uint32, size int64, name string) []byte {
	b := le.AppendUint32(nil, ino)
	b = le.AppendUint16(b, uint16(size))
	b = append(b, byte(len(name)), 0)
	if ino != 0 {
		b[7] = dirEntry
	}
	b = append(b, name...)
	return append(b, make([]byte, min(size, 24)-int64(len(b)))...)
}

// dirBlock makes a block of entries.
func (l *layout) dirBlock(entries []byte, ino uint32) []byte {
	b := make([]byte, l.blockSize)
	copy(b, entries)
	if l.Journal {
		tail := b[l.dirSpace():]
		tail[4], tail[7] = tailSize, tailType
		le.PutUint32(tail[8:], crc(l.inodeSeed(ino), b[:l.dirSpace()]))
	}
	return b
}

// journalHead makes the superblock of an empty journal.
func (l *layout) journalHead() []byte {
	b := make([]byte, l.blockSize)
	be := binary.BigEndian
	be.PutUint32(b, 0xc03b3998)
	be.PutUint32(b[4:], 4) // second version
	be.PutUint32(b[12:], uint32(l.blockSize))
	be.PutUint32(b[16:], uint32(l.journalBlocks))
	be.PutUint32(b[20:], 1) // the first block of records
	be.PutUint32(b[24:], 1) // the first transaction
	copy(b[48:], l.UUID[:])
	be.PutUint32(b[64:], 1) // who uses it: this file system
	return b
}

// tables writes the tables of inodes.
func (f *format) tables() error {
	for g := range f.layout.groups {
		if err := f.zero(f.table(g), f.tableBlocks); err != nil {
			return err
		}
	}
	list := []inode{
		{number: rootInode, mode: modeDir | 0o755, links: 3, begin: f.root, blocks: 1},
		{number: firstInode, mode: modeDir | 0o700, links: 2, begin: f.lost, blocks: f.lostBlocks()},
	}
	if f.journalBlocks > 0 {
		list = append(list, inode{journalInode, modeFile | 0o600, 1, f.journal, f.journalBlocks})
	}
	for _, n := range list {
		at := f.table(0)*f.blockSize + int64(n.number-1)*inodeSize
		if _, err := f.w.WriteAt(f.inode(n), at); err != nil {
			return err
		}
	}
	return nil
}

// inode lays out an inode.
func (l *layout) inode(n inode) []byte {
	b := make([]byte, inodeSize)
	size := n.blocks * l.blockSize
	le.PutUint16(b, n.mode)
	le.PutUint32(b[4:], uint32(size))
	le.PutUint16(b[26:], n.links)
	le.PutUint32(b[28:], uint32(size/512))
	for _, at := range []int{8, 12, 16, 144} { // of access, change, modification and birth
		le.PutUint32(b[at:], uint32(l.Time.Unix()))
	}
	le.PutUint16(b[128:], 32) // extra bytes in use
	copy(b[40:], l.blockMap(n))
	if l.Journal {
		le.PutUint32(b[32:], flagExtents)
		sum := crc(l.inodeSeed(n.number), b)
		le.PutUint16(b[124:], uint16(sum))
		le.PutUint16(b[130:], uint16(sum>>16))
	}
	return b
}

// blockMap says where the contents are: an extent, or block numbers.
func (l *layout) blockMap(n inode) []byte {
	b := make([]byte, 60)
	if !l.Journal {
		for i := range n.blocks {
			le.PutUint32(b[4*i:], uint32(n.begin+i))
		}
		return b
	}
	le.PutUint16(b, 0xf30a)
	le.PutUint16(b[2:], 1) // extents in use
	le.PutUint16(b[4:], 4) // extents there is room for
	le.PutUint16(b[16:], uint16(n.blocks))
	le.PutUint16(b[18:], uint16(n.begin>>32))
	le.PutUint32(b[20:], uint32(n.begin))
	return b
}
