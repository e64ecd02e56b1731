// Package round is a faction whose components need each other.
package round

import "github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"

// Default is false: it must be named.
const Default = false

// Attach adds it.
func Attach(b *kernel.Base) error { return nil }
