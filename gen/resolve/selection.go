// Selections: what a comma list of factions, components and import paths asks
// for.
package resolve

import (
	"errors"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
)

// Standard are the standard selections. Each has a committed package.
var Standard = []string{"base", "vfs", "net", "dev", "vfs,net", "vfs,dev", "net,dev", "all"}

// Canonical is a selection without spaces, repetitions and the base, which
// goes without saying, factions in the order in which they attach.
func Canonical(selection string) string {
	words := splitList(selection)
	rank := func(w string) int {
		if strings.ContainsAny(w, "/.") {
			return 4
		}
		return factionRank(w)
	}
	slices.SortStableFunc(words, func(a, b string) int { return rank(a) - rank(b) })
	var out []string
	for _, w := range words {
		if w != emit.BaseName && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return emit.BaseName
	}
	return strings.Join(out, ",")
}

// ImportPaths lists the words of a selection that are import paths: those
// whose first element has a dot in it.
func ImportPaths(selection string) []string {
	var paths []string
	for _, w := range splitList(selection) {
		first, _, _ := strings.Cut(w, "/")
		if strings.Contains(first, ".") {
			paths = append(paths, w)
		}
	}
	return paths
}

// chooser works a selection out.
type chooser struct {
	*Tree
	selection string
	// chosen are the parts to attach; named those that the selection asks for
	// by their own name; byDefault those that came with a faction or all.
	chosen, named, byDefault map[*part]bool
	errs                     []error
}

// choose returns the parts that a selection asks for, in no order.
func (t *Tree) choose(selection string) (map[*part]bool, error) {
	c := &chooser{Tree: t, selection: selection, chosen: make(map[*part]bool), named: make(map[*part]bool), byDefault: make(map[*part]bool)}
	c.chosen[t.parts[0]] = true
	for _, w := range splitList(selection) {
		c.word(w)
	}
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	c.implied()
	c.exclude()
	c.addDefaults()
	return c.chosen, errors.Join(c.errs...)
}

// word handles one word of the selection.
func (c *chooser) word(w string) {
	if w == "all" {
		c.addAll("")
		return
	}
	p := c.lookup(w)
	if p == nil {
		c.errs = append(c.errs, c.unknown(w))
		return
	}
	c.named[p] = true
	c.chosen[p] = true
	if !p.foreign && !strings.Contains(p.Name, "/") && !p.IsBase() {
		c.addAll(p.Name + "/")
	}
}

// lookup finds the part that a word names.
func (t *Tree) lookup(w string) *part {
	if rel, ok := strings.CutPrefix(w, "./"); ok {
		for _, p := range t.parts {
			if p.foreign && (p.Path == rel || strings.HasSuffix(p.Path, "/"+rel)) {
				return p
			}
		}
	}
	return t.byName(w)
}

// addAll considers all parts of ours whose name begins with prefix, those left
// out that must be named.
func (c *chooser) addAll(prefix string) {
	for _, p := range c.parts {
		if p.Default && !p.foreign && strings.HasPrefix(p.Name, prefix) {
			c.byDefault[p] = true
		}
	}
}

// unknown says that no part is named so.
func (c *chooser) unknown(w string) error {
	names := []string{"all"}
	for _, p := range c.parts {
		names = append(names, p.Name)
	}
	mend := "choose of " + strings.Join(names, ", ") + ", or name a part of another module by its import path"
	if near := master.Nearest(w, names); near != "" {
		mend = fmt.Sprintf("did you mean %s? Otherwise %s", near, mend)
	}
	kind := "faction"
	if strings.Contains(w, "/") {
		kind = "component"
	}
	at := strings.Index(c.selection, w) + 1
	return &Problem{Pos: fmt.Sprintf("selection:1:%d", at), What: fmt.Sprintf("there is no %s %q", kind, w), Mend: mend}
}

// implied adds what named components bring with them: the faction they belong
// to, and what they need of it.
func (c *chooser) implied() {
	for more := true; more; {
		more = false
		for _, p := range c.parts {
			if !c.chosen[p] || p.foreign {
				continue
			}
			for _, q := range c.parts {
				if !c.chosen[q] && c.brings(p, q) {
					c.chosen[q], more = true, true
				}
			}
		}
	}
}

// brings tells whether a part that is chosen brings another one with it.
func (c *chooser) brings(p, q *part) bool {
	if q.foreign || faction(p) != faction(q) {
		return false
	}
	return strings.HasPrefix(p.Name, q.Name+"/") || p.needs(q)
}

func (p *part) needs(q *part) bool {
	return slices.ContainsFunc(p.Needs, func(n emit.Need) bool { return n.Part == q.Path })
}

// faction is the name of the faction a part belongs to.
func faction(p *part) string {
	name, _, _ := strings.Cut(p.Name, "/")
	return name
}

// exclude drops the parts that others take the place of. What is named wins
// over what came by default; it is an error when both are named.
func (c *chooser) exclude() {
	for _, p := range c.parts {
		if !c.chosen[p] && !c.byDefault[p] {
			continue
		}
		for _, name := range p.Excludes {
			q := c.byName(name)
			switch {
			case q == nil:
				c.errs = append(c.errs, &Problem{Pos: show(p.Pos), What: fmt.Sprintf("part %s excludes %q, which is no part", p.Name, name), Mend: "name a part in its constant Excludes, such as net or vfs/tmpfs"})
			case c.named[p] && c.named[q]:
				c.errs = append(c.errs, &Problem{Pos: show(p.Pos), What: fmt.Sprintf("part %s takes the place of %s, and both are selected", p.Name, q.Name), Mend: "leave one of them out of the selection " + c.selection})
			case c.named[q]:
				delete(c.byDefault, p)
			default:
				delete(c.chosen, q)
				delete(c.byDefault, q)
			}
		}
	}
}

// addDefaults adds what came with a faction or with all, as far as what each
// part needs is there.
func (c *chooser) addDefaults() {
	have := make(map[*part]bool)
	maps.Copy(have, c.chosen)
	maps.Copy(have, c.byDefault)
	for again := true; again; {
		again = false
		for _, p := range c.parts {
			if have[p] && !c.chosen[p] && c.lacks(p, have) >= 0 {
				delete(have, p)
				again = true
			}
		}
	}
	c.chosen = have
}

// lacks returns the index of a need that no part in have meets, or -1.
func (t *Tree) lacks(p *part, have map[*part]bool) int {
	return slices.IndexFunc(p.params, func(typ types.Type) bool { return t.giver(typ, have) == nil })
}

// giver returns the part of those in have whose Attach returns a type, or nil.
func (t *Tree) giver(typ types.Type, have map[*part]bool) *part {
	for _, p := range t.parts {
		if have[p] && p.result != nil && types.Identical(p.result, typ) {
			return p
		}
	}
	return nil
}
