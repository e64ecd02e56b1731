// Package nodes is a part that tests choose.
package nodes

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/dev"
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/vfs"
)

// Attach adds it.
func Attach(d *dev.Dev, v *vfs.VFS) error { return nil }
