// Package b is a part that tests choose.
package b

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/round/c"
)

// Default is false: it must be named.
const Default = false

// Attach needs what a gives.
func Attach(x *c.X) (*c.Y, error) { return nil, nil }
