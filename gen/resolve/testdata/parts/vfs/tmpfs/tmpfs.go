// Package tmpfs is a part that tests choose.
package tmpfs

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/vfs"
)

// Attach adds it.
func Attach(v *vfs.VFS) error { return nil }

// Detach takes it away.
func Detach(v *vfs.VFS) {}
