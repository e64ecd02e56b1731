// Package consts is a part that tests choose.
package consts

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Default is false: it must be named.
const Default = false

// Doc is not a string.
const Doc = 1

// Attach adds it.
func Attach(b *kernel.Base) error { return nil }
