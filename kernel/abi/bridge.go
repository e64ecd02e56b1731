// Bridges, bridge(4).

package abi

// Commands of SIOCSDRVSPEC and SIOCGDRVSPEC on a bridge, Ifdrv.Cmd.
const (
	BRDGADD     = 0
	BRDGDEL     = 1
	BRDGGIFFLGS = 2
	BRDGSIFFLGS = 3
	BRDGSCACHE  = 4
	BRDGGCACHE  = 5
	OBRDGGIFS   = 6
	OBRDGRTS    = 7
	BRDGSADDR   = 8
	BRDGSTO     = 9
	BRDGGTO     = 10
	BRDGDADDR   = 11
	BRDGFLUSH   = 12
	BRDGGPRI    = 13
	BRDGSPRI    = 14
	BRDGGHT     = 15
	BRDGSHT     = 16
	BRDGGFD     = 17
	BRDGSFD     = 18
	BRDGGMA     = 19
	BRDGSMA     = 20
	BRDGSIFPRIO = 21
	BRDGSIFCOST = 22
	BRDGGFILT   = 23
	BRDGSFILT   = 24
	BRDGGIFS    = 25
	BRDGRTS     = 26
)

// Flags of a member of a bridge, Ifbreq.Ifsflags.
const (
	IFBIF_LEARNING = 0x1
	IFBIF_DISCOVER = 0x2
	IFBIF_STP      = 0x4
)

// Flags of flushing and filtering.
const (
	IFBF_FLUSHDYN    = 0x0
	IFBF_FLUSHALL    = 0x1
	IFBF_FILT_USEIPF = 0x1
	IFBF_FILT_MASK   = 0x1
)

// Flags of a learned address, Ifbareq.Flags.
const (
	IFBAF_TYPEMASK = 0x3
	IFBAF_DYNAMIC  = 0x0
	IFBAF_STATIC   = 0x1
)

// States of a member in the spanning tree.
const (
	BSTP_IFSTATE_DISABLED   = 0
	BSTP_IFSTATE_LISTENING  = 1
	BSTP_IFSTATE_LEARNING   = 2
	BSTP_IFSTATE_FORWARDING = 3
	BSTP_IFSTATE_BLOCKING   = 4
)

// Ifbreq is struct ifbreq: a member of a bridge.
type Ifbreq struct {
	Ifsname  [16]byte
	Ifsflags uint32
	State    uint8
	Priority uint8
	PathCost uint8
	Portno   uint8
}

// Ifbifconf is struct ifbifconf: a list of members. Buf points to Len bytes.
type Ifbifconf struct {
	Len uint32
	_   [4]byte
	Buf uint64
}

// Ifbareq is struct ifbareq: an address a bridge knows.
type Ifbareq struct {
	Ifsname [16]byte
	Expire  int64
	Flags   uint8
	Dst     [6]byte
	_       [1]byte
}

// Ifbaconf is struct ifbaconf: a list of addresses. Buf points to Len bytes.
type Ifbaconf struct {
	Len uint32
	_   [4]byte
	Buf uint64
}

// Ifbrparam is struct ifbrparam: a parameter of a bridge, a union of integers.
type Ifbrparam struct {
	Int32 uint32
}
