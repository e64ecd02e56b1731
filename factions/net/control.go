// Control messages: what travels beside the data of a message.
package net

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// AppendControl appends one control message to a list of them.
func AppendControl(list []byte, level, typ int32, data []byte) []byte {
	var head [abi.CmsgDataOffset]byte
	binary.LittleEndian.PutUint32(head[0:], uint32(abi.CmsgLen(len(data))))
	binary.LittleEndian.PutUint32(head[4:], uint32(level))
	binary.LittleEndian.PutUint32(head[8:], uint32(typ))
	list = append(append(list, head[:]...), data...)
	for len(list)%8 != 0 {
		list = append(list, 0)
	}
	return list
}

// NextControl returns the first control message of a list and the rest of it:
// EINVAL when its length is wrong.
func NextControl(list []byte) (level, typ int32, data, rest []byte, err error) {
	if len(list) < abi.CmsgDataOffset {
		return 0, 0, nil, nil, abi.EINVAL
	}
	n := binary.LittleEndian.Uint32(list)
	if n < abi.CmsgDataOffset || n > uint32(len(list)) {
		return 0, 0, nil, nil, abi.EINVAL
	}
	level = int32(binary.LittleEndian.Uint32(list[4:]))
	typ = int32(binary.LittleEndian.Uint32(list[8:]))
	next := min(abi.CmsgAlign(int(n)), len(list))
	return level, typ, list[abi.CmsgDataOffset:n], list[next:], nil
}
