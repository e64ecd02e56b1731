package argcases

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// table is a file of cases.
type table struct {
	name string
	// kernel is the smallest selection that serves its rows.
	kernel string
	// lacks are rows that NetBSD's rump kernels do not serve.
	lacks []string
	cases []testCase
}

// tables are all files, and what they say of rows.
type tables struct {
	files  []table
	macros map[string]macro
	// exempt holds the rows that have no case that succeeds, or none that
	// fails, and why.
	exempt map[string]string
}

// macro is a piece of a line with a name: "@name" or "@name(a,b)" stands for
// it, %1 and %2 in it for what is in the parentheses.
type macro string

// loadTables reads testdata: common.txt first, for its macros.
func loadTables(t *testing.T) *tables {
	t.Helper()
	ts := &tables{macros: map[string]macro{}, exempt: map[string]string{}}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append([]string{"testdata/common.txt"}, files...) {
		if filepath.Base(file) == "common.txt" && len(ts.macros) > 0 {
			continue
		}
		if err := ts.load(file); err != nil {
			t.Fatal(err)
		}
	}
	return ts
}

// load reads a file. A line is a case, or
//
//	# a comment
//	kernel vfs                 the selection that serves the rows that follow
//	def NAME TEXT              a macro
//	lacks ROW...: why          NetBSD's rump kernels do not serve them
//	never fails ROW...: why    there is no case of an error; never succeeds likewise
//
// A line that ends in a backslash goes on in the next.
func (ts *tables) load(file string) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	tab := table{name: filepath.Base(file), kernel: "base"}
	begin, long := 0, ""
	for i, line := range strings.Split(string(src), "\n") {
		if long == "" {
			begin = i + 1
		}
		line = long + strings.TrimSpace(line)
		if cut, more := strings.CutSuffix(line, `\`); more {
			long = cut
			continue
		}
		long = ""
		if err := ts.line(&tab, begin, line); err != nil {
			return fmt.Errorf("%s:%d: %w", tab.name, begin, err)
		}
	}
	ts.files = append(ts.files, tab)
	return nil
}

func (ts *tables) line(tab *table, n int, line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "" || line[0] == '#':
		return nil
	case word == "kernel":
		tab.kernel = rest
		return nil
	case word == "def":
		name, body, _ := strings.Cut(rest, " ")
		ts.macros[name] = macro(body)
		return nil
	case word == "lacks":
		rows, _, ok := strings.Cut(rest, ": ")
		if !ok {
			return fmt.Errorf("lacks ROW...: why")
		}
		tab.lacks = append(tab.lacks, strings.Fields(rows)...)
		return nil
	case word == "never":
		rows, reason, ok := strings.Cut(rest, ": ")
		what, list, _ := strings.Cut(rows, " ")
		if !ok || what != "fails" && what != "succeeds" {
			return fmt.Errorf("never fails|succeeds ROW...: why")
		}
		for _, row := range strings.Fields(list) {
			ts.exempt[what+" "+row] = reason
		}
		return nil
	}
	full, err := ts.expand(line, 0)
	if err != nil {
		return err
	}
	c, err := parseCase(full)
	c.file, c.line, c.src = tab.name, n, line
	for i := range c.steps {
		c.skip = c.skip || slices.Contains(tab.lacks, c.steps[i].call)
	}
	tab.cases = append(tab.cases, c)
	return err
}

// expand replaces the macros of a line, those in macros as well.
func (ts *tables) expand(line string, depth int) (string, error) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(line, "@")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		n := strings.IndexFunc(after, func(c rune) bool { return c != '_' && (c < '0' || c > '9') && (c|32 < 'a' || c|32 > 'z') })
		if n < 0 {
			n = len(after)
		}
		name := after[:n]
		body, ok := ts.macros[name]
		if !ok || depth > 8 {
			return "", fmt.Errorf("no macro @%s", name)
		}
		text := string(body)
		line = after[n:]
		if strings.HasPrefix(line, "(") {
			list, rest, _ := strings.Cut(line[1:], ")")
			for i, arg := range strings.Split(list, ",") {
				text = strings.ReplaceAll(text, fmt.Sprint("%", i+1), arg)
			}
			line = rest
		}
		text, err := ts.expand(text, depth+1)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
	}
}
