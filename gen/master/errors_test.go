package master

// What is wrong with a table: where it stands, and what is said of it.

import (
	"errors"
	"strings"
	"testing"
)

func TestErrors(t *testing.T) {
	const a = "0 STD { int|sys||a(void); }\n"
	for _, c := range []struct{ name, body, want string }{
		{"number too low", a + "0 STD { int|sys||b(void); }", `t:4:1: found "0", expected system call number 1 (numbers are out of sync)`},
		{"number too high", "  1 STD", `t:3:3: found "1", expected system call number 0 (numbers are out of sync)`},
		{"no number", a + "x", `t:4:1: found "x", expected system call number 1 (numbers are out of sync)`},
		{"signed number", "+0 STD { int|sys||a(void); }", `t:3:1: found "+0", expected system call number 0 (numbers are out of sync)`},
		{"separator with a blank", "%% ", `t:3:1: found "%%", expected system call number 0 (numbers are out of sync)`},
		{"table full", a + "1 OBSOL\n2 OBSOL\n3 OBSOL\n4 OBSOL", `t:7:1: found "4", expected a number below 4, the size of the switch table`},

		{"keyword", "0 FOO", `t:3:3: found "FOO", expected an entry type: STD NOERR NODEF NOARGS INDIR EXTERN OBSOL UNIMPL EXCL IGNORED COMPAT_50`},
		{"compat option not chosen", "0 COMPAT_43 { int|sys||a(void); }", `t:3:3: found "COMPAT_43", expected an entry type: STD NOERR NODEF NOARGS INDIR EXTERN OBSOL UNIMPL EXCL IGNORED COMPAT_50`},
		{"no keyword", "0", `t:3:2: found the end of the line, expected an entry type: STD NOERR NODEF NOARGS INDIR EXTERN OBSOL UNIMPL EXCL IGNORED COMPAT_50`},
		{"order RUMP MODULAR", "0 STD RUMP MODULAR m { int|sys||a(void); }", `t:3:12: found "MODULAR", expected "{"`},
		{"order MODULAR INDIR", "0 STD MODULAR m INDIR { int|sys||a(void); }", `t:3:17: found "INDIR", expected "{"`},
		{"order alias RUMP", "0 STD b RUMP { int|sys||a(void); }", `t:3:9: found "RUMP", expected "{"`},
		{"alias in capitals", "0 STD Open { int|sys||a(void); }", `t:3:7: found "Open", expected "{"`},
		{"no module", "0 STD MODULAR { int|sys||a(void); }", `t:3:15: found "{", expected the name of a module behind MODULAR`},
		{"no signature", "0 STD", `t:3:6: found the end of the line, expected "{"`},

		{"no return type", "0 STD { |sys||a(void); }", `t:3:9: found "|", expected the return type`},
		{"return type of stars", "0 STD { *|sys||a(void); }", `t:3:10: found "|", expected the return type`},
		{"no prefix", "0 STD { int||a(void); }", `t:3:13: found "|", expected the handler's prefix`},
		{"one bar short", "0 STD { int|sys|a(void); }", `t:3:18: found "(", expected "|"`},
		{"no name", "0 STD { int|sys||(void); }", `t:3:18: found "(", expected the call's name`},
		{"no parenthesis", "0 STD { int|sys||a; }", `t:3:18: found "a;", expected the call's name`},
		{"no closing parenthesis", "0 STD { int|sys||a(void; }", `t:3:26: found "}", expected "," or ")" behind the argument`},
		{"no semicolon", "0 STD { int|sys||a(void) }", `t:3:26: found "}", expected ";"`},
		{"no brace", "0 STD { int|sys||a(void);", `t:3:26: found the end of the line, expected "}"`},
		{"ends in arguments", "0 STD { int|sys||a(int b,", `t:3:26: found the end of the line, expected "," or ")" behind the argument`},
		{"words behind the alias", "0 STD { int|sys||a(void); } b c", `t:3:31: found "c", expected the end of the line`},
		{"alias with a dash", "0 STD { int|sys||a(void); } b-c", `t:3:29: found "b-c", expected an alias of letters, digits and underscores, or the end of the line`},

		{"argument without name", "0 STD { int|sys||a(int); }", `t:3:23: found ")", expected an argument: its type and its name`},
		{"comma without argument", "0 STD { int|sys||a(int b,); }", `t:3:26: found ")", expected an argument: its type and its name`},
		{"void among others", "0 STD { int|sys||a(void, int b); }", `t:3:24: found ",", expected an argument: its type and its name`},
		{"nothing optional", "0 STD { int|sys||a(int b, ...); }", `t:3:30: found ")", expected an argument: its type and its name`},
		{"star for a name", "0 STD { int|sys||a(char *); }", `t:3:25: found "*", expected the name of an argument`},
		{"bad type", "0 STD { int|sys||a(in-t b); }", `t:3:20: found "in-t", expected the type of argument b`},
		{"parenthesis in a type", "0 STD { int|sys||a(int (*f)(int)); }", `t:3:24: found "(", expected the type of argument f`},
		{"argument twice", "0 STD { int|sys||a(int b, long b); }", `t:3:27: found "b", expected a name other than that of argument 1`},
		{"padding missing", "0 STD { int|sys||a(int fd, off_t o); }", `t:3:28: found "off_t o", expected a padding argument (such as int PAD) in front of it`},
		{"padding missing in front of the second", "0 STD { int|sys||a(off_t o, int fd, dev_t d); }", `t:3:37: found "dev_t d", expected a padding argument (such as int PAD) in front of it`},
		{"nine slots", "0 STD { int|sys||a(int a, int b, int c, int d, int e, int f, int g, int h, int i); }", `t:3:76: found "int i", expected at most 8 argument slots`},
		{"array of none", "0 STD { int|sys||a(int b[0]); }", `t:3:24: found "b[0]", expected an array of 1 to 8 slots, or of SYS_MAXSYSARGS`},
		{"array left open", "0 STD { int|sys||a(int b[2); }", `t:3:24: found "b[2", expected an array of 1 to 8 slots, or of SYS_MAXSYSARGS`},

		{"else alone", "#else", `t:3:1: found "#else", expected an open #if before it (unbalanced)`},
		{"endif alone", a + " #endif", `t:4:2: found "#endif", expected an open #if before it (unbalanced)`},
		{"else twice", "#if A\n#else\n#else\n#endif", `t:5:1: found "#else", expected an open #if before it (unbalanced)`},
		{"if left open", "#if A\n" + a, `t:3:1: found "A", expected an #endif for it before the end of the file (unbalanced)`},
		{"elif keeps the number", "#if A\n" + a + "#elif B\n" + a + "#endif", `t:6:1: found "0", expected system call number 1 (numbers are out of sync)`},
		{"number twice", "#if !A\n" + a + "1 OBSOL\n#else\n" + a + "#endif\n1 OBSOL", `t:9:1: found "1", expected system call number 2, in the branches that the defines choose`},
		{"number left out", "#if !A\n" + a + "#else\n" + a + "1 OBSOL\n#endif\n2 OBSOL", `t:9:1: found "2", expected system call number 1, in the branches that the defines choose`},
		{"no branch chosen", "#if A\n" + a + "#endif\n1 OBSOL", `t:6:1: found "1", expected system call number 0, in the branches that the defines choose`},
		{"ifdef of two", "#ifdef A B", `t:3:7: found "A B", expected one symbol behind #ifdef`},
		{"no such if", "#iffy A", `t:3:1: found "#iffy", expected #if, #ifdef or #ifndef`},
		{"condition", "#if A ||", `t:3:4: found "A ||", expected a condition with a symbol, a number, "defined", "!" or "("`},

		{"Go name in capitals", "0 STD { int|sys||Open(void); }", `t:3:18: found "Open", expected a name that makes a handler of lower case letters, digits and underscores, a letter first, not "sys_Open"`},
		{"Go name without a letter", "0 STD { int|_sys||a(void); }", `t:3:19: found "a", expected a name that makes a handler of lower case letters, digits and underscores, a letter first, not "_sys_a"`},
		{"Go name twice", a + "1 STD { int|sys||_a(void); }", `t:4:1: found "sys__a", expected a handler whose Go name is not SysA, that of sys_a (line 3)`},
		{"stub without a letter", "0 STD RUMP 9a { int|sys||a(void); }", `t:3:26: found "a", expected a name or alias with a letter first, for the client stub of a RUMP call`},
		{"stub twice", "0 STD RUMP { int|sys||a(void); }\n1 STD RUMP { int|sys|50|a(void); }", `t:4:1: found "__a50", expected a call whose client stub is not A, that of a (line 3)`},
	} {
		opt := Options{SysAlign: true, CompatOpts: []string{"compat_50"}, NSysent: 4}
		_, err := parseBody(c.body, opt)
		if err == nil {
			t.Errorf("%s: no error", c.name)
		} else if err.Error() != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, err, c.want)
		}
	}
}

