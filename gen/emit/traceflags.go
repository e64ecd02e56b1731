// The names of bits and numbers, for the trace printer: the file traceflags.txt.
package emit

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/gen/master"
)

//go:embed traceflags.txt
var traceFlagsText string

// traceSet is a set of names.
type traceSet struct {
	name  string
	bits  bool
	names []traceName
}

// traceName is a constant of package abi; mask is the constant, or the number,
// that its field is, "" for its own bits.
type traceName struct{ mask, name string }

// traceFlags is what traceflags.txt says.
type traceFlags struct {
	sets []traceSet
	// uses gives arguments a set: call.arg or *.arg.
	uses map[string]string
}

// traceKinds are names that an argument can have instead of a set's: kinds of
// their own in the printer.
var traceKinds = map[string]string{"signal": "argSignal", "atfd": "argAtFD", "sockopt": "argOption"}

func parseTraceFlags(text string) (*traceFlags, error) {
	f := &traceFlags{uses: make(map[string]string)}
	line := 0
	for s := range strings.Lines(text) {
		line++
		if err := f.line(strings.TrimSpace(s)); err != nil {
			return nil, fmt.Errorf("gen/emit/traceflags.txt:%d: %w", line, err)
		}
	}
	return f, nil
}

func (f *traceFlags) line(s string) error {
	words := strings.Fields(s)
	switch {
	case len(words) == 0 || words[0][0] == '#':
		return nil
	case words[0] == "set":
		return f.set(words[1:])
	case words[0] == "use":
		return f.use(words[1:])
	case len(f.sets) == 0:
		return fmt.Errorf("%q in front of the first set", s)
	}
	set := &f.sets[len(f.sets)-1]
	mask := ""
	if m, ok := strings.CutSuffix(words[0], ":"); ok {
		mask, words = m, words[1:]
	}
	for _, w := range words {
		set.names = append(set.names, traceName{mask, w})
	}
	return nil
}

func (f *traceFlags) set(words []string) error {
	if len(words) != 2 || words[1] != "enum" && words[1] != "bits" {
		return fmt.Errorf("want a name, and enum or bits")
	}
	if f.has(words[0]) {
		return fmt.Errorf("a second set %s", words[0])
	}
	f.sets = append(f.sets, traceSet{name: words[0], bits: words[1] == "bits"})
	return nil
}

func (f *traceFlags) has(name string) bool {
	return traceKinds[name] != "" || slices.ContainsFunc(f.sets, func(s traceSet) bool { return s.name == name })
}

func (f *traceFlags) use(words []string) error {
	if len(words) < 2 || !f.has(words[0]) {
		return fmt.Errorf("want a set that stands above, and arguments")
	}
	for _, w := range words[1:] {
		if f.uses[w] != "" {
			return fmt.Errorf("%s has a set already", w)
		}
		f.uses[w] = words[0]
	}
	return nil
}

// of is the set of an argument, "" for none.
func (f *traceFlags) of(e *master.Entry, a *master.Arg) string {
	base := strings.TrimLeft(e.Base, "_")
	if name := f.uses[base+"."+a.Name]; name != "" {
		return name
	}
	if name := f.uses[e.Base+"."+a.Name]; name != "" {
		return name
	}
	return f.uses["*."+a.Name]
}

// check fails when an argument is given a set but is in no row.
func (f *traceFlags) check(t *master.Table) error {
	known := make(map[string]bool)
	for i := range t.Entries {
		e := &t.Entries[i]
		for _, a := range e.Args {
			known["*."+a.Name] = true
			known[e.Base+"."+a.Name] = true
			known[strings.TrimLeft(e.Base, "_")+"."+a.Name] = true
		}
	}
	for use := range f.uses {
		if !known[use] {
			return fmt.Errorf("gen/emit/traceflags.txt: no row has an argument %s", use)
		}
	}
	return nil
}
