// Package local is a part that tests choose.
package local

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/net"
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/vfs"
)

// Local is the part.
type Local struct{}

// Attach makes it.
func Attach(n *net.Net, v *vfs.VFS) (*Local, error) { return nil, nil }
