// The C client's constants and structures, made of those of package abi.
package emit

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/tools/go/packages"

	"github.com/rumpkit/rumpkit/gen/master"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const cABIHead = cHeader + `
#ifndef ZRUMP_ABI_H
#define ZRUMP_ABI_H

#include <stdint.h>

/*
 * Constants and structures of the NetBSD LP64 interface, whatever the host's
 * own look like.
 */

`

// cABIFiles are the files of package abi whose constants C programs get.
var cABIFiles = []string{
	"open.go", "stat.go", "socket.go", "in.go", "event.go", "poll.go", "time.go", "resource.go",
	"mount.go", "reboot.go", "ioctl.go", "signal.go",
}

// cABIStructs are structures that C programs get besides those that calls
// name.
var cABIStructs = []string{
	"SockaddrIn", "SockaddrIn6", "SockaddrUn", "SockaddrStorage", "Dirent", "Flock", "Linger", "Cmsghdr",
	"TmpfsArgs", "UfsArgs", "Winsize", "Ifreq",
}

// cABI makes the header of constants and structures.
func cABI(table *master.Table) ([]byte, error) {
	pkg, files, err := loadABI()
	if err != nil {
		return nil, err
	}
	h := &cABIHeader{pkg: pkg, done: make(map[string]bool)}
	h.b.WriteString(cABIHead)
	for e := abi.EPERM; e <= abi.ELAST; e++ {
		fmt.Fprintf(&h.b, "#define RUMP_%s %d\n", e.Name(), int(e))
	}
	for _, name := range cABIFiles {
		if files[name] == nil {
			return nil, fmt.Errorf("package abi has no file %s", name)
		}
		h.b.WriteByte('\n')
		for _, c := range files[name] {
			h.constant(c)
		}
	}
	for _, name := range append(h.named(table), cABIStructs...) {
		if err := h.structure(name); err != nil {
			return nil, err
		}
	}
	h.b.WriteString("\n#endif\n")
	return h.b.Bytes(), nil
}

// loadABI reads package abi, and lists its constants by file, in order.
func loadABI() (*types.Package, map[string][]*types.Const, error) {
	conf := &packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedFiles, Fset: token.NewFileSet()}
	pkgs, err := packages.Load(conf, ABIPath)
	if err != nil {
		return nil, nil, err
	}
	if len(pkgs) != 1 || pkgs[0].Types == nil || len(pkgs[0].Errors) > 0 {
		return nil, nil, fmt.Errorf("package %s cannot be read: %v", ABIPath, pkgs)
	}
	pkg := pkgs[0].Types
	files := make(map[string][]*types.Const)
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Exported() && strings.ToUpper(name) == name {
			file := filepath.Base(conf.Fset.Position(c.Pos()).Filename)
			files[file] = append(files[file], c)
		}
	}
	for _, list := range files {
		slices.SortFunc(list, func(a, b *types.Const) int { return int(a.Pos() - b.Pos()) })
	}
	return pkg, files, nil
}

// cABIHeader is the header in the making.
type cABIHeader struct {
	pkg  *types.Package
	b    bytes.Buffer
	done map[string]bool
}

func (h *cABIHeader) constant(c *types.Const) {
	v := constant.ToInt(c.Val())
	n, exact := constant.Int64Val(v)
	switch {
	case v.Kind() != constant.Int || !exact:
	case n < 0:
		fmt.Fprintf(&h.b, "#define RUMP_%s (%d)\n", c.Name(), n)
	case n < 16:
		fmt.Fprintf(&h.b, "#define RUMP_%s %d\n", c.Name(), n)
	default:
		fmt.Fprintf(&h.b, "#define RUMP_%s 0x%x\n", c.Name(), n)
	}
}

// named lists the structures that stubs' parameters point at, pointers to
// pointers included.
func (h *cABIHeader) named(table *master.Table) []string {
	var names []string
	for i := range table.Entries {
		e := &table.Entries[i]
		for k := range e.Args {
			name := ""
			if c, ok := strings.CutPrefix(strings.TrimSuffix(pointee(&e.Args[k]), " *"), "struct "); ok {
				name = camel(c)
			} else if elem, err := Element(&e.Args[k]); err == nil && elem.Pkg == ABIPath {
				name = elem.Name
			}
			if e.Rump && name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// structure writes a structure, those that it holds in front of it, and a
// check of its size.
func (h *cABIHeader) structure(name string) error {
	if h.done[name] {
		return nil
	}
	h.done[name] = true
	obj := h.pkg.Scope().Lookup(name)
	if obj == nil {
		return fmt.Errorf("package abi has no structure %s", name)
	}
	s, ok := obj.Type().Underlying().(*types.Struct)
	if !ok {
		return fmt.Errorf("abi.%s is no structure", name)
	}
	var fields bytes.Buffer
	for i := range s.NumFields() {
		if err := h.field(&fields, s.Field(i), i); err != nil {
			return fmt.Errorf("abi.%s: %w", name, err)
		}
	}
	size := types.SizesFor("gc", "amd64").Sizeof(s)
	c := snake(name)
	fmt.Fprintf(&h.b, "\nstruct rump_%s {\n%s};\ntypedef char rump_check_%s[sizeof(struct rump_%s) == %d ? 1 : -1];\n",
		c, fields.Bytes(), c, c, size)
	return nil
}

// field writes a member.
func (h *cABIHeader) field(b *bytes.Buffer, f *types.Var, i int) error {
	t, dim := f.Type(), ""
	for {
		a, ok := t.Underlying().(*types.Array)
		if !ok {
			break
		}
		dim += fmt.Sprintf("[%d]", a.Len())
		t = a.Elem()
	}
	c := ""
	switch u := t.Underlying().(type) {
	case *types.Basic:
		c = cBasic[u.Kind()]
	case *types.Struct:
		name := t.(*types.Named).Obj().Name()
		if err := h.structure(name); err != nil {
			return err
		}
		c = "struct rump_" + snake(name)
	}
	if c == "" {
		return fmt.Errorf("member %s has no C type", f.Name())
	}
	name := snake(f.Name())
	switch name {
	case "_":
		name = fmt.Sprintf("pad%d", i)
	case "errno": // a macro in C
		name = "error"
	}
	fmt.Fprintf(b, "\t%s %s%s;\n", c, name, dim)
	return nil
}

// cBasic are the C types of Go's numbers.
var cBasic = map[types.BasicKind]string{
	types.Int8: "int8_t", types.Int16: "int16_t", types.Int32: "int32_t", types.Int64: "int64_t",
	types.Uint8: "uint8_t", types.Uint16: "uint16_t", types.Uint32: "uint32_t", types.Uint64: "uint64_t",
}

// snake makes a C name of a Go name: SockaddrIn6 → sockaddr_in6.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
