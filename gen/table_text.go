package main

// The table in aligned text.

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rumpkit/rumpkit/gen/master"
)

// writeText prints one line for each row, under a heading.
func writeText(w io.Writer, rows []master.Row) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "number\ttype\tmodule\trump\tfaction\tname\taltname\thandler\tgoName\tflags\tnarg\targsize\tsignature")
	for _, r := range rows {
		rump := ""
		if r.Rump {
			rump = "RUMP"
		}
		cells := []string{strconv.Itoa(r.Number), r.Type, r.Module, rump, r.Faction, r.Name, r.AltName, r.Handler, r.GoName}
		for i, cell := range cells {
			if cell == "" {
				cells[i] = "-"
			}
		}
		fmt.Fprintf(tw, "%s\t0x%07x\t%d\t%d\t%s\n", strings.Join(cells, "\t"), r.Flags, r.NArg, r.ArgSize, signature(r))
	}
	return tw.Flush()
}

// signature writes a row's return type and arguments, the direction of each
// pointer behind it.
func signature(r master.Row) string {
	if r.Handler == "" {
		return "-"
	}
	args := make([]string, len(r.Args))
	for i, a := range r.Args {
		args[i] = declare(a.Type, a.Name)
		if a.Slots > 1 {
			args[i] += fmt.Sprintf("[%d]", a.Slots)
		}
		if a.Direction != master.Value {
			args[i] += " <" + direction(a) + ">"
		}
		if a.Optional && (i == 0 || !r.Args[i-1].Optional) {
			args[i] = "... " + args[i]
		}
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	return declare(r.Ret, "("+strings.Join(args, ", ")+")")
}

// declare joins a type and what it declares.
func declare(typ, name string) string {
	if strings.HasSuffix(typ, "*") {
		return typ + name
	}
	return typ + " " + name
}

// direction says which way memory moves, and how much: "in string", "out nbyte
// bytes", "in [2] or null".
func direction(a master.RowArg) string {
	s := string(a.Direction)
	switch a.Shape {
	case master.String:
		s += " string"
	case master.Bytes:
		s += " " + a.Length + " bytes"
	case master.Array:
		s += " [" + a.Length + "]"
	}
	if a.Null {
		s += " or null"
	}
	return s
}
