// Package dev is a part that tests choose.
package dev

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
)

// Dev is the part.
type Dev struct{}

// Attach makes it.
func Attach(b *kernel.Base) (*Dev, error) { return nil, nil }
