// Package sem is a part that needs nothing but the base and belongs to no
// faction.
package sem

import "github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"

// Doc is the part's line in listings.
const Doc = "semaphores"

// Attach attaches the part.
func Attach(b *kernel.Base) error { return nil }
