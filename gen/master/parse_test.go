package master

// The project's own table against NetBSD 7.99.34's, row by row.

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const tablePath = "../../syscalls.master"

// native parses the project's table, with every branch of its conditionals or
// only the chosen ones.
func native(t testing.TB, allBranches bool) *Table {
	t.Helper()
	opt := Native()
	opt.AllBranches = allBranches
	table, err := ParseFile(tablePath, opt)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// references reads testdata/syscalls.tsv: one map per row, by column name.
func references(t testing.TB) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/syscalls.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []map[string]string
	var columns []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		fields := strings.Split(sc.Text(), "\t")
		if columns == nil {
			columns = fields
			continue
		}
		row := make(map[string]string)
		for i, name := range columns {
			row[name] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// argText writes arguments as the reference does.
func argText(e *Entry) string {
	if !e.HasCall() {
		return ""
	}
	if len(e.Args) == 0 {
		return "void"
	}
	var list []string
	optional := false
	for _, a := range e.Args {
		s := a.Type + " " + a.Name
		if a.Dim != "" {
			s += "[" + a.Dim + "]"
		}
		if a.Optional && !optional {
			s, optional = "... "+s, true
		}
		list = append(list, s)
	}
	return strings.Join(list, ", ")
}

// rumpText is the rump column.
func rumpText(e *Entry) string {
	if e.Rump {
		return "yes"
	}
	return "no"
}

// column is what the model says for a column of the reference.
func column(e *Entry, name string) string {
	if !e.HasCall() && (name == "sy_flags" || name == "sy_narg" || name == "blob_bytes") {
		return ""
	}
	switch name {
	case "number":
		return strconv.Itoa(e.Number)
	case "type":
		return e.Type
	case "modular":
		return e.Module
	case "rump":
		return rumpText(e)
	case "name":
		return e.TableName()
	case "function":
		return e.Handler
	case "ret":
		return e.Ret
	case "args":
		return argText(e)
	case "cond":
		return strings.Join(e.Cond, " && ")
	case "sy_flags":
		return fmt.Sprintf("0x%07x", e.Flags)
	case "sy_narg":
		return strconv.Itoa(e.NArg)
	case "blob_bytes":
		return strconv.Itoa(e.ArgSize)
	case "altname":
		return e.AltName
	case "comment":
		return e.Comment
	}
	panic("no column " + name)
}

func TestEveryRow(t *testing.T) {
	want := references(t)
	got := native(t, true).Entries
	// A number's branches follow each other in the reference.
	slices.SortStableFunc(got, func(a, b Entry) int { return a.Number - b.Number })
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for i, row := range want {
		for _, name := range []string{
			"number", "type", "modular", "rump", "name", "function", "ret", "args",
			"cond", "sy_flags", "sy_narg", "blob_bytes", "altname", "comment",
		} {
			if g := column(&got[i], name); g != row[name] {
				t.Errorf("%s: %s of %s is %q, want %q", got[i].Pos, name, row["name"], g, row[name])
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile(tablePath)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Parse(tablePath, src, Native()); err != nil {
			b.Fatal(err)
		}
	}
}
