// Package bpf captures and sends packets on interfaces of a kernel, through
// its packet filter device (bpf(4)).
package bpf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// ErrNoDevice is the error of a kernel without the device.
var ErrNoDevice = errors.New("the kernel has no packet filter device /dev/bpf")

// Device captures on one interface. One goroutine at a time may use it.
type Device struct {
	// Link is the link type, DLT_.
	Link int

	c   *client.Client
	fd  int
	buf []byte
}

// Packet is a captured packet. Data is good until the next Read.
type Packet struct {
	Time time.Time
	Data []byte
	// Len is the length the packet had.
	Len int
}

// bufferSize is the size in bytes of the buffer that is asked for.
const bufferSize = 256 << 10

// Open captures on an interface all packets that filter accepts; nil accepts
// all. ENXIO for an unknown interface, ErrNoDevice when the kernel can't.
func Open(c *client.Client, ifname string, filter []abi.BpfInsn) (*Device, error) {
	fd, err := openDevice(c)
	if err != nil {
		return nil, err
	}
	d := &Device{c: c, fd: fd}
	if err := d.start(ifname, filter); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// openDevice opens the device; /dev/bpf0 is its name in older systems.
func openDevice(c *client.Client) (int, error) {
	for _, path := range []string{"/dev/bpf", "/dev/bpf0"} {
		fd, err := c.Open(path, abi.O_RDWR|abi.O_CLOEXEC, 0)
		switch err {
		case abi.ENOENT, abi.ENXIO, abi.ENODEV, abi.ENOSYS, abi.EOPNOTSUPP:
		default:
			return fd, err
		}
	}
	return -1, ErrNoDevice
}

// start sets the device up: the size of the buffer must be known before the
// interface, the filter before the first packet.
func (d *Device) start(ifname string, filter []abi.BpfInsn) error {
	size := uint32(bufferSize)
	if err := d.ioctl(abi.BIOCSBLEN, client.Struct(&size)); err != nil {
		return err
	}
	if err := d.SetFilter(filter); err != nil {
		return err
	}
	var req abi.Ifreq
	if len(ifname) >= len(req.Name) {
		return abi.ENXIO
	}
	copy(req.Name[:], ifname)
	if err := d.ioctl(abi.BIOCSETIF, client.Struct(&req)); err != nil {
		return err
	}
	on := uint32(1)
	if err := d.ioctl(abi.BIOCIMMEDIATE, client.Struct(&on)); err != nil {
		return err
	}
	var link uint32
	if err := d.ioctl(abi.BIOCGDLT, client.Struct(&link)); err != nil {
		return err
	}
	d.Link = int(link)
	if err := d.ioctl(abi.BIOCGBLEN, client.Struct(&size)); err != nil {
		return err
	}
	d.buf = make([]byte, size)
	return nil
}

func (d *Device) ioctl(cmd uint64, arg client.Arg) error { return d.c.Ioctl(d.fd, cmd, arg) }

// SetFilter replaces the filter; nil accepts all. EINVAL for a program that
// the kernel refuses.
func (d *Device) SetFilter(filter []abi.BpfInsn) error {
	if len(filter) == 0 {
		filter = []abi.BpfInsn{{Code: abi.BPF_RET | abi.BPF_K, K: 0xffffffff}}
	}
	if len(filter) > abi.BPF_MAXINSNS {
		return fmt.Errorf("a filter of %d instructions: %w", len(filter), abi.EINVAL)
	}
	prog := abi.BpfProgram{Len: uint32(len(filter))}
	return d.ioctl(abi.BIOCSETF, client.Struct(&prog).With(8, usermem.BytesOfSlice(filter)))
}

// Promiscuous makes the interface receive what is for others, too.
func (d *Device) Promiscuous() error { return d.ioctl(abi.BIOCPROMISC, client.Arg{}) }

// KeepSource makes Write send frames with the source address that is in them.
func (d *Device) KeepSource() error {
	on := uint32(1)
	return d.ioctl(abi.BIOCSHDRCMPLT, client.Struct(&on))
}

// Stats are how many packets the filter has seen, and how many of those it
// accepted were lost for lack of room.
func (d *Device) Stats() (seen, lost uint64, err error) {
	var s abi.BpfStat
	err = d.ioctl(abi.BIOCGSTATS, client.Struct(&s))
	return s.Recv, s.Drop, err
}

// Read returns the packets that are there; it waits up to a time for the
// first, and returns none when none came.
func (d *Device) Read(within time.Duration) ([]Packet, error) {
	fds := []abi.Pollfd{{Fd: int32(d.fd), Events: abi.POLLIN}}
	ms := int((within + time.Millisecond - 1) / time.Millisecond)
	if n, err := d.c.Poll(fds, ms); n == 0 || err == abi.EINTR {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	n, err := d.c.Read(d.fd, d.buf)
	if err == abi.EAGAIN || err == abi.EINTR {
		return nil, nil
	}
	return split(d.buf[:max(n, 0)]), err
}

// split finds the packets in what was read. It ends at what is cut short.
func split(b []byte) (list []Packet) {
	var h abi.BpfHdr
	for len(b) >= bpfHead {
		copy(usermem.BytesOf(&h), b)
		begin, end := int(h.Hdrlen), int(h.Hdrlen)+int(h.Caplen)
		if begin < bpfHead || end > len(b) || end < begin {
			break
		}
		list = append(list, Packet{
			Time: time.Unix(h.Tstamp.Sec, h.Tstamp.Usec*1000), Data: b[begin:end:end], Len: int(h.Datalen),
		})
		next := (end + abi.BPF_ALIGNMENT - 1) &^ (abi.BPF_ALIGNMENT - 1)
		b = b[min(next, len(b)):]
	}
	return list
}

// bpfHead is the part of a struct bpf_hdr that has a meaning.
const bpfHead = 26

// Write sends a frame with its link-level head.
func (d *Device) Write(frame []byte) error {
	_, err := d.c.Write(d.fd, frame)
	return err
}

// Close ends capturing.
func (d *Device) Close() error { return d.c.Close(d.fd) }

// Ethernet makes the head of an Ethernet frame.
func Ethernet(dst, src [6]byte, typ uint16) []byte {
	b := append(append(make([]byte, 0, abi.ETHER_HDR_LEN), dst[:]...), src[:]...)
	return binary.BigEndian.AppendUint16(b, typ)
}
