// Files in the pcapng format: a section, the interface, the packets.

package capture

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Types of blocks, and options.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 6
	byteOrder      = 0x1a2b3c4d
	optEnd         = 0
	optIfName      = 2
	optTsResol     = 9
	optUserAppl    = 4
	nanoseconds    = 9
)

// fileLinks are the link types that have another number in files.
var fileLinks = map[int]uint16{abi.DLT_RAW: 101}

// Writer writes packets of one interface.
type Writer struct{ w io.Writer }

// NewWriter begins a file of packets of an interface with a link type (DLT_).
func NewWriter(w io.Writer, ifname string, link int) (*Writer, error) {
	f := &Writer{w}
	var b []byte
	b = binary.LittleEndian.AppendUint32(b, byteOrder)
	b = binary.LittleEndian.AppendUint16(b, 1) // version 1.0
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, 1<<64-1) // of unknown length
	b = appendOption(b, optUserAppl, []byte("rumpctl"))
	b = appendOption(b, optEnd, nil)
	if err := f.block(blockSection, b); err != nil {
		return nil, err
	}
	typ, ok := fileLinks[link]
	if !ok {
		typ = uint16(link)
	}
	b = binary.LittleEndian.AppendUint16(nil, typ)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint32(b, 0) // whole packets
	b = appendOption(b, optIfName, []byte(ifname))
	b = appendOption(b, optTsResol, []byte{nanoseconds})
	b = appendOption(b, optEnd, nil)
	return f, f.block(blockInterface, b)
}

func appendOption(b []byte, code uint16, value []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return pad(append(b, value...))
}

// pad fills up to a multiple of four.
func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// Packet writes a packet that had size bytes, of which data was captured.
func (f *Writer) Packet(t time.Time, data []byte, size int) error {
	ns := uint64(t.UnixNano())
	b := make([]byte, 0, len(data)+24)
	b = binary.LittleEndian.AppendUint32(b, 0) // the interface
	b = binary.LittleEndian.AppendUint32(b, uint32(ns>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(ns))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	return f.block(blockPacket, pad(append(b, data...)))
}

// block writes a block: its length stands on both sides.
func (f *Writer) block(typ uint32, body []byte) error {
	n := uint32(len(body) + 12)
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, n), typ)
	b = binary.LittleEndian.AppendUint32(b, n)
	b = append(b, body...)
	b = binary.LittleEndian.AppendUint32(b, n)
	_, err := f.w.Write(b)
	return err
}
