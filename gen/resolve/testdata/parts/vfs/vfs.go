// Package vfs is a part that tests choose.
package vfs

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is its line in listings.
const Doc = "files"

// VFS is the part.
type VFS struct{ calls }

type calls struct{}

// SysOpen serves row 5, by a method of an embedded type.
func (calls) SysOpen(l *proc.LWP, path usermem.String, flags int32, mode uint32) (int32, error) {
	return 0, nil
}

// SysUnlink serves row 10.
func (*VFS) SysUnlink(*proc.LWP, usermem.String) error { return nil }

// Attach makes it.
func Attach(b *kernel.Base) (*VFS, error) { return nil, nil }

// Detach ends it.
func Detach(v *VFS) {}
