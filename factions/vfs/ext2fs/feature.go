// Feature flags of the superblock: what is known, and the names of what is not.
package ext2fs

import "strconv"

// Compatible features: who does not know them may still write.
const (
	featHasJournal   = 0x4
	featExtAttr      = 0x8
	featDirIndex     = 0x20
	featSparseSuper2 = 0x200
)

// Incompatible features: who does not know them must not mount.
const (
	featFiletype   = 0x2
	featRecover    = 0x4
	featJournalDev = 0x8
	featMetaBg     = 0x10
	featExtents    = 0x40
	feat64bit      = 0x80
	featMMP        = 0x100
	featFlexBg     = 0x200
	featCsumSeed   = 0x2000
	featLargedir   = 0x4000
	featEAInode    = 0x400
	featInlineData = 0x8000
)

// Features that bind only who writes.
const (
	featSparseSuper  = 0x1
	featLargeFile    = 0x2
	featBtreeDir     = 0x4
	featHugeFile     = 0x8
	featGdtCsum      = 0x10
	featDirNlink     = 0x20
	featExtraIsize   = 0x40
	featBigalloc     = 0x200
	featMetadataCsum = 0x400
)

const (
	knownIncompat = featFiletype | featRecover | featMetaBg | featExtents | feat64bit |
		featFlexBg | featCsumSeed | featLargedir | featMMP | featEAInode | featInlineData
	knownRoCompat = featSparseSuper | featLargeFile | featBtreeDir | featHugeFile | featGdtCsum |
		featDirNlink | featExtraIsize | featMetadataCsum | featBigalloc
)

// incompatName returns the name of an incompatible feature, by its bit.
func incompatName(bit int) string {
	names := [...]string{"compression", "filetype", "needs_recovery", "journal_dev", "meta_bg", "5",
		"extent", "64bit", "mmp", "flex_bg", "ea_inode", "11", "dirdata", "metadata_csum_seed",
		"large_dir", "inline_data", "encrypt", "casefold"}
	if bit < len(names) {
		return names[bit]
	}
	return strconv.Itoa(bit)
}

// roCompatName returns the name of a feature that binds writers, by its bit.
func roCompatName(bit int) string {
	names := [...]string{"sparse_super", "large_file", "btree_dir", "huge_file", "uninit_bg", "dir_nlink",
		"extra_isize", "snapshot", "quota", "bigalloc", "metadata_csum", "replica", "read-only",
		"project", "shared_blocks", "verity", "orphan_present"}
	if bit < len(names) {
		return names[bit]
	}
	return strconv.Itoa(bit)
}

// featureNames lists the features in bits.
func featureNames(bits uint32, name func(int) string) string {
	s := ""
	for i := range 32 {
		if bits&(1<<i) != 0 {
			s += " " + name(i)
		}
	}
	return s
}
