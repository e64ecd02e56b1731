// Package attach2 is a part that tests choose.
package attach2

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Default is false: it must be named.
const Default = false

// Attach returns what has no name.
func Attach(b *kernel.Base) (func(), error) { return nil, nil }
