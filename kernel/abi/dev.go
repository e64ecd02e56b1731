// Device numbers: makedev(3).

package abi

// Device numbers that are none.
const (
	NODEV      = -1
	NODEVMAJOR = -1
)

// Makedev is the device number of a major and a minor number of 12 and 20 bits.
func Makedev(major, minor uint32) uint64 {
	return uint64(major<<8&0x000fff00 | minor<<12&0xfff00000 | minor&0xff)
}

// Major is the major number of a device number.
func Major(dev uint64) uint32 {
	return uint32(dev>>8) & 0xfff
}

// Minor is the minor number of a device number.
func Minor(dev uint64) uint32 {
	return uint32(dev>>12)&0xfff00 | uint32(dev)&0xff
}
