// Processes and threads as kern.proc2 and kern.lwp show them, sysctl(7).

package abi

// Sizes and special values.
const (
	KI_NGROUPS    = 16
	KI_MAXCOMLEN  = 24
	KI_WMESGLEN   = 8
	KI_MAXLOGNAME = 24
	KI_MAXEMULLEN = 16
	KI_LNAMELEN   = 20
	KI_NOCPU      = -1
)

// Flags of KinfoProc2.Eflag.
const (
	EPROC_CTTY    = 0x1
	EPROC_SLEADER = 0x2
)

// States of processes, KinfoProc2.Realstat.
const (
	SIDL    = 1
	SACTIVE = 2
	SDYING  = 3
	SSTOP   = 4
	SZOMB   = 5
	SDEAD   = 6
)

// States of threads, KinfoLwp.Stat.
const (
	LSIDL       = 1
	LSRUN       = 2
	LSSLEEP     = 3
	LSSTOP      = 4
	LSZOMB      = 5
	LSDEAD      = 6
	LSONPROC    = 7
	LSSUSPENDED = 8
)

// Flags of KinfoProc2.Flag.
const (
	P_ADVLOCK       = 0x1
	P_CONTROLT      = 0x2
	P_INMEM         = 0x4
	P_NOCLDSTOP     = 0x8
	P_PPWAIT        = 0x10
	P_PROFIL        = 0x20
	P_SELECT        = 0x40
	P_SINTR         = 0x80
	P_SUGID         = 0x100
	P_SYSTEM        = 0x200
	P_SA            = 0x400
	P_TRACED        = 0x800
	P_WAITED        = 0x1000
	P_WEXIT         = 0x2000
	P_EXEC          = 0x4000
	P_OWEUPC        = 0x8000
	P_FSTRACE       = 0x10000
	P_NOCLDWAIT     = 0x20000
	P_32            = 0x40000
	P_CLDSIGIGN     = 0x80000
	P_SYSTRACE      = 0x200000
	P_CHTRACED      = 0x400000
	P_STOPFORK      = 0x800000
	P_STOPEXEC      = 0x1000000
	P_STOPEXIT      = 0x2000000
	P_SYSCALL       = 0x4000000
	P_PAXMPROTECT   = 0x8000000
	P_PAXNOMPROTECT = 0x10000000
)

// Flags of KinfoLwp.Flag.
const (
	L_INMEM    = 0x4
	L_SELECT   = 0x40
	L_SINTR    = 0x80
	L_SYSTEM   = 0x200
	L_SA       = 0x400
	L_DETACHED = 0x800000
)

// Flags of _lwp_create(2).
const (
	LWP_DETACHED  = 0x40
	LWP_SUSPENDED = 0x80
	LWP_PIDLID    = 0x40000000
	LWP_VFORK     = 0x80000000
)

// KinfoProc2 is struct kinfo_proc2.
type KinfoProc2 struct {
	Forw        uint64
	Back        uint64
	Paddr       uint64
	Addr        uint64
	Fd          uint64
	Cwdi        uint64
	Stats       uint64
	Limit       uint64
	Vmspace     uint64
	Sigacts     uint64
	Sess        uint64
	Tsess       uint64
	Ru          uint64
	Eflag       int32
	Exitsig     int32
	Flag        int32
	Pid         int32
	Ppid        int32
	Sid         int32
	Pgid        int32
	Tpgid       int32
	Uid         uint32
	Ruid        uint32
	Gid         uint32
	Rgid        uint32
	Groups      [16]uint32
	Ngroups     int16
	Jobc        int16
	Tdev        uint32
	Estcpu      uint32
	RtimeSec    uint32
	RtimeUsec   uint32
	Cpticks     int32
	Pctcpu      uint32
	Swtime      uint32
	Slptime     uint32
	Schedflags  int32
	Uticks      uint64
	Sticks      uint64
	Iticks      uint64
	Tracep      uint64
	Traceflag   int32
	Holdcnt     int32
	Siglist     Sigset
	Sigmask     Sigset
	Sigignore   Sigset
	Sigcatch    Sigset
	Stat        int8
	Priority    uint8
	Usrpri      uint8
	Nice        uint8
	Xstat       uint16
	Acflag      uint16
	Comm        [24]byte
	Wmesg       [8]byte
	Wchan       uint64
	Login       [24]byte
	VmRssize    int32
	VmTsize     int32
	VmDsize     int32
	VmSsize     int32
	Uvalid      int64
	UstartSec   uint32
	UstartUsec  uint32
	UutimeSec   uint32
	UutimeUsec  uint32
	UstimeSec   uint32
	UstimeUsec  uint32
	UruMaxrss   uint64
	UruIxrss    uint64
	UruIdrss    uint64
	UruIsrss    uint64
	UruMinflt   uint64
	UruMajflt   uint64
	UruNswap    uint64
	UruInblock  uint64
	UruOublock  uint64
	UruMsgsnd   uint64
	UruMsgrcv   uint64
	UruNsignals uint64
	UruNvcsw    uint64
	UruNivcsw   uint64
	UctimeSec   uint32
	UctimeUsec  uint32
	Cpuid       uint64
	Realflag    uint64
	Nlwps       uint64
	Nrlwps      uint64
	Realstat    uint64
	Svuid       uint32
	Svgid       uint32
	Ename       [16]byte
	VmVsize     int64
	VmMsize     int64
}

// KinfoLwp is struct kinfo_lwp.
type KinfoLwp struct {
	Forw       uint64
	Back       uint64
	Laddr      uint64
	Addr       uint64
	Lid        int32
	Flag       int32
	Swtime     uint32
	Slptime    uint32
	Schedflags int32
	Holdcnt    int32
	Priority   uint8
	Usrpri     uint8
	Stat       int8
	Pad1       int8
	Pad2       int32
	Wmesg      [8]byte
	Wchan      uint64
	Cpuid      uint64
	RtimeSec   uint32
	RtimeUsec  uint32
	Cpticks    uint32
	Pctcpu     uint32
	Pid        uint32
	Name       [20]byte
}
