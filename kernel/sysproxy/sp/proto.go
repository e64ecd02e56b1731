// Package sp is what both ends of the wire share: the numbers of NetBSD's
// sysproxy protocol 0.4, its frame header, its URLs, and a framed stream over
// a socket. It knows nothing of kernels.
package sp

// HeaderLen is the length of a frame header, in bytes.
const HeaderLen = 24

// MaxFrame is the longest frame that is taken, header included. The protocol
// has no bound; payloads never allocate what a header says, and a peer that
// announces more is cut off.
const MaxFrame = 16<<20 + HeaderLen

// Classes of frames.
const (
	Req  uint16 = 0 // a request
	Resp uint16 = 1 // an answer, with the number of its request
	Err  uint16 = 2 // a refusal, from the server only: a header with a code
)

// Types of frames.
const (
	Handshake  uint16 = 0
	Syscall    uint16 = 1
	Copyin     uint16 = 2
	CopyinStr  uint16 = 3
	Copyout    uint16 = 4
	CopyoutStr uint16 = 5
	AnonMmap   uint16 = 6
	Prefork    uint16 = 7
	Raise      uint16 = 8
)

// Kinds of handshakes, in the header's U.
const (
	Guest uint32 = 0 // a new process
	Auth  uint32 = 1 // reserved
	Fork  uint32 = 2 // redeems the cookie of a Prefork
	Exec  uint32 = 3 // a new program in the same process
)

// Codes of Err frames, in the header's U.
const (
	TryAgain   uint32 = 1 // too much is in progress: send it again
	NoAuth     uint32 = 2 // a request before the handshake
	BadCookie  uint32 = 3 // an unknown or used cookie
	ForkFailed uint32 = 4
	InExec     uint32 = 5 // a prefork or exec during an exec
	NoMem      uint32 = 6
	Malformed  uint32 = 7
)

// Sizes of whole frames and of payloads, in bytes.
const (
	CookieLen   = 16            // payload of a Prefork's answer
	ForkLen     = CookieLen + 4 // payload of a Fork handshake: cookie, cancel
	ErrorLen    = 4             // payload of a handshake's answer
	ResultLen   = 24            // payload of a Syscall's answer
	CopyLen     = 16            // length and address, in Copyin and before the data of Copyout
	CopyHeader  = HeaderLen + CopyLen
	ReplyLen    = HeaderLen + ResultLen
	MaxBanner   = 95 // the banner, its newline included
	HandshakeOK = HeaderLen + ErrorLen
)
