// Fields of the headers of IPv4, ip(4).

package abi

// Version, fragment field and sizes.
const (
	IPVERSION      = 0x4
	IP_RF          = 0x8000
	IP_EF          = 0x8000
	IP_DF          = 0x4000
	IP_MF          = 0x2000
	IP_OFFMASK     = 0x1fff
	IP_MAXPACKET   = 0xffff
	IP_MINFRAGSIZE = 0x45
	MAXTTL         = 0xff
	IPDEFTTL       = 0x40
	IPFRAGTTL      = 0x3c
	IPTTLDEC       = 0x1
	IP_MSS         = 0x240
)

// Service types.
const (
	IPTOS_DSCP_CS0             = 0x0
	IPTOS_DSCP_CS1             = 0x20
	IPTOS_DSCP_AF11            = 0x28
	IPTOS_DSCP_AF12            = 0x30
	IPTOS_DSCP_AF13            = 0x38
	IPTOS_DSCP_CS2             = 0x40
	IPTOS_DSCP_AF21            = 0x48
	IPTOS_DSCP_AF22            = 0x50
	IPTOS_DSCP_AF23            = 0x58
	IPTOS_DSCP_CS3             = 0x60
	IPTOS_DSCP_AF31            = 0x68
	IPTOS_DSCP_AF32            = 0x70
	IPTOS_DSCP_AF33            = 0x78
	IPTOS_DSCP_CS4             = 0x80
	IPTOS_DSCP_AF41            = 0x88
	IPTOS_DSCP_AF42            = 0x90
	IPTOS_DSCP_AF43            = 0x98
	IPTOS_DSCP_CS5             = 0xa0
	IPTOS_DSCP_EF              = 0xb8
	IPTOS_DSCP_CS6             = 0xc0
	IPTOS_DSCP_CS7             = 0xe0
	IPTOS_CLASS_CS0            = 0x0
	IPTOS_CLASS_CS1            = 0x20
	IPTOS_CLASS_CS2            = 0x40
	IPTOS_CLASS_CS3            = 0x60
	IPTOS_CLASS_CS4            = 0x80
	IPTOS_CLASS_CS5            = 0xa0
	IPTOS_CLASS_CS6            = 0xc0
	IPTOS_CLASS_CS7            = 0xe0
	IPTOS_CLASS_DEFAULT        = 0x0
	IPTOS_CLASS_MASK           = 0xe0
	IPTOS_DSCP_MASK            = 0xfc
	IPTOS_ECN_NOTECT           = 0x0
	IPTOS_ECN_ECT1             = 0x1
	IPTOS_ECN_ECT0             = 0x2
	IPTOS_ECN_CE               = 0x3
	IPTOS_ECN_MASK             = 0x3
	IPTOS_ECN_NOT_ECT          = 0x0
	IPTOS_LOWDELAY             = 0x10
	IPTOS_THROUGHPUT           = 0x8
	IPTOS_RELIABILITY          = 0x4
	IPTOS_MINCOST              = 0x2
	IPTOS_CE                   = 0x1
	IPTOS_ECT                  = 0x2
	IPTOS_PREC_NETCONTROL      = 0xe0
	IPTOS_PREC_INTERNETCONTROL = 0xc0
	IPTOS_PREC_CRITIC_ECP      = 0xa0
	IPTOS_PREC_FLASHOVERRIDE   = 0x80
	IPTOS_PREC_FLASH           = 0x60
	IPTOS_PREC_IMMEDIATE       = 0x40
	IPTOS_PREC_PRIORITY        = 0x20
	IPTOS_PREC_ROUTINE         = 0x0
)

// IP options.
const (
	IPOPT_CONTROL         = 0
	IPOPT_RESERVED1       = 32
	IPOPT_DEBMEAS         = 64
	IPOPT_RESERVED2       = 96
	IPOPT_EOL             = 0
	IPOPT_NOP             = 1
	IPOPT_RR              = 7
	IPOPT_TS              = 68
	IPOPT_SECURITY        = 130
	IPOPT_LSRR            = 131
	IPOPT_SATID           = 136
	IPOPT_SSRR            = 137
	IPOPT_OPTVAL          = 0
	IPOPT_OLEN            = 1
	IPOPT_OFFSET          = 2
	IPOPT_MINOFF          = 4
	IPOPT_TS_TSONLY       = 0
	IPOPT_TS_TSANDADDR    = 1
	IPOPT_TS_PRESPEC      = 3
	IPOPT_SECUR_UNCLASS   = 0
	IPOPT_SECUR_CONFID    = 61749
	IPOPT_SECUR_EFTO      = 30874
	IPOPT_SECUR_MMMM      = 48205
	IPOPT_SECUR_RESTR     = 44819
	IPOPT_SECUR_SECRET    = 55176
	IPOPT_SECUR_TOPSECRET = 27589
)
