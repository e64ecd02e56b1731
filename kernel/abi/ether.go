// Ethernet and what runs on it: ethernet headers, arp(4), vlan(4), bridge(4), agr(4), pppoe(4).

package abi

// Sizes of Ethernet frames in bytes.
const (
	ETHER_ADDR_LEN        = 6
	ETHER_TYPE_LEN        = 2
	ETHER_CRC_LEN         = 4
	ETHER_HDR_LEN         = 14
	ETHER_MIN_LEN         = 64
	ETHER_MAX_LEN         = 1518
	ETHER_MAX_LEN_JUMBO   = 9018
	ETHER_VLAN_ENCAP_LEN  = 4
	ETHER_PPPOE_ENCAP_LEN = 8
	ETHERMTU_JUMBO        = 9000
	ETHERMTU              = 1500
	ETHERMIN              = 46
)

// Capabilities of an Ethernet, SIOCGETHERCAP.
const (
	ETHERCAP_VLAN_MTU       = 0x1
	ETHERCAP_VLAN_HWTAGGING = 0x2
	ETHERCAP_JUMBO_MTU      = 0x4
	ETHERCAP_MASK           = 0x7
)

// Ethernet types.
const (
	ETHERTYPE_8023          = 0x4
	ETHERTYPE_IP            = 0x800
	ETHERTYPE_ARP           = 0x806
	ETHERTYPE_REVARP        = 0x8035
	ETHERTYPE_VLAN          = 0x8100
	ETHERTYPE_IPV6          = 0x86dd
	ETHERTYPE_FLOWCONTROL   = 0x8808
	ETHERTYPE_SLOWPROTOCOLS = 0x8809
	ETHERTYPE_MPLS          = 0x8847
	ETHERTYPE_MPLS_MCAST    = 0x8848
	ETHERTYPE_PPPOEDISC     = 0x8863
	ETHERTYPE_PPPOE         = 0x8864
	ETHERTYPE_PAE           = 0x888e
	ETHERTYPE_LOOPBACK      = 0x9000
)

// Hardware types, operations and flags of arp(4).
const (
	ARPHRD_ETHER     = 1
	ARPHRD_IEEE802   = 6
	ARPHRD_ARCNET    = 7
	ARPHRD_FRELAY    = 15
	ARPHRD_STRIP     = 23
	ARPHRD_IEEE1394  = 24
	ARPOP_REQUEST    = 1
	ARPOP_REPLY      = 2
	ARPOP_REVREQUEST = 3
	ARPOP_REVREPLY   = 4
	ARPOP_INVREQUEST = 8
	ARPOP_INVREPLY   = 9
	ATF_INUSE        = 1
	ATF_COM          = 2
	ATF_PERM         = 4
	ATF_PUBL         = 8
	ATF_USETRAILERS  = 16
)

// EtherHeader is struct ether_header.
type EtherHeader struct {
	Dhost [6]byte
	Shost [6]byte
	Type  [2]byte // network byte order
}

// Arphdr is struct arphdr, the head of an ARP packet, in network byte order.
type Arphdr struct {
	Hrd [2]byte
	Pro [2]byte
	Hln uint8
	Pln uint8
	Op  [2]byte
}

// Arpreq is struct arpreq, arp(4).
type Arpreq struct {
	Pa    Sockaddr
	Ha    Sockaddr
	Flags int32
}

// Vlanreq is struct vlanreq, SIOCSETVLAN of vlan(4).
type Vlanreq struct {
	Parent [16]byte
	Tag    uint16
}

// Agrreq is struct agrreq, SIOCSETAGR of agr(4).
type Agrreq struct {
	Version int32
	Cmd     int32
	Buf     uint64
	Buflen  uint64
}

// Commands of an Agrreq.
const (
	AGRREQ_VERSION           = 2
	AGRCMD_ADDPORT           = 1
	AGRCMD_REMPORT           = 2
	AGRCMD_PORTLIST          = 3
	AGRPORTINFO_COLLECTING   = 1
	AGRPORTINFO_DISTRIBUTING = 2
)

// Pppoediscparms is struct pppoediscparms, PPPOESETPARMS of pppoe(4).
type Pppoediscparms struct {
	Ifname         [16]byte
	EthIfname      [16]byte
	AcName         uint64
	AcNameLen      uint64
	ServiceName    uint64
	ServiceNameLen uint64
}

// Pppoeconnectionstate is struct pppoeconnectionstate, PPPOEGETSESSION of pppoe(4).
type Pppoeconnectionstate struct {
	Ifname      [16]byte
	State       uint32
	SessionId   uint32
	PadiRetryNo uint32
	PadrRetryNo uint32
}

// States of a Pppoeconnectionstate.
const (
	PPPOE_STATE_INITIAL   = 0
	PPPOE_STATE_PADI_SENT = 1
	PPPOE_STATE_PADR_SENT = 2
	PPPOE_STATE_SESSION   = 3
	PPPOE_STATE_CLOSING   = 4
	PPPOE_STATE_PADO_SENT = 1
)
