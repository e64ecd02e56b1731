// The log-structured file system's cleaner calls, lfs_markv(2).

package abi

// BlockInfo is struct block_info, lfs_bmapv(2) and lfs_markv(2).
type BlockInfo struct {
	Inode     uint64
	Lbn       int64
	Daddr     int64
	Segcreate uint64
	Version   int32
	Size      int32
	Bp        uint64
}
