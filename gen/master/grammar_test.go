package master

// The grammar, construct by construct, in small tables.

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// parseBody parses a table of which only the body is given: its first line is
// line 3 of the file.
func parseBody(body string, opt Options) (*Table, error) {
	return Parse("t", []byte("id\n%%\n"+body), opt)
}

// entries parses a body that must be right.
func entries(t *testing.T, body string, opt Options) []Entry {
	t.Helper()
	table, err := parseBody(body, opt)
	if err != nil {
		t.Fatalf("%v\nin:\n%s", err, body)
	}
	return table.Entries
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		row, typ, module, name, handler string
		indirect, rump                  bool
	}{
		{"0 STD { int|sys||a(void); }", "STD", "", "a", "sys_a", false, false},
		{"0 NOERR RUMP { int|sys||a(void); }", "NOERR", "", "a", "sys_a", false, true},
		{"0 NODEF { int|sys||a(void); }", "NODEF", "", "a", "sys_a", false, false},
		{"0 NOARGS { int|sys||a(void); }", "NOARGS", "", "a", "sys_a", false, false},
		{"0 INDIR { int|sys||a(void); }", "INDIR", "", "a", "sys_a", true, false},
		{"0 NOARGS INDIR { int|sys||a(void); }", "NOARGS", "", "a", "sys_a", true, false},
		{"0 EXTERN MODULAR afs { int|sys||a(void); }", "EXTERN", "afs", "a", "sys_a", false, false},
		{"0 STD MODULAR XXX RUMP b { int|sys||a(void); } c", "STD", "XXX", "b", "sys_a", false, true},
		{"0 STD { int|sys||a(void); } c", "STD", "", "c", "sys_a", false, false},
		{"0 STD{int|sys|50|a()\t;} c", "STD", "", "c", "sys___a50", false, false},
		{"0 COMPAT_43 { int|sys||a(void); } oa", "COMPAT_43", "", "compat_43_oa", "compat_43_sys_a", false, false},
		{"0 COMPAT_50 { int|sys|30|a(void); }", "COMPAT_50", "", "compat_50___a30", "compat_50_sys___a30", false, false},
		{"0 STD { int|linux_sys||a(void); }", "STD", "", "a", "linux_sys_a", false, false},
		{"0 STD { int|compat_50_sys||a_b(void); }", "STD", "", "a_b", "compat_50_sys_a_b", false, false},
		{"00 STD { int|sys||a(void); }", "STD", "", "a", "sys_a", false, false},
	} {
		e := entries(t, c.row, Native())[0]
		if e.Type != c.typ || e.Module != c.module || e.Name != c.name || e.Handler != c.handler ||
			e.Indirect != c.indirect || e.Rump != c.rump || e.Indirect != (e.Flags&FlagIndirect != 0) {
			t.Errorf("%s: %+v", c.row, e)
		}
	}
}

func TestStubs(t *testing.T) {
	for row, want := range map[string]string{
		"0 OBSOL":                          "#0 (obsolete)",
		"0\tOBSOL  old\t thing ":           "#0 (obsolete old thing)",
		"0 EXCL a(b); }":                   "#0 (excluded a(b); })",
		"0 IGNORED x":                      "#0 (ignored x)",
		"0 UNIMPL RUMP { int|sys||a(); } ": "#0 (unimplemented RUMP { int|sys||a(); })",
	} {
		e := entries(t, row, Native())[0]
		if e.TableName() != want || e.HasCall() || e.Rump {
			t.Errorf("%q: %q, want %q", row, e.TableName(), want)
		}
	}
}

