// The precision time interface, ntp_adjtime(2).

package abi

// Bits of Timex.Modes: which members to set.
const (
	MOD_OFFSET    = 0x1
	MOD_FREQUENCY = 0x2
	MOD_MAXERROR  = 0x4
	MOD_ESTERROR  = 0x8
	MOD_STATUS    = 0x10
	MOD_TIMECONST = 0x20
	MOD_PPSMAX    = 0x40
	MOD_TAI       = 0x80
	MOD_MICRO     = 0x1000
	MOD_NANO      = 0x2000
	MOD_CLKB      = 0x4000
	MOD_CLKA      = 0x8000
)

// Bits of Timex.Status.
const (
	STA_PLL       = 0x1
	STA_PPSFREQ   = 0x2
	STA_PPSTIME   = 0x4
	STA_FLL       = 0x8
	STA_INS       = 0x10
	STA_DEL       = 0x20
	STA_UNSYNC    = 0x40
	STA_FREQHOLD  = 0x80
	STA_PPSSIGNAL = 0x100
	STA_PPSJITTER = 0x200
	STA_PPSWANDER = 0x400
	STA_PPSERROR  = 0x800
	STA_CLOCKERR  = 0x1000
	STA_NANO      = 0x2000
	STA_MODE      = 0x4000
	STA_CLK       = 0x8000
	STA_RONLY     = 0xff00
)

// States of the clock, the result of ntp_gettime(2).
const (
	TIME_OK    = 0
	TIME_INS   = 1
	TIME_DEL   = 2
	TIME_OOP   = 3
	TIME_WAIT  = 4
	TIME_ERROR = 5
)

// Limits of the clock discipline.
const (
	NTP_API    = 4
	MAXPHASE   = 500000000
	MAXFREQ    = 500000
	MINSEC     = 256
	MAXSEC     = 2048
	NANOSECOND = 1000000000
	SCALE_PPM  = 65
	MAXTC      = 10
)

// Timex is struct timex, ntp_adjtime(2).
type Timex struct {
	Modes     uint32
	_         [4]byte
	Offset    int64
	Freq      int64
	Maxerror  int64
	Esterror  int64
	Status    int32
	_         [4]byte
	Constant  int64
	Precision int64
	Tolerance int64
	Ppsfreq   int64
	Jitter    int64
	Shift     int32
	_         [4]byte
	Stabil    int64
	Jitcnt    int64
	Calcnt    int64
	Errcnt    int64
	Stbcnt    int64
}

// Ntptimeval is struct ntptimeval, ntp_gettime(2).
type Ntptimeval struct {
	Time      Timespec
	Maxerror  int64
	Esterror  int64
	Tai       int64
	TimeState int32
	_         [4]byte
}
