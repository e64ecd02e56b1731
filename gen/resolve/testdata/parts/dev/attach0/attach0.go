// Package attach0 is a part that tests choose.
package attach0

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Default is false: it must be named.
const Default = false

// Attach returns no error.
func Attach(b *kernel.Base) {}
