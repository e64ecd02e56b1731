package main

// The table subcommand: the model of any master file, for people or for tools.

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/gen/master"
)

// tableFlags are the flags of the table subcommand.
type tableFlags struct {
	json     bool
	faction  string
	options  master.Options
	factions map[string]string
}

func tableCommand(fs *flag.FlagSet) func([]string, io.Writer) error {
	f := &tableFlags{options: master.Native(), factions: master.Factions()}
	fs.BoolVar(&f.json, "json", false, "print one JSON object a row")
	fs.StringVar(&f.faction, "faction", "", "only rows that `faction` serves, such as vfs (its components too) or vfs/nfsserver")
	fs.BoolVar(&f.options.AllBranches, "all", false, "print the rows of all branches of conditionals")
	fs.BoolVar(&f.options.SysAlign, "sysalign", true, "demand padding in front of 64-bit arguments")
	fs.IntVar(&f.options.NSysent, "nsysent", f.options.NSysent, "entries in the switch table, 0 for as many as there are")
	fs.Func("D", "define `name[=value]` for conditionals, besides _LP64 and _KERNEL", f.define)
	fs.Func("compat", "the compat `options` that make entry types, such as compat_43,compat_50 (default: the native ones)", f.compat)
	return f.run
}

// define handles -D.
func (f *tableFlags) define(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		value = "1"
	}
	n, err := strconv.ParseInt(value, 0, 64)
	if err != nil {
		return errors.New("the value is not a number")
	}
	f.options.Defines[name] = n
	return nil
}

// compat handles -compat.
func (f *tableFlags) compat(s string) error {
	f.options.CompatOpts = strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
	return nil
}

// run prints the table in the file that args name, or the project's own.
func (f *tableFlags) run(args []string, stdout io.Writer) error {
	if len(args) > 1 {
		return fmt.Errorf("%w: one FILE, behind the flags, not %q", errUsage, args)
	}
	if names := master.FactionNames(); f.faction != "" && !slices.Contains(names, f.faction) {
		return fmt.Errorf("no faction or component %q%s (there are %s)",
			f.faction, didYouMean(f.faction, names), strings.Join(names, ", "))
	}
	path, err := tablePath(args)
	if err != nil {
		return err
	}
	table, err := master.ParseFile(path, f.options)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(stdout)
	rows := f.rows(table)
	if f.json {
		err = writeJSON(out, rows)
	} else {
		err = writeText(out, rows)
	}
	return errors.Join(err, out.Flush())
}

// tablePath is the file to read: the one named, or the syscalls.master beside
// the go.mod that encloses the working directory.
func tablePath(args []string) (string, error) {
	const name = "syscalls.master"
	if len(args) == 1 {
		return args[0], nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return shortPath(wd, filepath.Join(dir, name)), nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%w: no go.mod above %s, so name the FILE", errUsage, wd)
		}
	}
}

// shortPath is path as seen from wd, where that can be said.
func shortPath(wd, path string) string {
	if short, err := filepath.Rel(wd, path); err == nil {
		return short
	}
	return path
}

// rows are the table's rows, those that the faction does not serve left out.
func (f *tableFlags) rows(table *master.Table) []master.Row {
	var rows []master.Row
	for i := range table.Entries {
		e := &table.Entries[i]
		faction := f.factions[e.Handler]
		if f.faction == "" || faction == f.faction || strings.HasPrefix(faction, f.faction+"/") {
			rows = append(rows, e.Row(faction))
		}
	}
	return rows
}

// writeJSON prints one object on each line.
func writeJSON(w io.Writer, rows []master.Row) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, row := range rows {
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	return nil
}
