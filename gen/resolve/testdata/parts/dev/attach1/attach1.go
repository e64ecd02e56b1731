// Package attach1 is a part that tests choose.
package attach1

import (
	_ "github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Default is false: it must be named.
const Default = false

// Attach needs nothing.
func Attach() error { return nil }
