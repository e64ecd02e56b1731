package emit

import (
	"strings"
	"testing"
)

func TestTraceRows(t *testing.T) {
	flags, err := parseTraceFlags(traceFlagsText)
	if err != nil {
		t.Fatal(err)
	}
	rows, args := traceRowsFiles(shapesTable(t), flags)
	rowsFile, err := Render("kernel/sysent/ztrace.go", rows)
	if err != nil {
		t.Fatal(err)
	}
	argsFile, err := Render("kernel/sysent/ztraceargs.go", args)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, []File{rowsFile, argsFile})
}

func TestTraceSets(t *testing.T) {
	flags, err := parseTraceFlags("# text\nset a enum\n\tSEEK_SET SEEK_CUR\n\nset b bits\n\tO_ACCMODE: O_RDONLY O_WRONLY\n\t0xf: SOCK_RAW\n\tO_APPEND\nuse b open.flags *.oflag\nuse signal kill.sig\n")
	if err != nil {
		t.Fatal(err)
	}
	file, err := Render("kernel/sysent/ztraceset.go", traceSetsFile(flags))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, []File{file})
	want := map[string]string{"open.flags": "b", "*.oflag": "b", "kill.sig": "signal"}
	for arg, set := range want {
		if flags.uses[arg] != set {
			t.Errorf("%s has set %q, want %q", arg, flags.uses[arg], set)
		}
	}
}

// A mistake in traceflags.txt is told with its line.
func TestTraceFlagsErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"\nO_APPEND\n", ":2: "},
		{"set a\n", "enum or bits"},
		{"set a some\n", "enum or bits"},
		{"set a enum\nset a bits\n", ":2: a second set a"},
		{"use a open.flags\n", "stands above"},
		{"set a enum\nuse a\n", "stands above"},
		{"set a enum\nuse a x.y\nuse a x.y\n", ":3: x.y has a set already"},
	} {
		if _, err := parseTraceFlags(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.text, err, test.want)
		}
	}
	flags, err := parseTraceFlags("set a enum\nuse a open.flag\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := flags.check(nativeTable(t)); err == nil || !strings.Contains(err.Error(), "open.flag") {
		t.Errorf("an argument that is in no row: %v", err)
	}
}
