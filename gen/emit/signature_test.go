package emit

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/gen/master"
)

// parse makes the first entry of a one-line table.
func parse(t *testing.T, row string) *master.Entry {
	t.Helper()
	table, err := master.Parse("test.master", []byte("$id$\n%%\n0 "+row+"\n"), master.Native())
	if err != nil {
		t.Fatal(err)
	}
	return &table.Entries[0]
}

func TestSignature(t *testing.T) {
	tests := []struct{ row, want string }{
		{"STD { int|sys||close(int fd); }", "(l *proc.LWP, fd int32) error"},
		{"STD { void|sys||sync(void); }", "(l *proc.LWP) error"},
		{"STD { _Ret_ int|sys||dup(int fd); }", "(l *proc.LWP, fd int32) (int32, error)"},
		{"STD { _Ret_pair_ uid_t|sys||getuid(void); }", "(l *proc.LWP) (uint32, uint32, error)"},
		{"STD { void *|sys||map(void *addr, size_t len); }", "(l *proc.LWP, addr usermem.Addr, len uint64) (uint64, error)"},
		// A length comes with its buffer, padding with nothing.
		{"STD { ssize_t|sys||pread(int fd, _Out_writes_bytes_(n) void *buf, size_t n, int PAD, off_t offset); }",
			"(l *proc.LWP, fd int32, buf usermem.OutBuf, offset int64) (int, error)"},
		{"STD { int|sys||bind(int s, _In_reads_bytes_(n) const struct sockaddr *name, socklen_t n); }",
			"(l *proc.LWP, s int32, name usermem.InBuf) error"},
		{"STD { int|sys||mount(_Inout_updates_bytes_opt_(n) void *data, size_t n); }", "(l *proc.LWP, data usermem.InOutBuf) error"},
		{"STD { int|sys||name(_Out_writes_bytes_opt_(*n) struct sockaddr *a, _Inout_opt_ socklen_t *n); }",
			"(l *proc.LWP, a usermem.OutSized32) error"},
		{"STD { int|sys||getfh(_Out_writes_bytes_opt_(*n) void *a, _Inout_ size_t *n); }", "(l *proc.LWP, a usermem.OutSized64) error"},
		// Objects and arrays of them.
		{"STD { int|sys||a(_In_opt_ const struct timespec *t, _Out_ struct stat *s, _Inout_ fd_set *f); }",
			"(l *proc.LWP, t usermem.In[abi.Timespec], s usermem.Out[abi.Stat], f usermem.InOut[abi.FdSet]) error"},
		{"STD { int|sys||b(_In_reads_(n) const struct iovec *v, int n, _Out_writes_(2) int *p, _Inout_updates_(m) struct pollfd *q, u_int m); }",
			"(l *proc.LWP, v usermem.InSlice[abi.Iovec], p usermem.OutSlice[int32], q usermem.InOutSlice[abi.Pollfd]) error"},
		{"STD { int|sys||c(_In_z_ const char *path, _In_opt_z_ const char *type); }",
			"(l *proc.LWP, path usermem.String, type_ usermem.String) error"},
		{"STD { int|sys||ioctl(int fd, u_long com, ... void *data); }", "(l *proc.LWP, fd int32, com uint64, data usermem.Addr) error"},
		{"STD { int|sys||stack(ssize_t offset); }", "(l *proc.LWP, offset int64) error"},
	}
	for _, tt := range tests {
		sig, err := Signature(parse(t, tt.row))
		if err != nil || sig.String() != tt.want {
			t.Errorf("%s\n got %v (%v)\nwant %s", tt.row, sig, err, tt.want)
		}
	}
}

func TestSignatureErrors(t *testing.T) {
	tests := []struct{ row, want string }{
		{"UNIMPL nothing", "test.master:3:1: row 0 (#0 (unimplemented nothing)) is no call"},
		{"INDIR { int|sys||syscall(int code); }", "is indirect"},
		{"STD { int|sys||a(double x); }", `test.master:3:`},
		{"STD { float|sys||a(int x); }", `no Go type for "float"`},
		{"STD { int|sys||a(_Inout_updates_bytes_(*n) void *p, _Inout_ size_t *n); }", "only a buffer to fill"},
		{"STD { int|sys||a(_Out_writes_bytes_(*n) void *p, _Inout_ off_t *n); }", "only a buffer to fill"},
		{"STD { int|sys||a(register_t args[SYS_MAXSYSARGS]); }", "an array in slots"},
	}
	for _, tt := range tests {
		_, err := Signature(parse(t, tt.row))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.row, err, tt.want)
		}
	}
}

// TestSignatures checks that each row that clients call has a signature, and
// that the rule gives each a method name of its own.
func TestSignatures(t *testing.T) {
	table, err := master.ParseFile("../../syscalls.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]int)
	rump := 0
	for i := range table.Entries {
		e := &table.Entries[i]
		if !e.HasCall() || e.Indirect {
			continue
		}
		if _, err := Signature(e); err != nil {
			t.Errorf("row %d: %v", e.Number, err)
		}
		if was, ok := names[e.GoName]; ok {
			t.Errorf("rows %d and %d are both served by %s", was, e.Number, e.GoName)
		}
		names[e.GoName] = e.Number
		if e.Rump {
			rump++
		}
	}
	if rump != 218 {
		t.Errorf("%d rows that clients call, want 218", rump)
	}
}
