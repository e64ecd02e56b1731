// The network between a kernel and its gateway: the addresses of slirp, which
// users of virtual machines know.
package gateway

import "gvisor.dev/gvisor/pkg/tcpip"

// Router returns the gateway's own address, in 10.0.2.0/24.
func Router() tcpip.Address { return tcpip.AddrFrom4([4]byte{10, 0, 2, 2}) }

// Names returns the address at which it answers for names.
func Names() tcpip.Address { return tcpip.AddrFrom4([4]byte{10, 0, 2, 3}) }

// Guest returns the address it assigns.
func Guest() tcpip.Address { return tcpip.AddrFrom4([4]byte{10, 0, 2, 15}) }

// Router6 returns the gateway's address when the rules have IPv6, in fd00::/64.
func Router6() tcpip.Address { return tcpip.AddrFrom16([16]byte{0: 0xfd, 15: 2}) }

// linkLocal6 returns the address that router advertisements come from.
func linkLocal6() tcpip.Address { return tcpip.AddrFrom16([16]byte{0: 0xfe, 1: 0x80, 15: 2}) }
