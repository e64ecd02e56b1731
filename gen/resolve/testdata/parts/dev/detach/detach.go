// Package detach is a part that tests choose.
package detach

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Default is false: it must be named.
const Default = false

// Attach adds it.
func Attach(b *kernel.Base) error { return nil }

// Detach takes nothing.
func Detach() {}
