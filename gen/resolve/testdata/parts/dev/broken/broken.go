// Package broken is a part that tests choose.
package broken

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Default is false: it must be named.
const Default = false

// Attach does not compile.
func Attach(b *kernel.Base) error { return undefined }
