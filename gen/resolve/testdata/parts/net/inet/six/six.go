// Package six is a part that tests choose.
package six

import (
	"github.com/rumpkit/rumpkit/gen/resolve/testdata/parts/net/inet"
)

// Attach adds it.
func Attach(in *inet.Inet) error { return nil }
