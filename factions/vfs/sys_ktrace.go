// ktrace(2).
package vfs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysKtrace is fktrace(2) to a file that has a name: one that is there, can be
// read and written, and is regular (EACCES). Records go to its end.
// KTROP_CLEAR needs none.
func (v *VFS) SysKtrace(l *proc.LWP, fname usermem.String, ops, facs, pid int32) error {
	var f *file.File
	if ops&abi.KTROP_MASK != abi.KTROP_CLEAR {
		path, err := fname.Get(abi.MAXPATHLEN)
		if err != nil {
			return err
		}
		if f, err = v.open(l, abi.AT_FDCWD, path, abi.O_RDWR|abi.O_APPEND, 0); err != nil {
			return err
		}
		defer f.Drop(l)
		if vp := vnodeOf(f); vp == nil || vp.Type != abi.S_IFREG {
			return abi.EACCES
		}
	}
	return v.b.Ktrace.Set(l, f, uint32(ops), uint32(facs), pid)
}
