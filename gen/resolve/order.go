// Checks of what was chosen, and the order in which it attaches.
package resolve

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
)

// Select makes the kernel of a selection. Dir, ImportPath, Package and Program
// are left to the caller.
func (t *Tree) Select(selection string) (*emit.Kernel, error) {
	chosen, err := t.choose(selection)
	if err != nil {
		return nil, err
	}
	if err := t.check(chosen, selection); err != nil {
		return nil, err
	}
	parts, err := t.order(chosen)
	if err != nil {
		return nil, err
	}
	k := &emit.Kernel{Selection: t.canonical(selection), Table: t.cfg.Table}
	for _, p := range parts {
		k.Parts = append(k.Parts, t.wired(p, chosen))
	}
	k.Providers = t.providers(k)
	return k, nil
}

// wired is a part whose needs name the chosen parts that meet them.
func (t *Tree) wired(p *part, chosen map[*part]bool) *emit.Part {
	w := p.Part
	w.Needs = slices.Clone(w.Needs)
	for i := range w.Needs {
		w.Needs[i].Part = t.giver(p.params[i], chosen).Path
	}
	return &w
}

// canonical is a selection in its canonical form, each part under its name.
func (t *Tree) canonical(selection string) string {
	words := splitList(selection)
	for i, w := range words {
		if p := t.lookup(w); p != nil {
			words[i] = p.Name
		}
	}
	return Canonical(strings.Join(words, ","))
}

// check finds what is wrong with the chosen parts, each by itself and with
// each other.
func (t *Tree) check(chosen map[*part]bool, selection string) error {
	if errs := t.broken(chosen); errs != nil {
		return errors.Join(errs...)
	}
	var errs []error
	for _, p := range t.parts {
		if !chosen[p] {
			continue
		}
		errs = append(errs, p.errs...)
		for i, n := range p.Needs {
			if q := t.byPath(n.Part); q != nil && t.giver(p.params[i], chosen) == nil {
				errs = append(errs, missing(p, q, n, selection))
			}
		}
	}
	return errors.Join(append(errs, t.twice(chosen)...)...)
}

// broken is what is wrong with the chosen parts that do not compile. Nothing
// can be said of the others while there is one.
func (t *Tree) broken(chosen map[*part]bool) []error {
	var errs []error
	for _, p := range t.parts {
		if chosen[p] && p.broken {
			errs = append(errs, p.errs...)
		}
	}
	return errs
}

// missing says that a part needs another that is not chosen, and which
// selection would do.
func missing(p, q *part, n emit.Need, selection string) error {
	add := q.Name
	if q.foreign {
		add = q.Path
	}
	return &Problem{
		Pos:  show(p.Pos),
		What: fmt.Sprintf("part %s needs part %s (%s %s), which %s does not select", p.Name, q.Name, n.Param, n.Type, selection),
		Mend: "select " + Canonical(selection+","+add),
	}
}

// twice finds rows that two of the chosen parts serve, and results that two of
// them return.
func (t *Tree) twice(chosen map[*part]bool) []error {
	var errs []error
	rows := make(map[int]*part)
	given := make(map[string]*part)
	for _, p := range t.parts {
		if !chosen[p] {
			continue
		}
		if !p.Result.IsZero() {
			key := typeText(p.result) + p.Result.Pkg
			if q := given[key]; q != nil {
				errs = append(errs, alternatives(p, q, fmt.Sprintf("parts %s and %s both give a %s", q.Name, p.Name, typeText(p.result)), show(p.Pos)))
				continue
			}
			given[key] = p
		}
		for _, h := range p.Handlers {
			if q := rows[h.Entry.Number]; q != nil {
				errs = append(errs, alternatives(p, q, fmt.Sprintf("parts %s and %s both serve row %d (%s), by method %s", q.Name, p.Name, h.Entry.Number, h.Entry.Name, h.Method), show(h.Pos)))
				continue
			}
			rows[h.Entry.Number] = p
		}
	}
	return errs
}

func alternatives(p, q *part, what, pos string) error {
	return &Problem{Pos: pos, What: what, Mend: fmt.Sprintf("select one of them, rename a method, or let one export const Excludes = %q", q.Name)}
}

// order sorts the chosen parts so that each comes after those it needs, and
// otherwise as comparePlace has them.
func (t *Tree) order(chosen map[*part]bool) ([]*part, error) {
	var todo, done []*part
	for _, p := range t.parts {
		if chosen[p] {
			todo = append(todo, p)
		}
	}
	have := make(map[*part]bool)
	for len(todo) > 0 {
		i := slices.IndexFunc(todo, func(p *part) bool { return t.lacks(p, have) < 0 })
		if i < 0 {
			return nil, t.circle(todo)
		}
		have[todo[i]] = true
		done = append(done, todo[i])
		todo = slices.Delete(todo, i, i+1)
	}
	return done, nil
}

// circle names the parts of a circle of needs. Each of stuck needs another one
// of them.
func (t *Tree) circle(stuck []*part) error {
	var path []*part
	p := stuck[0]
	for !slices.Contains(path, p) {
		path = append(path, p)
		i := slices.IndexFunc(stuck, p.needs)
		p = stuck[i]
	}
	path = append(path[slices.Index(path, p):], p)
	var names []string
	for _, q := range path {
		names = append(names, q.Name)
	}
	return &Problem{
		Pos:  show(p.Pos),
		What: "parts need each other in a circle: " + strings.Join(names, " needs "),
		Mend: "let one of them do without, or give what both need to a third part",
	}
}

// providers names, by number, the part that would serve a row that the kernel
// does not serve.
func (t *Tree) providers(k *emit.Kernel) []string {
	names := make([]string, len(t.cfg.Table.Entries))
	served := k.Served()
	for _, p := range t.parts {
		if p.foreign {
			continue
		}
		for _, h := range p.Handlers {
			if i := h.Entry.Number; served[i] == nil && names[i] == "" {
				names[i] = p.Name
			}
		}
	}
	return names
}
