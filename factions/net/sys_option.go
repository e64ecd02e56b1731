// setsockopt(2) and getsockopt(2).
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxOption is the longest value of an option, in bytes.
const maxOption = 2048

// SysSetsockopt serves row 105, setsockopt. NULL is a value of no length.
func (n *Net) SysSetsockopt(l *proc.LWP, s, level, name int32, val usermem.InBuf) error {
	so, f, err := Get(l, s)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	if val.Len() > maxOption {
		return abi.EINVAL
	}
	var b []byte
	if !val.IsNil() {
		b = make([]byte, max(val.Len(), 0))
	}
	if err := val.CopyIn(b); err != nil {
		return err
	}
	return so.setOption(l, level, name, b)
}

// SysGetsockopt serves row 118, getsockopt. A value longer than the caller's
// buffer is cut.
func (n *Net) SysGetsockopt(l *proc.LWP, s, level, name int32, val usermem.OutSized32) error {
	so, f, err := Get(l, s)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	b, err := so.option(level, name)
	if err != nil || val.IsNil() {
		return err
	}
	return copyoutSized(val, b)
}
