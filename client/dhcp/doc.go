// Package dhcp is a DHCP client (RFC 2131) that asks from outside the kernel:
// it sends and receives through a kernel's packet filter device, or through a
// socket where there is none, and configures an interface with what it is
// told. The lease is not renewed; ask again before it ends.
package dhcp
