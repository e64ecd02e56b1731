// Package a is a part that tests choose.
package a

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/round/c"
)

// Default is false: it must be named.
const Default = false

// Attach needs what b gives.
func Attach(y *c.Y) (*c.X, error) { return nil, nil }
