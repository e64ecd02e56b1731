// The random device, rnd(4).

package abi

// Ioctls of rnd(4).
const (
	RNDGETENTCNT   = 0x40045265
	RNDGETSRCNUM   = 0xc1205266
	RNDGETSRCNAME  = 0xc02c5267
	RNDCTL         = 0x801c5268
	RNDADDDATA     = 0x82085269
	RNDGETPOOLSTAT = 0x4020526a
	RNDGETESTNUM   = 0xc1c0526b
	RNDGETESTNAME  = 0xc03c526c
)

// Flags of a source.
const (
	RND_FLAG_NO_ESTIMATE    = 0x100
	RND_FLAG_NO_COLLECT     = 0x200
	RND_FLAG_FAST           = 0x400
	RND_FLAG_HASCB          = 0x800
	RND_FLAG_COLLECT_TIME   = 0x1000
	RND_FLAG_COLLECT_VALUE  = 0x2000
	RND_FLAG_ESTIMATE_TIME  = 0x4000
	RND_FLAG_ESTIMATE_VALUE = 0x8000
	RND_FLAG_HASENABLE      = 0x10000
	RND_FLAG_DEFAULT        = 0x7000
)

// Types of sources.
const (
	RND_TYPE_UNKNOWN = 0
	RND_TYPE_DISK    = 1
	RND_TYPE_NET     = 2
	RND_TYPE_TAPE    = 3
	RND_TYPE_TTY     = 4
	RND_TYPE_RNG     = 5
	RND_TYPE_SKEW    = 6
	RND_TYPE_ENV     = 7
	RND_TYPE_VM      = 8
	RND_TYPE_POWER   = 9
	RND_TYPE_MAX     = 9
)

// Most sources one ioctl reports, and words of a saved seed.
const (
	RND_SAVEWORDS    = 128
	RND_MAXSTATCOUNT = 10
)

// Rndsource is rndsource_t: a source of entropy.
type Rndsource struct {
	Name  [16]byte
	Total uint32
	Type  uint32
	Flags uint32
}

// RndsourceEst is rndsource_est_t: a source with its estimators.
type RndsourceEst struct {
	Rt        Rndsource
	DtSamples uint32
	DtTotal   uint32
	DvSamples uint32
	DvTotal   uint32
}

// Rndstat is rndstat_t, RNDGETSRCNUM.
type Rndstat struct {
	Start  uint32
	Count  uint32
	Source [10]Rndsource
}

// RndstatEst is rndstat_est_t, RNDGETESTNUM.
type RndstatEst struct {
	Start  uint32
	Count  uint32
	Source [10]RndsourceEst
}

// Rnddata is rnddata_t, RNDADDDATA. Entropy is in bits.
type Rnddata struct {
	Len     uint32
	Entropy uint32
	Data    [512]byte
}

// Rndctl is rndctl_t, RNDCTL.
type Rndctl struct {
	Name  [16]byte
	Type  uint32
	Flags uint32
	Mask  uint32
}

// Rndpoolstat is rndpoolstat_t, RNDGETPOOLSTAT.
type Rndpoolstat struct {
	Poolsize   uint32
	Threshold  uint32
	Maxentropy uint32
	Added      uint32
	Curentropy uint32
	Removed    uint32
	Discarded  uint32
	Generated  uint32
}
