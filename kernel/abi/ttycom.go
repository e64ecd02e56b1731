// Ioctls of terminals, tty(4), pty(4).

package abi

// Ioctls of terminals.
const (
	TIOCEXCL         = 0x2000740d
	TIOCNXCL         = 0x2000740e
	TIOCFLUSH        = 0x80047410
	TIOCGETA         = 0x402c7413
	TIOCSETA         = 0x802c7414
	TIOCSETAW        = 0x802c7415
	TIOCSETAF        = 0x802c7416
	TIOCGETD         = 0x4004741a
	TIOCSETD         = 0x8004741b
	TIOCGLINED       = 0x40207442
	TIOCSLINED       = 0x80207443
	TIOCSBRK         = 0x2000747b
	TIOCCBRK         = 0x2000747a
	TIOCSDTR         = 0x20007479
	TIOCCDTR         = 0x20007478
	TIOCGPGRP        = 0x40047477
	TIOCSPGRP        = 0x80047476
	TIOCOUTQ         = 0x40047473
	TIOCSTI          = 0x80017472
	TIOCNOTTY        = 0x20007471
	TIOCPKT          = 0x80047470
	TIOCSTOP         = 0x2000746f
	TIOCSTART        = 0x2000746e
	TIOCMSET         = 0x8004746d
	TIOCMBIS         = 0x8004746c
	TIOCMBIC         = 0x8004746b
	TIOCMGET         = 0x4004746a
	TIOCREMOTE       = 0x80047469
	TIOCGWINSZ       = 0x40087468
	TIOCSWINSZ       = 0x80087467
	TIOCUCNTL        = 0x80047466
	TIOCSTAT         = 0x80047465
	TIOCGSID         = 0x40047463
	TIOCCONS         = 0x80047462
	TIOCSCTTY        = 0x20007461
	TIOCEXT          = 0x80047460
	TIOCSIG          = 0x2000745f
	TIOCDRAIN        = 0x2000745e
	TIOCGFLAGS       = 0x4004745d
	TIOCSFLAGS       = 0x8004745c
	TIOCDCDTIMESTAMP = 0x40107458
	TIOCRCVFRAME     = 0x80087445
	TIOCXMTFRAME     = 0x80087444
	TIOCPTMGET       = 0x48087446
	TIOCGRANTPT      = 0x20007447
	TIOCPTSNAME      = 0x48087448
	TIOCSQSIZE       = 0x80047480
	TIOCGQSIZE       = 0x40047481
)

// Older names of the window size ioctls.
const (
	TIOCGSIZE = 0x40087468
	TIOCSSIZE = 0x80087467
)

// Modem lines, TIOCMGET.
const (
	TIOCM_LE  = 0x1
	TIOCM_DTR = 0x2
	TIOCM_RTS = 0x4
	TIOCM_ST  = 0x8
	TIOCM_SR  = 0x10
	TIOCM_CTS = 0x20
	TIOCM_CAR = 0x40
	TIOCM_CD  = 0x40
	TIOCM_RNG = 0x80
	TIOCM_RI  = 0x80
	TIOCM_DSR = 0x100
)

// First byte read in packet mode, TIOCPKT of pty(4).
const (
	TIOCPKT_DATA       = 0x0
	TIOCPKT_FLUSHREAD  = 0x1
	TIOCPKT_FLUSHWRITE = 0x2
	TIOCPKT_STOP       = 0x4
	TIOCPKT_START      = 0x8
	TIOCPKT_NOSTOP     = 0x10
	TIOCPKT_DOSTOP     = 0x20
	TIOCPKT_IOCTL      = 0x40
)

// Flags of a line, TIOCGFLAGS.
const (
	TIOCFLAG_SOFTCAR = 0x1
	TIOCFLAG_CLOCAL  = 0x2
	TIOCFLAG_CRTSCTS = 0x4
	TIOCFLAG_MDMBUF  = 0x8
	TIOCFLAG_CDTRCTS = 0x10
)

// Line disciplines, TIOCGETD.
const (
	TTLINEDNAMELEN = 32
	TTYDISC        = 0
	TABLDISC       = 3
	SLIPDISC       = 4
	PPPDISC        = 5
	STRIPDISC      = 6
	HDLCDISC       = 9
)

// Winsize is struct winsize, TIOCGWINSZ: characters, then pixels.
type Winsize struct {
	Row    uint16
	Col    uint16
	Xpixel uint16
	Ypixel uint16
}

// Ptmget is struct ptmget, TIOCPTMGET of ptm(4).
type Ptmget struct {
	Cfd int32
	Sfd int32
	Cn  [1024]byte
	Sn  [1024]byte
}
