package emit

import (
	"testing"

	"github.com/rumpkit/rumpkit/gen/master"
)

func TestScalar(t *testing.T) {
	tests := map[string]string{
		"int": "int32", "pid_t": "int32", "timer_t": "int32", "blksize_t": "int32",
		"u_int": "uint32", "unsigned int": "uint32", "unsigned": "uint32", "mode_t": "uint32", "socklen_t": "uint32",
		"long": "int64", "off_t": "int64", "intptr_t": "int64", "quad_t": "int64", "register_t": "int64",
		"ssize_t": "int", "size_t": "uint64", "u_long": "uint64", "dev_t": "uint64", "void": "",
	}
	for c, want := range tests {
		got, err := Scalar(c)
		if err != nil || got.String() != want {
			t.Errorf("%s is %s (%v), want %s", c, got, err, want)
		}
	}
	for _, c := range []string{"", "double", "struct stat", "int *", "union __semun"} {
		if got, err := Scalar(c); err == nil {
			t.Errorf("%q is %s, want an error", c, got)
		}
	}
}

func TestElement(t *testing.T) {
	tests := map[string]string{
		"struct timespec *":           "abi.Timespec",
		"const struct timeval50 *":    "abi.Timeval50",
		"struct compat_30_fhandle *":  "abi.Compat30Fhandle",
		"const sigset_t *":            "abi.Sigset",
		"fd_set *":                    "abi.FdSet",
		"stack_t *":                   "abi.Sigaltstack",
		"const gid_t *":               "uint32",
		"intptr_t *":                  "int64",
		"struct aiocb *const *":       "uint64",
		"const struct aiocb *const *": "uint64",
		"void **":                     "uint64",
	}
	for c, want := range tests {
		got, err := Element(&master.Arg{Type: c})
		if err != nil || got.String() != want {
			t.Errorf("%s points at %s (%v), want %s", c, got, err, want)
		}
	}
	for _, c := range []string{"int", "void *", "const void *", "union __semun *"} {
		if got, err := Element(&master.Arg{Type: c}); err == nil {
			t.Errorf("%q points at %s, want an error", c, got)
		}
	}
}

func TestArgName(t *testing.T) {
	for c, want := range map[string]string{"fd": "fd", "msg_len": "msgLen", "type": "type_", "from": "from", "a1": "a1", "range": "range_", "_x": "x", "": "_"} {
		if got := ArgName(c); got != want {
			t.Errorf("%q is %s, want %s", c, got, want)
		}
	}
}
