// Package orphan is a part that tests choose.
package orphan

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Default is false: it must be named.
const Default = false

// Nobody gives it.
type Nobody struct{}

// Attach needs what no part gives.
func Attach(b *kernel.Base, n *Nobody) error { return nil }
