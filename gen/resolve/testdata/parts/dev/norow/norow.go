// Package norow is a part that tests choose.
package norow

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Default is false: it must be named.
const Default = false

// NoRow has a method that no row asks for.
type NoRow struct{}

// SysLissten is misspelt.
func (*NoRow) SysLissten(l *proc.LWP, s, backlog int32) error { return nil }

// Attach makes it.
func Attach(b *kernel.Base) (*NoRow, error) { return nil, nil }
