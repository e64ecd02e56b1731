package main

// What the kernel subcommand prints: the parts, the rows they serve, and who
// would serve the others.

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
)

// listParts prints all parts there are.
func listParts(w io.Writer, parts []*emit.Part) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "PART\tROWS\tNEEDS\tWHAT IT IS")
	for _, p := range parts {
		doc := p.Doc
		if !p.Default {
			doc += " (only when named)"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", p.Name, rows(p), needNames(p, parts), doc)
	}
	return tw.Flush()
}

// rows is how many rows a part serves: those of the 218, and others behind a
// plus.
func rows(p *emit.Part) string {
	n := strconv.Itoa(p.RumpRows())
	if others := len(p.Handlers) - p.RumpRows(); others > 0 {
		n += "+" + strconv.Itoa(others)
	}
	return n
}

// needNames lists the parts that a part needs, the base left out.
func needNames(p *emit.Part, parts []*emit.Part) string {
	var names []string
	for _, n := range p.Needs {
		i := slices.IndexFunc(parts, func(q *emit.Part) bool { return q.Path == n.Part })
		if i >= 0 && !parts[i].IsBase() {
			names = append(names, parts[i].Name)
		}
	}
	if names == nil {
		return "-"
	}
	return strings.Join(names, ",")
}

// reportKernel prints what a kernel holds.
func reportKernel(w io.Writer, k *emit.Kernel) error {
	if err := listParts(w, k.Parts); err != nil {
		return err
	}
	total := 0
	missing := make(map[string][]string)
	served := k.Served()
	for i := range k.Table.Entries {
		e := &k.Table.Entries[i]
		if !e.Rump {
			continue
		}
		total++
		if served[i] == nil {
			who := provider(k, e)
			missing[who] = append(missing[who], e.Name)
		}
	}
	fmt.Fprintf(w, "%s serves %d of %d rows\n", k.Selection, k.RumpRows(), total)
	whos := slices.Sorted(maps.Keys(missing))
	for _, who := range append(slices.DeleteFunc(whos, isNobody), nobody) {
		if names := missing[who]; names != nil {
			fmt.Fprintf(w, "  %d more with %s:%s\n", len(names), who, wrap(names, 4, 100))
		}
	}
	return nil
}

// nobody is who serves a row that no part serves.
const nobody = "nobody yet"

func isNobody(who string) bool { return who == nobody }

// provider says who would serve a row that a kernel does not serve.
func provider(k *emit.Kernel, e *master.Entry) string {
	if name := k.Providers[e.Number]; name != "" {
		return name
	}
	return nobody
}

// wrap joins words with spaces into lines of about width, indented.
func wrap(words []string, indent, width int) string {
	var b strings.Builder
	col := width
	for _, word := range words {
		if col+len(word)+1 > width {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			col = indent
		} else {
			b.WriteString(" ")
		}
		b.WriteString(word)
		col += len(word) + 1
	}
	return b.String()
}
