// Link strings: how ifconfig(8) tells a driver what an interface is joined to.
package ether

import (
	"bytes"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxLinkstr bounds a link string, its NUL included.
const maxLinkstr = 1024

// SetLinkstr performs SIOCSLINKSTR: it gives set the string, "" to unset it.
// EINVAL for an empty string or an unknown command, E2BIG for one too long.
func SetLinkstr(arg *file.Arg, set func(string) error) error {
	var d abi.Ifdrv
	copy(usermem.BytesOf(&d), arg.Data)
	switch {
	case d.Cmd == abi.IFLINKSTR_UNSET:
		return set("")
	case d.Cmd != 0 || d.Len < 1:
		return abi.EINVAL
	case d.Len > maxLinkstr:
		return abi.E2BIG
	}
	b := make([]byte, d.Len)
	if err := arg.User.Follow(d.Data, len(b)).CopyIn(b); err != nil {
		return err
	}
	b, _, _ = bytes.Cut(b, []byte{0})
	if len(b) == 0 {
		return abi.EINVAL
	}
	return set(string(b))
}

// GetLinkstr performs SIOCGLINKSTR: ENOENT when no string is set.
func GetLinkstr(arg *file.Arg, linkstr string) error {
	var d abi.Ifdrv
	copy(usermem.BytesOf(&d), arg.Data)
	if linkstr == "" {
		return abi.ENOENT
	}
	b := append([]byte(linkstr), 0)
	switch d.Cmd {
	case abi.IFLINKSTR_QUERYLEN:
		d.Len = uint64(len(b))
		copy(arg.Data, usermem.BytesOf(&d))
		return nil
	case 0:
		b = b[:min(uint64(len(b)), d.Len)]
		return arg.User.Follow(d.Data, len(b)).CopyOut(b)
	}
	return abi.EINVAL
}
