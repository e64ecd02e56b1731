// Terminal modes, termios(4).

package abi

// Positions of control characters, Termios.Cc.
const (
	VEOF     = 0
	VEOL     = 1
	VEOL2    = 2
	VERASE   = 3
	VWERASE  = 4
	VKILL    = 5
	VREPRINT = 6
	VINTR    = 8
	VQUIT    = 9
	VSUSP    = 10
	VDSUSP   = 11
	VSTART   = 12
	VSTOP    = 13
	VLNEXT   = 14
	VDISCARD = 15
	VMIN     = 16
	VTIME    = 17
	VSTATUS  = 18
	NCCS     = 20
)

// Value of a control character that is off.
const POSIX_VDISABLE = 0xff

// Input modes.
const (
	IGNBRK  = 0x1
	BRKINT  = 0x2
	IGNPAR  = 0x4
	PARMRK  = 0x8
	INPCK   = 0x10
	ISTRIP  = 0x20
	INLCR   = 0x40
	IGNCR   = 0x80
	ICRNL   = 0x100
	IXON    = 0x200
	IXOFF   = 0x400
	IXANY   = 0x800
	IMAXBEL = 0x2000
)

// Output modes.
const (
	OPOST  = 0x1
	ONLCR  = 0x2
	OXTABS = 0x4
	ONOEOT = 0x8
	OCRNL  = 0x10
	ONOCR  = 0x20
	ONLRET = 0x40
)

// Control modes.
const (
	CIGNORE    = 0x1
	CSIZE      = 0x300
	CS5        = 0x0
	CS6        = 0x100
	CS7        = 0x200
	CS8        = 0x300
	CSTOPB     = 0x400
	CREAD      = 0x800
	PARENB     = 0x1000
	PARODD     = 0x2000
	HUPCL      = 0x4000
	CLOCAL     = 0x8000
	CRTSCTS    = 0x10000
	CRTS_IFLOW = 0x10000
	CCTS_OFLOW = 0x10000
	CDTRCTS    = 0x20000
	MDMBUF     = 0x100000
	CHWFLOW    = 0x130000
)

// Local modes.
const (
	ECHOKE     = 0x1
	ECHOE      = 0x2
	ECHOK      = 0x4
	ECHO       = 0x8
	ECHONL     = 0x10
	ECHOPRT    = 0x20
	ECHOCTL    = 0x40
	ISIG       = 0x80
	ICANON     = 0x100
	ALTWERASE  = 0x200
	IEXTEN     = 0x400
	EXTPROC    = 0x800
	TOSTOP     = 0x400000
	FLUSHO     = 0x800000
	NOKERNINFO = 0x2000000
	PENDIN     = 0x20000000
	NOFLSH     = 0x80000000
)

// When tcsetattr(3) takes effect.
const (
	TCSANOW   = 0
	TCSADRAIN = 1
	TCSAFLUSH = 2
	TCSASOFT  = 16
)

// Arguments of tcflush(3) and tcflow(3).
const (
	TCIFLUSH  = 1
	TCOFLUSH  = 2
	TCIOFLUSH = 3
	TCOOFF    = 1
	TCOON     = 2
	TCIOFF    = 3
	TCION     = 4
)

// Speeds in bits per second.
const (
	B0      = 0
	B50     = 50
	B75     = 75
	B110    = 110
	B134    = 134
	B150    = 150
	B200    = 200
	B300    = 300
	B600    = 600
	B1200   = 1200
	B1800   = 1800
	B2400   = 2400
	B4800   = 4800
	B9600   = 9600
	B19200  = 19200
	B38400  = 38400
	B7200   = 7200
	B14400  = 14400
	B28800  = 28800
	B57600  = 57600
	B76800  = 76800
	B115200 = 115200
	B230400 = 230400
	B460800 = 460800
	B921600 = 921600
	EXTA    = 19200
	EXTB    = 38400
)

// Modes of a new terminal.
const (
	TTYDEF_IFLAG = 0x2b02
	TTYDEF_OFLAG = 0x7
	TTYDEF_LFLAG = 0x5cb
	TTYDEF_CFLAG = 0x4b00
	TTYDEF_SPEED = 0x2580
)

// Control characters of a new terminal.
const (
	CEOF     = 4
	CERASE   = 127
	CINTR    = 3
	CSTATUS  = 20
	CKILL    = 21
	CMIN     = 1
	CQUIT    = 28
	CSUSP    = 26
	CTIME    = 0
	CDSUSP   = 25
	CSTART   = 17
	CSTOP    = 19
	CLNEXT   = 22
	CDISCARD = 15
	CWERASE  = 23
	CREPRINT = 18
	CEOL     = 255
)

// Termios is struct termios, tcgetattr(3).
type Termios struct {
	Iflag  uint32
	Oflag  uint32
	Cflag  uint32
	Lflag  uint32
	Cc     [20]byte
	Ispeed int32
	Ospeed int32
}
