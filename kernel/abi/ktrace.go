// Tracing, ktrace(2).

package abi

// Operations of ktrace(2).
const (
	KTROP_SET       = 0x0
	KTROP_CLEAR     = 0x1
	KTROP_CLEARFILE = 0x2
	KTROP_MASK      = 0x3
	KTRFLAG_DESCEND = 0x4
)

// Types of records, KtrHeader.Type.
const (
	KTR_SYSCALL  = 1
	KTR_SYSRET   = 2
	KTR_NAMEI    = 3
	KTR_GENIO    = 4
	KTR_PSIG     = 5
	KTR_CSW      = 6
	KTR_EMUL     = 7
	KTR_USER     = 8
	KTR_EXEC_ARG = 10
	KTR_EXEC_ENV = 11
	KTR_SAUPCALL = 13
	KTR_MIB      = 14
	KTR_EXEC_FD  = 15
)

// What to trace.
const (
	KTRFAC_MASK       = 0xffffff
	KTRFAC_SYSCALL    = 0x2
	KTRFAC_SYSRET     = 0x4
	KTRFAC_NAMEI      = 0x8
	KTRFAC_GENIO      = 0x10
	KTRFAC_PSIG       = 0x20
	KTRFAC_CSW        = 0x40
	KTRFAC_EMUL       = 0x80
	KTRFAC_USER       = 0x100
	KTRFAC_EXEC_ARG   = 0x400
	KTRFAC_EXEC_ENV   = 0x800
	KTRFAC_MIB        = 0x4000
	KTRFAC_EXEC_FD    = 0x8000
	KTRFAC_PERSISTENT = 0x80000000
	KTRFAC_INHERIT    = 0x40000000
	KTRFAC_TRC_EMUL   = 0x10000000
	KTRFAC_VER_MASK   = 0xf000000
	KTRFAC_VER_SHIFT  = 24
)

// Versions of records, in the place of KTRFAC_VER_MASK.
const (
	KTRFACv0 = 0x00000000
	KTRFACv1 = 0x01000000
	KTRFACv2 = 0x02000000
)

// Limits of records.
const (
	KTR_SHIMLEN       = 8
	KTR_USER_MAXIDLEN = 20
	KTR_USER_MAXLEN   = 2048
)

// Directions of a KtrGenio.
const (
	UIO_READ  = 0
	UIO_WRITE = 1
)

// KtrHeader is struct ktr_header, the head of a record of version 2; Len bytes follow it.
type KtrHeader struct {
	Len     int32
	Type    int16
	Version int16
	Pid     int32
	Comm    [17]byte
	_       [3]byte
	Ts      Timespec
	Lid     int32
	_       [4]byte
}

// KtrSyscall is struct ktr_syscall; Argsize bytes of arguments follow.
type KtrSyscall struct {
	Code    int32
	Argsize int32
}

// KtrSysret is struct ktr_sysret.
type KtrSysret struct {
	Code    int16
	Eosys   int16
	Error   int32
	Retval  int64
	Retval1 int64
}

// KtrGenio is struct ktr_genio; the bytes follow.
type KtrGenio struct {
	Fd int32
	Rw int32
}

// KtrPsig is struct ktr_psig; a Siginfo may follow.
type KtrPsig struct {
	Signo  int32
	_      [4]byte
	Action uint64
	Mask   Sigset
	Code   int32
	_      [4]byte
}

// KtrCsw is struct ktr_csw: a context switch.
type KtrCsw struct {
	Out  int32
	User int32
}

// KtrUser is struct ktr_user, utrace(2); the data follow.
type KtrUser struct {
	Id [20]byte
}
