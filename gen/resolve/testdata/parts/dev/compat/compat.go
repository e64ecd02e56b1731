// Package compat is a part that tests choose.
package compat

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Default is false: it must be named.
const Default = false

// Compat has a method that breaks the rule for old forms.
type Compat struct{}

// Compat50Utimes lacks the Sys.
func (*Compat) Compat50Utimes(l *proc.LWP, path usermem.String) error { return nil }

// Attach makes it.
func Attach(b *kernel.Base) (*Compat, error) { return nil, nil }
