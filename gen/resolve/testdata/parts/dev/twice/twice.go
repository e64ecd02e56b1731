// Package twice is a part that tests choose.
package twice

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Default is false: it must be named.
const Default = false

// Twice serves a row that vfs serves too.
type Twice struct{}

// SysUnlink serves row 10.
func (*Twice) SysUnlink(*proc.LWP, usermem.String) error { return nil }

// Attach makes it.
func Attach(b *kernel.Base) (*Twice, error) { return nil, nil }
