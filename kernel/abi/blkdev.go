// Ioctls of pseudo disks: vnd(4), cgd(4), md(4), fss(4).

package abi

// Ioctls of vnd(4).
const (
	VNDIOCSET = 0xc0284600
	VNDIOCCLR = 0x80284601
	VNDIOCGET = 0xc0184603
)

// Flags of a VndIoctl.
const (
	VNDIOF_HASGEOM  = 0x1
	VNDIOF_READONLY = 0x2
	VNDIOF_FORCE    = 0x4
)

// Vndgeom is struct vndgeom, the geometry of a vnd(4).
type Vndgeom struct {
	Secsize    uint32
	Nsectors   uint32
	Ntracks    uint32
	Ncylinders uint32
}

// VndIoctl is struct vnd_ioctl, VNDIOCSET.
type VndIoctl struct {
	File  uint64
	Flags int32
	Geom  Vndgeom
	Osize uint32
	Size  uint64
}

// VndUser is struct vnd_user, VNDIOCGET.
type VndUser struct {
	Unit int32
	_    [4]byte
	Dev  uint64
	Ino  uint64
}

// Ioctls of cgd(4).
const (
	CGDIOCSET = 0xc0404612
	CGDIOCCLR = 0x80404613
	CGDIOCGET = 0xc0404614
)

// Limits and modes of cgd(4).
const (
	CGD_CIPHER_CBC_ENCBLKNO8 = 1
	CGD_CIPHER_CBC_ENCBLKNO1 = 2
	CGD_MAXBLOCKSIZE         = 128
)

// CgdIoctl is struct cgd_ioctl, CGDIOCSET.
type CgdIoctl struct {
	Disk      uint64
	Flags     int32
	Unit      int32
	Size      uint64
	Alg       uint64
	Ivmethod  uint64
	Keylen    uint64
	Key       uint64
	Blocksize uint64
}

// CgdUser is struct cgd_user, CGDIOCGET.
type CgdUser struct {
	Unit      int32
	_         [4]byte
	Dev       uint64
	Alg       [32]byte
	Blocksize uint64
	Mode      int32
	Keylen    int32
}

// Ioctls of md(4).
const (
	MD_GETCONF = 0x40187200
	MD_SETCONF = 0x80187201
)

// Kinds of memory of md(4).
const (
	MD_UNCONFIGURED   = 0
	MD_KMEM_FIXED     = 1
	MD_KMEM_ALLOCATED = 2
	MD_UMEM_SERVER    = 3
)

// MdConf is struct md_conf, MD_SETCONF.
type MdConf struct {
	Addr uint64
	Size uint64
	Type int32
	_    [4]byte
}

// Ioctls of fss(4).
const (
	FSSIOCSET = 0x80184605
	FSSIOCGET = 0x40884601
	FSSIOCCLR = 0x20004602
	FSSIOFSET = 0x80044603
	FSSIOFGET = 0x40044604
)

// Flags of an FssSet.
const (
	FSS_UNCONFIG_ON_CLOSE = 0x1
	FSS_UNLINK_ON_CREATE  = 0x2
)

// FssSet is struct fss_set, FSSIOCSET.
type FssSet struct {
	Mount  uint64
	Bstore uint64
	Csize  int32
	Flags  int32
}

// FssGet is struct fss_get, FSSIOCGET.
type FssGet struct {
	Mount     [90]byte
	_         [6]byte
	Time      Timeval
	Csize     int32
	_         [4]byte
	MountSize int64
	BsSize    int64
}
