// Package net is a part that tests choose.
package net

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/kernel"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Net is the part.
type Net struct{}

// SysListen serves row 106.
func (*Net) SysListen(l *proc.LWP, s, backlog int32) error { return nil }

// Attach makes it.
func Attach(b *kernel.Base) (*Net, error) { return nil, nil }
