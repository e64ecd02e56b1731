// The packet filter, bpf(4).

package abi

// Version, alignment and limits.
const (
	BPF_RELEASE       = 199606
	BPF_ALIGNMENT     = 8
	BPF_MAXINSNS      = 512
	BPF_DFLTBUFSIZE   = 1048576
	BPF_MAXBUFSIZE    = 16777216
	BPF_MINBUFSIZE    = 32
	BPF_MAJOR_VERSION = 1
	BPF_MINOR_VERSION = 1
	BPF_MEMWORDS      = 16
)

// Ioctls of bpf(4).
const (
	BIOCGBLEN     = 0x40044266
	BIOCSBLEN     = 0xc0044266
	BIOCSETF      = 0x80104267
	BIOCFLUSH     = 0x20004268
	BIOCPROMISC   = 0x20004269
	BIOCGDLT      = 0x4004426a
	BIOCGETIF     = 0x4090426b
	BIOCSETIF     = 0x8090426c
	BIOCGSTATS    = 0x4080426f
	BIOCGSTATSOLD = 0x4008426f
	BIOCIMMEDIATE = 0x80044270
	BIOCVERSION   = 0x40044271
	BIOCSTCPF     = 0x80104272
	BIOCSUDPF     = 0x80104273
	BIOCGHDRCMPLT = 0x40044274
	BIOCSHDRCMPLT = 0x80044275
	BIOCSDLT      = 0x80044276
	BIOCGDLTLIST  = 0xc0104277
	BIOCGSEESENT  = 0x40044278
	BIOCSSEESENT  = 0x80044279
	BIOCSRTIMEOUT = 0x8010427a
	BIOCGRTIMEOUT = 0x4010427b
	BIOCGFEEDBACK = 0x4004427c
	BIOCSFEEDBACK = 0x8004427d
	BIOCFEEDBACK  = 0x8004427d
)

// Classes of instructions.
const (
	BPF_LD   = 0x0
	BPF_LDX  = 0x1
	BPF_ST   = 0x2
	BPF_STX  = 0x3
	BPF_ALU  = 0x4
	BPF_JMP  = 0x5
	BPF_RET  = 0x6
	BPF_MISC = 0x7
)

// Sizes and addressing modes of loads.
const (
	BPF_W   = 0x0
	BPF_H   = 0x8
	BPF_B   = 0x10
	BPF_IMM = 0x0
	BPF_ABS = 0x20
	BPF_IND = 0x40
	BPF_MEM = 0x60
	BPF_LEN = 0x80
	BPF_MSH = 0xa0
)

// Operations and sources of arithmetic and jumps.
const (
	BPF_ADD  = 0x0
	BPF_SUB  = 0x10
	BPF_MUL  = 0x20
	BPF_DIV  = 0x30
	BPF_OR   = 0x40
	BPF_AND  = 0x50
	BPF_LSH  = 0x60
	BPF_RSH  = 0x70
	BPF_NEG  = 0x80
	BPF_MOD  = 0x90
	BPF_XOR  = 0xa0
	BPF_JA   = 0x0
	BPF_JEQ  = 0x10
	BPF_JGT  = 0x20
	BPF_JGE  = 0x30
	BPF_JSET = 0x40
	BPF_K    = 0x0
	BPF_X    = 0x8
	BPF_A    = 0x10
)

// Miscellaneous operations.
const (
	BPF_TAX  = 0x0
	BPF_COP  = 0x20
	BPF_COPX = 0x40
	BPF_TXA  = 0x80
)

// Link types, BIOCGDLT.
const (
	DLT_NULL             = 0
	DLT_EN10MB           = 1
	DLT_IEEE802          = 6
	DLT_SLIP             = 8
	DLT_PPP              = 9
	DLT_RAW              = 12
	DLT_PPP_SERIAL       = 50
	DLT_PPP_ETHER        = 51
	DLT_IEEE802_11       = 105
	DLT_LOOP             = 108
	DLT_PFLOG            = 117
	DLT_IEEE802_11_RADIO = 127
)

// BpfProgram is struct bpf_program, BIOCSETF. Insns points to Len instructions.
type BpfProgram struct {
	Len   uint32
	_     [4]byte
	Insns uint64
}

// BpfInsn is struct bpf_insn.
type BpfInsn struct {
	Code uint16
	Jt   uint8
	Jf   uint8
	K    uint32
}

// BpfStat is struct bpf_stat, BIOCGSTATS.
type BpfStat struct {
	Recv    uint64
	Drop    uint64
	Capt    uint64
	Padding [13]uint64
}

// BpfVersion is struct bpf_version, BIOCVERSION.
type BpfVersion struct {
	Major uint16
	Minor uint16
}

// BpfTimeval is struct bpf_timeval.
type BpfTimeval struct {
	Sec  int64
	Usec int64
}

// BpfHdr is struct bpf_hdr, the head of a captured packet; Hdrlen is the distance to its data.
type BpfHdr struct {
	Tstamp  BpfTimeval
	Caplen  uint32
	Datalen uint32
	Hdrlen  uint16
	_       [6]byte
}

// BpfDltlist is struct bpf_dltlist, BIOCGDLTLIST. List points to Len integers.
type BpfDltlist struct {
	Len  uint32
	_    [4]byte
	List uint64
}