func TestErrorsInSAL(t *testing.T) {
	for args, want := range map[string]string{
		"_In_x_ int *p":                         `t:3:20: found "_In_x_", expected a SAL word such as _In_z_, _In_reads_bytes_opt_(n), _Out_writes_(n), _Inout_opt_`,
		"_In_z_opt_ char *p":                    `t:3:20: found "_In_z_opt_", expected a SAL word such as _In_z_, _In_reads_bytes_opt_(n), _Out_writes_(n), _Inout_opt_`,
		"_Out_z_ char *p":                       `t:3:20: found "_Out_z_", expected a SAL word such as _In_z_, _In_reads_bytes_opt_(n), _Out_writes_(n), _Inout_opt_`,
		"_In_writes_(2) char *p":                `t:3:20: found "_In_writes_", expected a SAL word such as _In_z_, _In_reads_bytes_opt_(n), _Out_writes_(n), _Inout_opt_`,
		"_Ret_ int p":                           `t:3:20: found "_Ret_", expected a SAL word such as _In_z_, _In_reads_bytes_opt_(n), _Out_writes_(n), _Inout_opt_`,
		"_In_ int p":                            `t:3:20: found "int p", expected a pointer behind the SAL word`,
		"_In_z_ const int *p":                   `t:3:20: found "const int *p", expected char * behind _In_z_`,
		"_Out_ const int *p":                    `t:3:20: found "const int *p", expected memory that is not const, as it is written to`,
		"_Out_writes_(2) struct s *const *p":    `t:3:20: found "struct s *const *p", expected memory that is not const, as it is written to`,
		"_In_ const void *p":                    `t:3:20: found "const void *p", expected a _bytes_ form, as void has no size`,
		"_Out_writes_(2) void *p":               `t:3:20: found "void *p", expected a _bytes_ form, as void has no size`,
		"_In_ int *PAD":                         `t:3:20: found "PAD", expected no SAL word on padding`,
		"_In_reads_ int *p":                     `t:3:31: found "int", expected "("`,
		"_In_reads_() int *p":                   `t:3:31: found ")", expected a length: an argument's name, *name, or a number`,
		"_In_reads_(-1) int *p":                 `t:3:31: found "-1", expected a length: an argument's name, *name, or a number`,
		"_In_reads_(*2) int *p":                 `t:3:32: found "2", expected a length: an argument's name, *name, or a number`,
		"_In_reads_(n int *p":                   `t:3:33: found "int", expected ")"`,
		"_In_reads_(n) int *p":                  `t:3:31: found "n", expected the name of an argument of this call`,
		"_In_reads_(00) int *p":                 `t:3:31: found "00", expected a length from 1 to 999999999`,
		"_In_reads_(9999999999) int *p":         `t:3:31: found "9999999999", expected a length from 1 to 999999999`,
		"_In_reads_(n) int *p, int *n":          `t:3:31: found "n", expected an argument that is a number; the length behind a pointer is written *n`,
		"_Out_writes_(*n) int *p, int n":        `t:3:33: found "*n", expected an _In_ or _Inout_ pointer to the length`,
		"_Out_writes_(*n) int *p, int *n":       `t:3:33: found "*n", expected an _In_ or _Inout_ pointer to the length`,
		"_Out_writes_(*n) int *p, _Out_ int *n": `t:3:33: found "*n", expected an _In_ or _Inout_ pointer to the length`,
		"_Out_writes_(*p) int *p":               `t:3:33: found "*p", expected an _In_ or _Inout_ pointer to the length`,
	} {
		_, err := parseBody("0 STD { int|sys||a("+args+"); }", Native())
		if err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", args, err, want)
		}
	}
	for ret, want := range map[string]string{
		"_Ret_ void":      `t:3:9: found "_Ret_", expected no return annotation on void`,
		"_Ret_pair_ void": `t:3:9: found "_Ret_pair_", expected no return annotation on void`,
		"_Ret_ ssize_t":   `t:3:9: found "_Ret_", expected no _Ret_ on ssize_t, which always carries a value`,
	} {
		_, err := parseBody("0 STD { "+ret+"|sys||a(void); }", Native())
		if err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", ret, err, want)
		}
	}
}

// TestErrorType checks what programs see of an error.
func TestErrorType(t *testing.T) {
	_, err := parseBody("0 STD {\n", Native())
	var e *Error
	if !errors.As(err, &e) || e.Pos != (Pos{"t", 3, 8}) || e.Found != "the end of the line" || e.Expected != "the return type" {
		t.Errorf("%#v", err)
	}
	if pos, ok := PosOf(err); !ok || pos.Line != 3 {
		t.Errorf("PosOf: %v %v", pos, ok)
	}
	if _, ok := PosOf(errors.New("x")); ok {
		t.Error("PosOf found a position in another error")
	}
}

// TestLimits checks that huge tables are refused, and soon.
func TestLimits(t *testing.T) {
	for name, src := range map[string]string{
		"bytes":        strings.Repeat("x", maxFile+1),
		"conditionals": "id\n%%\n" + strings.Repeat("#if 1\n", maxDepth+1),
	} {
		if _, err := Parse("t", []byte(src), Native()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
