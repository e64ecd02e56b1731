// The emitter of the C client: a header and a source file with a function for
// each call that clients may make.
package emit

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rumpkit/rumpkit/gen/master"
)

// cHeader is the first line of each generated C file.
const cHeader = "/* " + Header + " */\n"

const cStubsHead = cHeader + `
#ifndef ZRUMP_SYSCALLS_H
#define ZRUMP_SYSCALLS_H

#include <stddef.h>
#include <stdint.h>

#include "zrump_abi.h"

/*
 * The system calls of a rump kernel, over the connection of rumpclient.h.
 * Those that fail return -1 and leave a NetBSD error number in errno
 * (RUMP_ENOENT and so on); those of posix_fadvise, posix_fallocate and
 * clock_nanosleep return it.
 */

`

const cStubsSource = cHeader + `
#include <errno.h>
#include <stdarg.h>

#include "rumpclient.h"
#include "zrump_syscalls.h"

/* call makes call num: its first result, or -1 and errno. */
static int64_t
call(int num, const uint64_t *a, size_t n)
{
	int64_t ret[2];
	int error = rumpclient_syscall(num, a, n, ret);

	if (error != 0) {
		errno = error;
		return -1;
	}
	return ret[0];
}

/* value makes call num, whose errors nobody looks at. */
static int64_t
value(int num, const uint64_t *a, size_t n)
{
	int64_t ret[2] = { -1, -1 };

	(void)rumpclient_syscall(num, a, n, ret);
	return ret[0];
}

/* status makes call num, whose error is its result. */
static int64_t
status(int num, const uint64_t *a, size_t n)
{
	int64_t ret[2];
	int error = rumpclient_syscall(num, a, n, ret);

	return error != 0 ? error : ret[0];
}
`

// CStubs emits the C client stubs.
func CStubs(in *Input) ([]File, error) {
	abi, err := cABI(in.Table)
	if err != nil {
		return nil, err
	}
	header, source := bytes.NewBufferString(cStubsHead), bytes.NewBufferString(cStubsSource)
	for i := range in.Table.Entries {
		e := &in.Table.Entries[i]
		if !e.Rump {
			continue
		}
		s := cStub{e: e}
		fmt.Fprintf(header, "%s;\n", s.declaration(true))
		s.define(source)
	}
	header.WriteString("\n#endif\n")
	return []File{
		{Path: "client/c/zrump_abi.h", Data: abi},
		{Path: "client/c/zrump_syscalls.h", Data: header.Bytes()},
		{Path: "client/c/zrump_syscalls.c", Data: source.Bytes()},
	}, nil
}

// CStubName is the name of a call's C stub: rump_sys_open,
// rump_sys_compat_50_stat30.
func CStubName(e *master.Entry) string {
	switch {
	case e.IsCompat():
		return "rump_sys_" + strings.ToLower(e.Type) + "_" + strings.TrimLeft(e.Base, "_") + e.Compat
	case e.Alias != "":
		return "rump_sys_" + e.Alias
	}
	return "rump_sys_" + e.Base
}

// cStub is a C stub in the making.
type cStub struct{ e *master.Entry }

// pair tells whether both results are wanted; they go where the stub's one
// parameter points.
func (s *cStub) pair() bool { return s.e.RetValues == 2 && s.e.Type != "NOERR" }

// declaration is the stub's prototype, on one line or with the return type on
// a line of its own.
func (s *cStub) declaration(oneLine bool) string {
	var params []string
	for i := range s.e.Args {
		a := &s.e.Args[i]
		if a.Optional {
			params = append(params, "...")
			break
		}
		if !a.Pad {
			params = append(params, cDeclare(cType(a.Type), a.Name))
		}
	}
	if s.pair() {
		params = append(params, "int fd[2]")
	}
	if len(params) == 0 {
		params = []string{"void"}
	}
	d := CStubName(s.e) + "(" + strings.Join(params, ", ") + ")"
	if ret := cType(s.e.Ret); !oneLine {
		return ret + "\n" + d
	} else {
		return cDeclare(ret, d)
	}
}

