// Package inet is a part that tests choose.
package inet

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/net"
)

// Inet is the part.
type Inet struct{}

// Attach makes it.
func Attach(n *net.Net) (*Inet, error) { return nil, nil }
