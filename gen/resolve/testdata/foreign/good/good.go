// Package good is a part of another module, as far as tests can tell.
package good

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/vfs"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Good serves a row.
type Good struct{}

// SysSync serves row 36.
func (Good) SysSync(l *proc.LWP) error { return nil }

// Attach makes it.
func Attach(v *vfs.VFS) (Good, error) { return Good{}, nil }