// define writes the stub.
func (s *cStub) define(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n%s\n{\n", s.declaration(false))
	if s.pair() {
		b.WriteString("\tint64_t ret[2];\n\tint error;\n")
	}
	s.variadic(b)
	args := "NULL, 0"
	if n := slot(s.e, len(s.e.Args)); n > 0 {
		fmt.Fprintf(b, "\tconst uint64_t a[%d] = { %s };\n", n, strings.Join(s.slots(), ", "))
		args = fmt.Sprintf("a, %d", n)
	}
	b.WriteByte('\n')
	s.call(b, args)
	b.WriteString("}\n")
}

// variadic declares what stands behind the dots, and takes it.
func (s *cStub) variadic(b *bytes.Buffer) {
	for i := range s.e.Args {
		if a := &s.e.Args[i]; a.Optional {
			typ := cType(a.Type)
			fmt.Fprintf(b, "\tva_list ap;\n\n\tva_start(ap, %s);\n\t%s = va_arg(ap, %s);\n\tva_end(ap);\n\n",
				s.e.Args[i-1].Name, cDeclare(typ, a.Name), typ)
			return
		}
	}
}

// slots are the values of the slots.
func (s *cStub) slots() []string {
	var values []string
	for i := range s.e.Args {
		a := &s.e.Args[i]
		value := "(uint64_t)" + a.Name
		if t, err := Scalar(bare(a.Type)); a.Pad {
			value = "0"
		} else if isPointer(a) {
			value = "(uintptr_t)" + a.Name
		} else if err == nil && strings.HasSuffix(t.Name, "32") {
			value = "(uint32_t)" + a.Name
		}
		values = append(values, value)
	}
	return values
}

// call writes the call and what is returned.
func (s *cStub) call(b *bytes.Buffer, args string) {
	num := fmt.Sprintf("%d, ", s.e.Number)
	switch ret := cType(s.e.Ret); {
	case s.pair():
		b.WriteString("\terror = rumpclient_syscall(" + num + args + ", ret);\n" +
			"\tif (error != 0) {\n\t\terrno = error;\n\t\treturn -1;\n\t}\n" +
			"\tfd[0] = (int)ret[0];\n\tfd[1] = (int)ret[1];\n\treturn 0;\n")
	case ret == "void":
		b.WriteString("\t(void)value(" + num + args + ");\n")
	case s.e.Type == "NOERR" && ret == "int" && len(s.e.Args) > 0:
		b.WriteString("\treturn (int)status(" + num + args + ");\n")
	case s.e.Type == "NOERR":
		b.WriteString("\treturn (" + ret + ")value(" + num + args + ");\n")
	default:
		b.WriteString("\treturn (" + ret + ")call(" + num + args + ");\n")
	}
}

// cType is the type that stubs have for a C type of the table: structures
// have names of their own, numbers are of the kernel's width.
func cType(c string) string {
	base, stars := c, ""
	if i := strings.IndexByte(c, '*'); i >= 0 {
		base, stars = strings.TrimSpace(c[:i]), c[i:]
	}
	constant := ""
	if rest, ok := strings.CutPrefix(base, "const "); ok {
		constant, base = "const ", rest
	}
	base = constant + cBase(base)
	if stars != "" {
		base += " " + stars
	}
	return base
}

// cBase is cType of a type that is neither a pointer nor const.
func cBase(c string) string {
	if name, ok := strings.CutPrefix(c, "struct "); ok {
		return "struct rump_" + name
	}
	switch c {
	case "void", "char", "int", "size_t":
		return c
	case "fd_set":
		return "struct rump_fd_set"
	case "sigset_t":
		return "struct rump_sigset"
	}
	t, err := Scalar(c)
	if err != nil {
		return c
	}
	if t.Name == "int" {
		return "int64_t"
	}
	return t.Name + "_t"
}
