// The frame header, little endian as on amd64: both ends share an ABI.
package sp

// Header is a frame header.
type Header struct {
	// Len is the length of the frame in bytes, header included.
	Len uint64
	// Reqno is the number of the request, in the number space of its sender.
	Reqno uint64
	Class uint16
	Type  uint16
	// U is the system call, error code, handshake kind or signal number.
	U uint32
}

// Payload returns the length of what follows the header.
func (h *Header) Payload() uint64 { return h.Len - HeaderLen }

// ParseHeader reads the header at the start of b, which holds one.
func ParseHeader(b []byte) Header {
	_ = b[HeaderLen-1]
	return Header{
		Len: Uint64(b), Reqno: Uint64(b[8:]),
		Class: uint16(b[16]) | uint16(b[17])<<8,
		Type:  uint16(b[18]) | uint16(b[19])<<8,
		U:     Uint32(b[20:]),
	}
}

// Append appends the header to b.
func (h Header) Append(b []byte) []byte {
	b = AppendUint64(b, h.Len)
	b = AppendUint64(b, h.Reqno)
	b = append(b, byte(h.Class), byte(h.Class>>8), byte(h.Type), byte(h.Type>>8))
	return AppendUint32(b, h.U)
}

// AppendFrame appends a frame of payload bytes p, the header's Len set.
func AppendFrame(b []byte, h Header, p []byte) []byte {
	h.Len = HeaderLen + uint64(len(p))
	return append(h.Append(b), p...)
}

// AppendCopy appends a request of CopyLen bytes, n and addr, that more bytes
// of payload follow: none for Copyin, the data for Copyout.
func AppendCopy(b []byte, typ uint16, reqno, n, addr, more uint64) []byte {
	b = Header{Len: CopyHeader + more, Reqno: reqno, Class: Req, Type: typ}.Append(b)
	return AppendUint64(AppendUint64(b, n), addr)
}

// AppendResult appends a whole answer to a system call.
func AppendResult(b []byte, reqno uint64, errno int32, ret [2]int64) []byte {
	b = Header{Len: ReplyLen, Reqno: reqno, Class: Resp, Type: Syscall}.Append(b)
	b = AppendUint64(b, uint64(uint32(errno)))
	b = AppendUint64(b, uint64(ret[0]))
	return AppendUint64(b, uint64(ret[1]))
}

// Uint64 reads 8 bytes.
func Uint64(b []byte) uint64 {
	return uint64(Uint32(b)) | uint64(Uint32(b[4:]))<<32
}

// Uint32 reads 4 bytes.
func Uint32(b []byte) uint32 {
	_ = b[3]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

// AppendUint64 appends 8 bytes.
func AppendUint64(b []byte, v uint64) []byte {
	return AppendUint32(AppendUint32(b, uint32(v)), uint32(v>>32))
}

// AppendUint32 appends 4 bytes.
func AppendUint32(b []byte, v uint32) []byte {
	return append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
}
