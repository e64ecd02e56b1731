// Listings of local sockets below net.local (sysctl(7)).
package local

import "github.com/rumpkit/rumpkit/kernel/sysctl"

func (lo *Local) sysctl(root *sysctl.Node) {}
