// Clusters (bigalloc): blocks are allocated several at a time, and those of one
// cluster belong to one part of one file.
package ext2fs

import "github.com/rumpkit/rumpkit/kernel/abi"

// Offsets within the superblock.
const sbLogCluster, sbClustersPerGroup = 28, 36

// parseClusters fills in the size of clusters: EINVAL.
func (s *super) parseClusters(p []byte) error {
	s.cpg = s.bpg
	if !s.hasRo(featBigalloc) {
		return nil
	}
	log := le.Uint32(p[sbLogCluster:]) + 10
	if log < uint32(s.bshift) || log > 29 || !s.has(featExtents) || s.firstData != 0 {
		return abi.EINVAL
	}
	s.cshift = uint(log) - s.bshift
	s.cpg = s.bpg >> s.cshift
	if s.cpg != le.Uint32(p[sbClustersPerGroup:]) || s.cpg == 0 || s.cpg%8 != 0 || s.cpg > uint32(8*s.bsize) || s.cpg<<s.cshift != s.bpg {
		return abi.EINVAL
	}
	return nil
}

// cluster returns how many blocks are allocated together.
func (s *super) cluster() uint64 { return 1 << s.cshift }

// clusters returns how many clusters n blocks from the start of one on are in.
func (s *super) clusters(n uint64) uint64 { return (n + s.cluster() - 1) >> s.cshift }

// groupClusters returns how many clusters a group has: bits of its bitmap.
func (s *super) groupClusters(g uint32) uint32 { return uint32(s.clusters(uint64(s.groupBlocks(g)))) }

// clusterAt returns the first block of the cluster that holds the blocks of the
// file around lblk, 0 if there is none.
func (n *node) clusterAt(lblk uint64) (uint64, error) {
	size := n.fs.sb.cluster()
	first := lblk &^ (size - 1)
	for at := first; at < min(first+size, lastBlock); {
		x, err := n.mapBlock(at)
		if err != nil {
			return 0, err
		}
		if x.pblk != 0 {
			x = x.from(uint32(at))
			if x.pblk&(size-1) != at-first {
				return 0, abi.EIO
			}
			return x.pblk - (at - first), nil
		}
		at = x.end()
	}
	return 0, nil
}

// takeBlocks returns blocks in a row for the hole at lblk, want at most, and
// how many were allocated for that: none where the file has their cluster.
func (n *node) takeBlocks(lblk, want uint32) (block uint64, got uint32, taken uint32, err error) {
	s := n.fs.sb
	if s.cshift == 0 {
		block, got, err = n.fs.allocBlocks(n.nearby(), want)
		return block, got, got, err
	}
	mask := uint32(s.cluster() - 1)
	off := lblk & mask
	block, err = n.clusterAt(uint64(lblk))
	if err != nil {
		return 0, 0, 0, err
	}
	if block != 0 {
		return block + uint64(off), min(want, mask+1-off), 0, nil
	}
	if last := lblk + want - 1; last&^mask != lblk&^mask {
		used, err := n.clusterAt(uint64(last))
		if err != nil {
			return 0, 0, 0, err
		}
		if used != 0 {
			want = last&^mask - lblk
		}
	}
	block, taken, err = n.fs.allocBlocks(n.nearby(), off+want)
	return block + uint64(off), min(want, taken-off), taken, err
}

// giveBlocks frees the clusters of blocks a to b of the file, which were those
// from block on, and are no longer its: but for those that hold other blocks of
// it.
func (n *node) giveBlocks(a, b, block uint64) error {
	s := n.fs.sb
	size := s.cluster()
	first, end := a&^(size-1), (b+size-1)&^(size-1)
	block -= a - first
	if s.cshift > 0 {
		used, err := n.clusterAt(a)
		if err == nil && used != 0 {
			first, block = first+size, block+size
		}
		if err == nil && first < end {
			used, err = n.clusterAt(b - 1)
			if used != 0 {
				end -= size
			}
		}
		if err != nil || first >= end {
			return err
		}
	}
	n.fs.addBlocks(n.raw, -int64(end-first))
	return n.fs.freeBlocks(block, end-first, n.isDir())
}
