// Package dhcp configures interfaces by DHCP (RFC 2131). A kernel with a client of
// its own is told to keep the interface configured: it renews the lease as long
// as it runs. For others the package is the client itself, from outside: it sends
// and receives through the kernel's packet filter device, or through a socket
// where there is none, and configures the interface once; such a lease is not
// renewed.
package dhcp
