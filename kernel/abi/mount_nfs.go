// Arguments of mount(2) for nfs and puffs.

package abi

// Version and flags of NfsArgs.
const (
	NFS_ARGSVERSION       = 0x3
	NFSMNT_SOFT           = 0x1
	NFSMNT_WSIZE          = 0x2
	NFSMNT_RSIZE          = 0x4
	NFSMNT_TIMEO          = 0x8
	NFSMNT_RETRANS        = 0x10
	NFSMNT_MAXGRPS        = 0x20
	NFSMNT_INT            = 0x40
	NFSMNT_NOCONN         = 0x80
	NFSMNT_NQNFS          = 0x100
	NFSMNT_NFSV3          = 0x200
	NFSMNT_KERB           = 0x400
	NFSMNT_DUMBTIMR       = 0x800
	NFSMNT_LEASETERM      = 0x1000
	NFSMNT_READAHEAD      = 0x2000
	NFSMNT_DEADTHRESH     = 0x4000
	NFSMNT_RESVPORT       = 0x8000
	NFSMNT_RDIRPLUS       = 0x10000
	NFSMNT_READDIRSIZE    = 0x20000
	NFSMNT_XLATECOOKIE    = 0x40000
	NFSMNT_NOAC           = 0x80000
	NFSMNT_HASWRITEVERF   = 0x1
	NFSMNT_GOTPATHCONF    = 0x2
	NFSMNT_GOTFSINFO      = 0x4
	NFSMNT_MNTD           = 0x8
	NFSMNT_DISMNT         = 0x20
	NFSMNT_SNDLOCK        = 0x40
	NFSMNT_WANTSND        = 0x80
	NFSMNT_RCVLOCK        = 0x100
	NFSMNT_WANTRCV        = 0x200
	NFSMNT_WAITAUTH       = 0x400
	NFSMNT_HASAUTH        = 0x800
	NFSMNT_WANTAUTH       = 0x1000
	NFSMNT_AUTHERR        = 0x2000
	NFSMNT_SWAPCOOKIE     = 0x4000
	NFSMNT_STALEWRITEVERF = 0x8000
	NFSMNT_WCCKLUDGE      = 0x10000
	NFSMNT_DISMNTFORCE    = 0x20000
)

// NfsArgs is struct nfs_args, mount_nfs(8).
type NfsArgs struct {
	Version      int32
	_            [4]byte
	Addr         uint64
	Addrlen      int32
	Sotype       int32
	Proto        int32
	_            [4]byte
	Fh           uint64
	Fhsize       int32
	Flags        int32
	Wsize        int32
	Rsize        int32
	Readdirsize  int32
	Timeo        int32
	Retrans      int32
	Maxgrouplist int32
	Readahead    int32
	Leaseterm    int32
	Deadthresh   int32
	_            [4]byte
	Hostname     uint64
}

// Flags of nfssvc(2).
const (
	NFSSVC_BIOD           = 0x2
	NFSSVC_NFSD           = 0x4
	NFSSVC_ADDSOCK        = 0x8
	NFSSVC_AUTHIN         = 0x10
	NFSSVC_GOTAUTH        = 0x40
	NFSSVC_AUTHINFAIL     = 0x80
	NFSSVC_MNTD           = 0x100
	NFSSVC_SETEXPORTSLIST = 0x200
)

// Version, sizes and flags of PuffsKargs.
const (
	PUFFSVERSION                 = 0x1e
	PUFFS_TYPELEN                = 0x18
	PUFFS_NAMELEN                = 0x3ff
	PUFFS_KFLAG_NOCACHE_NAME     = 0x1
	PUFFS_KFLAG_NOCACHE_PAGE     = 0x2
	PUFFS_KFLAG_NOCACHE          = 0x3
	PUFFS_KFLAG_ALLOPS           = 0x4
	PUFFS_KFLAG_WTCACHE          = 0x8
	PUFFS_KFLAG_IAONDEMAND       = 0x10
	PUFFS_KFLAG_LOOKUP_FULLPNBUF = 0x20
	PUFFS_KFLAG_NOCACHE_ATTR     = 0x40
	PUFFS_KFLAG_CACHE_FS_TTL     = 0x80
	PUFFS_KFLAG_CACHE_DOTDOT     = 0x100
	PUFFS_KFLAG_NOFLUSH_META     = 0x200
	PUFFS_KFLAG_MASK             = 0x3bf
	PUFFS_FHFLAG_DYNAMIC         = 0x1
	PUFFS_FHFLAG_NFSV2           = 0x2
	PUFFS_FHFLAG_NFSV3           = 0x4
	PUFFS_FHFLAG_PROTOMASK       = 0x6
	PUFFS_FHFLAG_PASSTHROUGH     = 0x8
	PUFFS_FHFLAG_MASK            = 0xf
	PUFFS_FHSIZE_MAX             = 0x3fc
)

// PuffsKargs is struct puffs_kargs, puffs(4).
type PuffsKargs struct {
	Vers         uint32
	Fd           int32
	Flags        uint32
	_            [4]byte
	Maxmsglen    uint64
	Nhashbuckets int32
	_            [4]byte
	Fhsize       uint64
	Fhflags      int32
	Vnopmask     [78]byte
	Typename     [32]byte
	Mntfromname  [1024]byte
	_            [6]byte
	RootCookie   uint64
	RootVtype    int32
	_            [4]byte
	RootVsize    int64
	Dev          uint64
	Svfsb        Statvfs
	Time32       uint32
	Spare        [127]uint32
}
