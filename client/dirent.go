// Directory entries, getdents(2).

package client

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Dirent is an entry of a directory.
type Dirent struct {
	Ino uint64
	// Type is the type of the file, DT_REG and so on; DT_UNKNOWN where the
	// file system does not say.
	Type uint8
	Name string
}

// NextDirent takes the first entry off what Getdents stored, and returns the
// rest. EINVAL for bytes that are no entry. Entries of deleted files, whose
// number is 0, are for the caller to skip.
func NextDirent(buf []byte) (d Dirent, rest []byte, err error) {
	if len(buf) < abi.DirentNameOffset {
		return d, nil, abi.EINVAL
	}
	reclen := int(binary.LittleEndian.Uint16(buf[8:]))
	namlen := int(binary.LittleEndian.Uint16(buf[10:]))
	if reclen > len(buf) || reclen < abi.DirentNameOffset+namlen {
		return d, nil, abi.EINVAL
	}
	d.Ino = binary.LittleEndian.Uint64(buf)
	d.Type = buf[12]
	d.Name = string(buf[abi.DirentNameOffset:][:namlen])
	return d, buf[reclen:], nil
}

// Getwd returns the process's working directory.
func (c *Client) Getwd() (string, error) {
	var buf [abi.MAXPATHLEN]byte
	if _, err := c.Getcwd(buf[:]); err != nil {
		return "", err
	}
	return cString(buf[:]), nil
}
