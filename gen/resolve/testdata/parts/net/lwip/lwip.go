// Package lwip is a part that tests choose.
package lwip

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/net"
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/net/inet"
)

// Default is false: it must be named.
const Default = false

// Excludes is the part it takes the place of.
const Excludes = "net/inet"

// Attach makes it.
func Attach(n *net.Net) (*inet.Inet, error) { return nil, nil }
