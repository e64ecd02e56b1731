// Package wrong is a part that tests choose.
package wrong

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Default is false: it must be named.
const Default = false

// Wrong has a method whose signature is not what its row asks for.
type Wrong struct{}

// SysChmod has its mode as an int.
func (*Wrong) SysChmod(l *proc.LWP, path usermem.String, mode int) error { return nil }

// Attach makes it.
func Attach(b *kernel.Base) (*Wrong, error) { return nil, nil }
