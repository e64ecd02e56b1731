// Tap interfaces of the host: Ethernet that ends in a process.
package hypercall

// Taps is implemented by hosts that have tap interfaces.
type Taps interface {
	// OpenTap opens the tap interface called name, making it if it is not
	// there: EPERM or EACCES when that takes a right the process has not,
	// EBUSY when another has it, ENXIO when the host has no such thing.
	OpenTap(name string) (Tap, error)
}

// Tap is an open tap interface. Each frame has a TapHeader before it.
type Tap interface {
	// Read waits for a frame; EBADF after Close. What does not fit in b is
	// cut off.
	Read(b []byte) (int, error)
	// Write hands the host a frame, in parts: EAGAIN when it takes none now.
	Write(parts [][]byte) error
	// Close closes it; an interface that Open made is gone.
	Close() error
}

// TapHeaderSize is the length of what is before a frame: struct
// virtio_net_hdr, in the host's byte order. Byte 0 is 1 when the checksum is
// the receiver's to complete, byte 1 the kind of a segment that is to be cut
// (0 none, 1 IPv4, 4 IPv6; plus 128 with ECN); then 16 bits each: the length
// of all headers, the size of a part, where the checksum starts, and where it
// goes from there.
const TapHeaderSize = 10
