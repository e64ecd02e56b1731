// Routes: from every node to every wire, by the fewest routers.
package netlab

import (
	"net/netip"

	"github.com/rumpkit/rumpkit/client/netctl"
)

// Route gives every node routes to all wires, by the fewest routers. Call it
// when all wires are there; a network whose routes are part of the test does
// without.
func (l *Lab) Route() {
	l.t.Helper()
	for _, n := range l.nodes {
		if err := n.route(); err != nil {
			l.t.Fatalf("netlab: routes of %s: %v", n.Name, err)
		}
	}
}

// hop is a wire, and the first router on the way to it, none for a wire that
// the node is on.
type hop struct {
	wire *Wire
	by   end
}

// route walks the network from a node, breadth first.
func (n *Node) route() error {
	seen := map[*Wire]bool{}
	var queue []hop
	for _, w := range n.wires {
		seen[w] = true
		queue = append(queue, hop{wire: w})
	}
	for ; len(queue) > 0; queue = queue[1:] {
		h := queue[0]
		if h.by.node != nil {
			if err := n.via(h); err != nil {
				return err
			}
		}
		for _, e := range h.wire.ends {
			if e.node == n || !e.node.routers {
				continue
			}
			by := h.by
			if by.node == nil {
				by = e
			}
			for _, w := range e.node.wires {
				if !seen[w] {
					seen[w] = true
					queue = append(queue, hop{w, by})
				}
			}
		}
	}
	return nil
}

// via adds the routes to one wire.
func (n *Node) via(h hop) error {
	for _, r := range []struct {
		dst netip.Prefix
		gw  netip.Addr
	}{{h.wire.prefix4(), h.by.addr4}, {h.wire.prefix6(), h.by.addr6}} {
		if err := n.Ctl().AddRoute(netctl.Route{Dst: r.dst, Gateway: r.gw}); err != nil {
			return err
		}
	}
	return nil
}
