// Package memfs is a part that tests choose.
package memfs

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/vfs"
)

// Default is false: it must be named.
const Default = false

// Attach adds it.
func Attach(v *vfs.VFS) error { return nil }
