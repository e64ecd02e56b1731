// Open files, sockets, memory, buffers and drivers as sysctl(7) shows them.

package abi

// Types of open files, KinfoFile.Ftype.
const (
	DTYPE_VNODE  = 1
	DTYPE_SOCKET = 2
	DTYPE_PIPE   = 3
	DTYPE_KQUEUE = 4
	DTYPE_MISC   = 5
	DTYPE_CRYPTO = 6
	DTYPE_MQUEUE = 7
	DTYPE_SEM    = 8
)

// KinfoFile is struct kinfo_file, kern.file2.
type KinfoFile struct {
	Fileaddr    uint64
	Flag        uint32
	Iflags      uint32
	Ftype       uint32
	Count       uint32
	Msgcount    uint32
	Usecount    uint32
	Fucred      uint64
	Fuid        uint32
	Fgid        uint32
	Fops        uint64
	Foffset     uint64
	Fdata       uint64
	Vun         uint64
	Vsize       uint64
	Vtype       uint32
	Vtag        uint32
	Vdata       uint64
	Pid         uint32
	Fd          int32
	Ofileflags  uint32
	Padto64bits uint32
}

// KinfoPcb is struct kinfo_pcb, the pcblist nodes. S and D hold socket addresses.
type KinfoPcb struct {
	Pcbaddr  uint64
	Ppcbaddr uint64
	Sockaddr uint64
	Family   uint32
	Type     uint32
	Protocol uint32
	Pflags   uint32
	Sostate  uint32
	Prstate  uint32
	Tstate   int32
	Tflags   uint32
	Rcvq     uint64
	Sndq     uint64
	S        [264]byte
	D        [264]byte
	Inode    uint64
	Vnode    uint64
	Conn     uint64
	Refs     uint64
	Nextref  uint64
}

// KinfoDrivers is struct kinfo_drivers, kern.drivers. A major number that is none is -1.
type KinfoDrivers struct {
	Cmajor int32
	Bmajor int32
	Name   [24]byte
}

// BufSysctl is struct buf_sysctl, kern.buf.
type BufSysctl struct {
	Flags    uint32
	Error    int32
	Prio     int32
	Dev      uint32
	Bufsize  uint64
	Bcount   uint64
	Resid    uint64
	Addr     uint64
	Blkno    uint64
	Rawblkno uint64
	Iodone   uint64
	Proc     uint64
	Vp       uint64
	Saveaddr uint64
	Lblkno   uint64
}

// EvcntSysctl is struct evcnt_sysctl, kern.evcnt: the head of a record; group and name
// follow with their NULs.
type EvcntSysctl struct {
	Count    uint64
	Addr     uint64
	Parent   uint64
	Type     uint8
	Grouplen uint8
	Namelen  uint8
	Len      uint8
	_        [4]byte
}

// Vmtotal is struct vmtotal, vm.vmmeter.
type Vmtotal struct {
	Rq        int16
	Dw        int16
	Pw        int16
	Sl        int16
	Reserved1 int16
	_         [2]byte
	Vm        int32
	Avm       int32
	Rm        int32
	Arm       int32
	Vmshr     int32
	Avmshr    int32
	Rmshr     int32
	Armshr    int32
	Free      int32
}
