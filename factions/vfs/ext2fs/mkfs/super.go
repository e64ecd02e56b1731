// Superblocks, descriptors of groups, bitmaps.
package mkfs

import "hash/crc32"

// Features: those that may be ignored, those that may be when reading, and the
// rest.
const (
	compatJournal, compatXattr, compatDirIndex = 0x4, 0x8, 0x20

	roSparse, roLarge, roHuge, roNlink, roExtra, roSums = 0x1, 0x2, 0x8, 0x20, 0x40, 0x400

	incompatType, incompatExtents, incompat64 = 0x2, 0x40, 0x80
)

const (
	superSize = 1024
	// groupZeroed says of a group that its table of inodes is written.
	groupZeroed = 0x4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// crc goes on with a checksum, without the inversions at its ends.
func crc(seed uint32, b []byte) uint32 { return ^crc32.Update(^seed, castagnoli, b) }

// seed is what checksums begin with, inodeSeed those of a file.
func (l *layout) seed() uint32 { return crc(^uint32(0), l.UUID[:]) }

func (l *layout) inodeSeed(ino uint32) uint32 {
	return crc(l.seed(), le.AppendUint32(le.AppendUint32(nil, ino), 0))
}

// bits makes a bitmap of a block: those from..to of it are clear, others set.
func (l *layout) bits(from, to int64) []byte {
	b := make([]byte, l.blockSize)
	for i := range b {
		b[i] = 0xff
	}
	for i := from; i < to; {
		if i%8 == 0 && to-i >= 8 {
			b[i/8] = 0
			i += 8
			continue
		}
		b[i/8] &^= 1 << (i % 8)
		i++
	}
	return b
}

// bitmaps writes the bitmaps of all groups.
func (f *format) bitmaps() error {
	for g := range f.layout.groups {
		blocks, inodes := f.groupBits(g)
		if err := f.write(append(blocks, inodes...), f.blockBitmap(g)); err != nil {
			return err
		}
	}
	return nil
}

func (f *format) groupBits(g int64) (blocks, inodes []byte) {
	return f.bits(f.groups[g].used, f.groupSize(g)), f.bits(f.groups[g].inodes, f.inodesPerGroup)
}

// descriptors lays out the descriptors of all groups, and counts what is free.
func (f *format) descriptors() (table []byte, freeBlocks, freeInodes int64) {
	table = make([]byte, f.descBlocks*f.blockSize)
	for g := range f.layout.groups {
		d := table[g*f.descSize:][:f.descSize]
		grp := f.groups[g]
		blocks, inodes := f.groupSize(g)-grp.used, f.inodesPerGroup-grp.inodes
		freeBlocks, freeInodes = freeBlocks+blocks, freeInodes+inodes
		le.PutUint32(d, uint32(f.blockBitmap(g)))
		le.PutUint32(d[4:], uint32(f.inodeBitmap(g)))
		le.PutUint32(d[8:], uint32(f.table(g)))
		le.PutUint16(d[12:], uint16(blocks))
		le.PutUint16(d[14:], uint16(inodes))
		le.PutUint16(d[16:], uint16(grp.dirs))
		if f.Journal {
			f.sumDescriptor(d, g)
		}
	}
	return table, freeBlocks, freeInodes
}

// sumDescriptor enters the checksums of a group.
func (f *format) sumDescriptor(d []byte, g int64) {
	le.PutUint16(d[18:], groupZeroed)
	le.PutUint16(d[28:], uint16(f.inodesPerGroup-f.groups[g].inodes)) // never used
	blocks, inodes := f.groupBits(g)
	sum := crc(f.seed(), blocks[:f.perGroup/8])
	le.PutUint16(d[24:], uint16(sum))
	le.PutUint16(d[56:], uint16(sum>>16))
	sum = crc(f.seed(), inodes[:f.inodesPerGroup/8])
	le.PutUint16(d[26:], uint16(sum))
	le.PutUint16(d[58:], uint16(sum>>16))
	le.PutUint16(d[30:], uint16(crc(crc(f.seed(), le.AppendUint32(nil, uint32(g))), d)))
}

// supers writes the superblock and the descriptors, with their copies; the
// first superblock comes last.
func (f *format) supers() error {
	table, freeBlocks, freeInodes := f.descriptors()
	for g := f.layout.groups - 1; g >= 0; g-- {
		if f.headSize(g) == 0 {
			continue
		}
		if err := f.write(table, f.begin(g)+1); err != nil {
			return err
		}
		at := f.begin(g) * f.blockSize
		if g == 0 {
			at = superSize
			if err := f.clearBoot(); err != nil {
				return err
			}
		}
		if _, err := f.w.WriteAt(f.super(g, freeBlocks, freeInodes), at); err != nil {
			return err
		}
	}
	return nil
}

// clearBoot clears what is before the superblock, which may be that of another
// file system.
func (f *format) clearBoot() error {
	if f.Zeroed {
		return nil
	}
	_, err := f.w.WriteAt(make([]byte, superSize), 0)
	return err
}

// super lays out the superblock of a group.
func (f *format) super(g, freeBlocks, freeInodes int64) []byte {
	b := make([]byte, superSize)
	put := func(at int, v int64) { le.PutUint32(b[at:], uint32(v)) }
	log := int64(map[int64]int{1024: 0, 2048: 1, 4096: 2}[f.blockSize])
	now := f.Time.Unix()
	put(0, f.inodesPerGroup*f.layout.groups)
	put(4, f.blocks)
	put(12, freeBlocks)
	put(16, freeInodes)
	put(20, f.first)
	put(24, log)
	put(28, log)
	put(32, f.perGroup)
	put(36, f.perGroup)
	put(40, f.inodesPerGroup)
	put(48, now) // written
	le.PutUint16(b[54:], 0xffff)
	le.PutUint16(b[56:], 0xef53)
	le.PutUint16(b[58:], 1) // clean
	le.PutUint16(b[60:], 1) // go on after errors
	put(64, now)            // checked
	put(76, 1)              // revision
	put(84, firstInode)
	le.PutUint16(b[88:], inodeSize)
	le.PutUint16(b[90:], uint16(g))
	copy(b[104:120], f.UUID[:])
	copy(b[120:136], f.Label)
	copy(b[236:252], f.HashSeed[:])
	b[252] = 1        // half of MD4
	put(256, 0x4|0x8) // mounted with attributes and lists of access
	put(264, now)     // made
	put(352, 1)       // names are hashed as signed bytes
	le.PutUint16(b[348:], 32)
	le.PutUint16(b[350:], 32)
	f.features(b)
	return b
}

// features enters the features and what belongs to them.
func (f *format) features(b []byte) {
	compat, incompat, ro := compatXattr|compatDirIndex, incompatType, roSparse|roLarge
	if f.Journal {
		incompat |= incompatExtents | incompat64
		ro |= roHuge | roNlink | roExtra | roSums
		le.PutUint16(b[254:], uint16(f.descSize))
		b[373] = 1 // checksums are CRC32C
	}
	if f.journalBlocks > 0 {
		compat |= compatJournal
		le.PutUint32(b[224:], journalInode)
		b[253] = 1 // a copy of the journal's block map
		n := inode{begin: f.journal, blocks: f.journalBlocks}
		copy(b[268:], f.blockMap(n))
		le.PutUint32(b[268+64:], uint32(n.blocks*f.blockSize))
	}
	le.PutUint32(b[92:], uint32(compat))
	le.PutUint32(b[96:], uint32(incompat))
	le.PutUint32(b[100:], uint32(ro))
	if f.Journal {
		le.PutUint32(b[1020:], crc(^uint32(0), b[:1020]))
	}
}
