// Package rnd is a part that tests choose.
package rnd

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/dev"
)

// Attach adds it.
func Attach(b *kernel.Base, d *dev.Dev) error { return nil }