func TestLexical(t *testing.T) {
	table, err := Parse("t", []byte("$Id: x$ %%\n#include <x>\n#else of the head\n; no row\n\n%%\n"+
		"  ; more\n0 STD { int|s$ys||a(int b, \\\n\tchar*c \\\n); }\r\n\\\n1 STD { int|sys||b$(long d); }\\\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if table.ID != "Id: x %%" || len(table.Entries) != 2 {
		t.Fatalf("%+v", table)
	}
	a, b := table.Entries[0], table.Entries[1]
	if a.Handler != "sys_a" || a.Args[1].Type != "char *" || b.Name != "b" {
		t.Errorf("%+v %+v", a, b)
	}
	// Positions are those of the source, dollar signs and joined lines counted.
	if got := [...]string{a.Args[0].Pos.String(), a.Args[1].Pos.String(), b.Pos.String(), b.Args[0].Pos.String()}; got != [...]string{"t:8:21", "t:9:2", "t:12:1", "t:12:21"} {
		t.Errorf("positions %q", got)
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		args, want string
		narg       int
		flags      uint32
	}{
		{"", "void", 0, 0},
		{"void", "void", 0, 0},
		{"int a", "int a", 1, 0},
		{"const char * const*a", "const char *const * a", 1, FlagArgPtr},
		{"struct s **a, unsigned int b", "struct s ** a, unsigned int b", 2, FlagArgPtr},
		{"int a, ... int b, int c", "int a, ... int b, int c", 3, 0},
		{"int a, int PAD, off_t b", "int a, int PAD, off_t b", 3, 0x81000},
		{"off_t a, int b, int PAD, dev_t c", "off_t a, int b, int PAD, dev_t c", 4, 0x122000},
		{"int a, quad_t b", "int a, quad_t b", 2, 0x41000},
		{"int a, long PAD, int b, int PAD, time_t c", "int a, long PAD, int b, int PAD, time_t c", 5, 0x201000},
		{"long a[3], int b", "long a[3], int b", 4, 0},
	} {
		e := entries(t, "0 STD { int|sys||a("+c.args+"); }", Native())[0]
		if got := argText(&e); got != c.want || e.NArg != c.narg || e.ArgSize != 8*c.narg || e.Flags != c.flags {
			t.Errorf("%s: %s, %d slots, flags %#x, want %s, %d, %#x", c.args, got, e.NArg, e.Flags, c.want, c.narg, c.flags)
		}
	}
	if e := entries(t, "0 STD { off_t|sys||a(int b, off_t c); }", Options{})[0]; e.Flags != 0x51000 {
		t.Errorf("without sysalign: flags %#x", e.Flags)
	}
}

func TestSAL(t *testing.T) {
	for _, c := range []struct {
		arg  string
		want Arg
	}{
		{"_In_z_ const char *p", Arg{Direction: In, Shape: String}},
		{"_In_opt_z_ char *p", Arg{Direction: In, Shape: String, Null: true}},
		{"_In_ const struct s *p", Arg{Direction: In, Shape: One}},
		{"_In_opt_ struct s *p", Arg{Direction: In, Shape: One, Null: true}},
		{"_Out_ int *p", Arg{Direction: Out, Shape: One}},
		{"_Out_opt_ int *p", Arg{Direction: Out, Shape: One, Null: true}},
		{"_Inout_ int *p", Arg{Direction: InOut, Shape: One}},
		{"_Inout_opt_ int *p", Arg{Direction: InOut, Shape: One, Null: true}},
		{"_In_reads_(n) const int *p", Arg{Direction: In, Shape: Array, Len: "n"}},
		{"_In_reads_opt_(2) const int *p", Arg{Direction: In, Shape: Array, Null: true, Len: "2"}},
		{"_In_reads_bytes_( n ) const void *p", Arg{Direction: In, Shape: Bytes, Len: "n"}},
		{"_In_reads_bytes_opt_(n) const void *p", Arg{Direction: In, Shape: Bytes, Null: true, Len: "n"}},
		{"_Out_writes_(n) struct s *p", Arg{Direction: Out, Shape: Array, Len: "n"}},
		{"_Out_writes_opt_(n) struct s *p", Arg{Direction: Out, Shape: Array, Null: true, Len: "n"}},
		{"_Out_writes_bytes_(*m) void *p", Arg{Direction: Out, Shape: Bytes, Len: "*m"}},
		{"_Out_writes_bytes_opt_(n) void *p", Arg{Direction: Out, Shape: Bytes, Null: true, Len: "n"}},
		{"_Inout_updates_(n) struct s *p", Arg{Direction: InOut, Shape: Array, Len: "n"}},
		{"_Inout_updates_opt_(n) struct s *p", Arg{Direction: InOut, Shape: Array, Null: true, Len: "n"}},
		{"_Inout_updates_bytes_(n) void *p", Arg{Direction: InOut, Shape: Bytes, Len: "n"}},
		{"_Inout_updates_bytes_opt_(n) void *p", Arg{Direction: InOut, Shape: Bytes, Null: true, Len: "n"}},
		{"_In_reads_(n) struct s *const *p", Arg{Direction: In, Shape: Array, Len: "n"}},
		{"void *p", Arg{Direction: Unknown}},
		{"int p", Arg{Direction: Value}},
	} {
		a := entries(t, "0 STD { int|sys||a("+c.arg+", int n, _Inout_ int *m); }", Native())[0].Args[0]
		if a.Direction != c.want.Direction || a.Shape != c.want.Shape || a.Null != c.want.Null || a.Len != c.want.Len || a.Name != "p" {
			t.Errorf("%s: %+v", c.arg, a)
		}
	}
}

// TestWithoutSAL parses the project's table as NetBSD would write it, and finds
// the same but for what SAL words add.
func TestWithoutSAL(t *testing.T) {
	src, err := os.ReadFile(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`_(In|Out|Inout|Ret)_[a-z_]*(\([^)]*\))? `)
	plain, err := Parse("plain", words.ReplaceAll(src, nil), Native())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range native(t, false).Entries {
		got := plain.Entries[i]
		if got.Name != want.Name || got.Ret != want.Ret || got.Flags != want.Flags || !reflect.DeepEqual(argText(&got), argText(&want)) {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
		for _, a := range got.Args {
			if a.Shape != None || strings.Contains(a.Type, "*") != (a.Direction == Unknown) {
				t.Errorf("%d: %+v", i, a)
			}
		}
	}
}

// TestOtherEmulations parses tables as rump's Linux, SunOS and Cygwin emulations
// have them: foreign prefixes, arguments declared elsewhere, no compat options.
func TestOtherEmulations(t *testing.T) {
	body := `
0	NOARGS	{ int|linux_sys||nosys(void); } syscall
1	STD	{ int|linux_sys||open(const char *path, int flags, int mode); }
2	NOARGS	{ ssize_t|sys||read(int fd, char *buf, u_int nbyte); }
3	NOARGS	{ int|compat_43_sys||lseek(int fd, long offset, int whence); }
4	UNIMPL	break
5	NOARGS	{ int|linux_sys||nosys(void); } unused
6	NOARGS	{ int|sys||fstat(int fd, linux_off_t where); } olinux
7	INDIR	{ int|netbsd32||syscall(int code, ... register32_t args[NETBSD32_SYS_MAXSYSARGS]); }
8	INDIR	{ quad_t|netbsd32||__syscall(quad_t code, ... register32_t args[NETBSD32_SYS_MAXSYSARGS]); } ODD`
	var names []string
	for _, e := range entries(t, body, Options{}) {
		names = append(names, e.TableName()+"="+e.Handler+"="+e.GoName)
	}
	want := []string{
		"syscall=linux_sys_nosys=LinuxSysNosys", "open=linux_sys_open=LinuxSysOpen",
		"read=sys_read=SysRead", "lseek=compat_43_sys_lseek=Compat43SysLseek",
		"#4 (unimplemented break)==", "unused=linux_sys_nosys=LinuxSysNosys",
		"olinux=sys_fstat=SysFstat",
		"netbsd32_syscall=netbsd32_syscall=Netbsd32Syscall", "ODD=netbsd32___syscall=Netbsd32Syscall",
	}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("got  %q\nwant %q", names, want)
	}
}
