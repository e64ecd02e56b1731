// Where everything goes: sizes, groups of blocks, and what each begins with.
package mkfs

const (
	inodeSize = 256
	// firstInode is the first that is not reserved: lost+found.
	firstInode = 11
	// smallSize is below which blocks are of 1024 bytes, and files thought small.
	smallSize = 512 << 20
	// least is how many blocks of use the last group must have.
	least = 50
	// lostSize is the room that lost+found is made with, in bytes.
	lostSize = 16 << 10
	// direct is how many blocks an inode of ext2 holds itself.
	direct = 12
)

// layout is a file system in blocks.
type layout struct {
	Options
	blockSize, blocks, first            int64
	perGroup, groups                    int64
	inodesPerGroup, tableBlocks         int64
	descSize, descBlocks, journalBlocks int64
}

// plan chooses what o leaves open.
func plan(size int64, o Options) (*layout, error) {
	l := &layout{Options: o, blockSize: int64(o.BlockSize), descSize: 32}
	switch {
	case len(o.Label) > 16:
		return nil, ErrLabel
	case o.BlockSize == 0 && size < smallSize:
		l.blockSize = 1024
	case o.BlockSize == 0:
		l.blockSize = 4096
	case o.BlockSize != 1024 && o.BlockSize != 2048 && o.BlockSize != 4096:
		return nil, ErrBlockSize
	}
	if l.blockSize == 1024 {
		l.first = 1
	}
	if o.Journal {
		l.descSize = 64
	}
	l.blocks = size / l.blockSize
	if l.blocks >= 1<<32 {
		return nil, ErrLarge
	}
	l.perGroup = 8 * l.blockSize
	if err := l.divide(); err != nil {
		return nil, err
	}
	return l, l.planJournal()
}

// divide makes groups of the blocks. A last one that would hold little but its
// own metadata is left off.
func (l *layout) divide() error {
	for {
		l.groups = ceil(l.blocks-l.first, l.perGroup)
		if l.groups < 1 {
			return ErrSmall
		}
		l.descBlocks = ceil(l.groups*l.descSize, l.blockSize)
		if err := l.planInodes(); err != nil {
			return err
		}
		last := l.groups - 1
		if l.groupSize(last) >= l.overhead(last)+least {
			return nil
		}
		if last == 0 {
			return ErrSmall
		}
		l.blocks = l.begin(last)
	}
}

// planInodes spreads the inodes over the groups, whole blocks of them in each.
func (l *layout) planInodes() error {
	want := l.Inodes
	if want == 0 {
		ratio := int64(16384)
		if l.blocks*l.blockSize < smallSize {
			ratio = 4096
		}
		want = l.blocks * l.blockSize / ratio
	}
	each := l.blockSize / inodeSize
	n := max(ceil(want, l.groups), 2*8)
	n = ceil(ceil(n, each)*each, 8) * 8
	if n > 8*l.blockSize || n*l.groups >= 1<<32 {
		return ErrInodes
	}
	l.inodesPerGroup, l.tableBlocks = n, n/each
	return nil
}

// planJournal chooses the size of the journal, 0 where there is no room.
func (l *layout) planJournal() error {
	if !l.Journal {
		return nil
	}
	switch {
	case l.blocks < 2048:
	case l.blocks < 32768:
		l.journalBlocks = 1024
	case l.blocks < 256<<10 || l.blockSize == 1024:
		l.journalBlocks = 4096
	case l.blocks < 512<<10 || l.blockSize == 2048:
		l.journalBlocks = 8192
	default:
		l.journalBlocks = 16384
	}
	free := l.groupSize(0) - l.overhead(0) - 1 - l.lostBlocks()
	for g := int64(1); g < l.groups; g++ {
		free = max(free, l.groupSize(g)-l.overhead(g))
	}
	if free < l.journalBlocks {
		return ErrInodes
	}
	return nil
}

func (l *layout) lostBlocks() int64 { return min(lostSize/l.blockSize, direct) }

// begin returns the first block of a group.
func (l *layout) begin(g int64) int64 { return l.first + g*l.perGroup }

// groupSize returns how many blocks a group has.
func (l *layout) groupSize(g int64) int64 { return min(l.perGroup, l.blocks-l.begin(g)) }

// headSize returns the blocks of superblock and descriptors that a group
// begins with: the first two have them, and powers of 3, 5 and 7.
func (l *layout) headSize(g int64) int64 {
	if g <= 1 || power(g, 3) || power(g, 5) || power(g, 7) {
		return 1 + l.descBlocks
	}
	return 0
}

func power(n, of int64) bool {
	for n%of == 0 {
		n /= of
	}
	return n == 1
}

// overhead returns how many blocks of metadata a group begins with: its head,
// two bitmaps and the table of inodes.
func (l *layout) overhead(g int64) int64 { return l.headSize(g) + 2 + l.tableBlocks }

// blockBitmap, inodeBitmap and table are where a group has them.
func (l *layout) blockBitmap(g int64) int64 { return l.begin(g) + l.headSize(g) }
func (l *layout) inodeBitmap(g int64) int64 { return l.blockBitmap(g) + 1 }
func (l *layout) table(g int64) int64       { return l.blockBitmap(g) + 2 }

func ceil(a, b int64) int64 { return (a + b - 1) / b }
