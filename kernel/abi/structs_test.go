package abi

import (
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// member is one row of abi_structs.tsv: a member at any depth, the last component of
// its name without underscores and in lower case.
type member struct {
	offset, size int64
	name         string
	top, bits    bool
}

type cStruct struct {
	size    int64
	members []member
}

// headerStructs reads the layouts a C compiler gave to the structures, by C name.
func headerStructs(t *testing.T) map[string]*cStruct {
	t.Helper()
	num := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	all := map[string]*cStruct{}
	for _, r := range readTSV(t, "abi_structs.tsv") {
		c := all[r[0]]
		if c == nil {
			c = &cStruct{size: num(r[1])}
			all[r[0]] = c
		}
		last := r[4][strings.LastIndexByte(r[4], '.')+1:]
		c.members = append(c.members, member{
			offset: num(r[2]), size: num(r[3]),
			name: strings.ToLower(strings.ReplaceAll(last, "_", "")),
			top:  !strings.Contains(r[4], "."),
			bits: strings.Contains(r[5], " bit "),
		})
	}
	return all
}

// goTypeName is the rule the package's types are named by.
func goTypeName(c string) string {
	c = strings.TrimPrefix(strings.TrimPrefix(c, "struct "), "union ")
	if c == "stack_t" {
		return "Sigaltstack"
	}
	var b strings.Builder
	for p := range strings.SplitSeq(strings.TrimSuffix(c, "_t"), "_") {
		if p != "" {
			b.WriteString(strings.ToUpper(p[:1]) + p[1:])
		}
	}
	return b.String()
}

// renamed are members of unions that got a name of their own.
var renamed = map[string]bool{
	"TcpInfo.Wscale": true, "KtrHeader.Ts": true, "Sigval.Ptr": true,
	"Ifconf.Buf": true, "Oifconf.Buf": true, "Ifbifconf.Buf": true, "Ifbaconf.Buf": true,
}

// TestStructs compares size, offsets, sizes and names of the members of every structure
// with the C ones.
func TestStructs(t *testing.T) {
	scope, sizes := packageScope(t), types.SizesFor("gc", "amd64")
	for cname, c := range headerStructs(t) {
		obj := scope.Lookup(goTypeName(cname))
		if obj == nil {
			t.Errorf("%s: no type %s", cname, goTypeName(cname))
			continue
		}
		st, ok := obj.Type().Underlying().(*types.Struct)
		if !ok {
			t.Errorf("%s is no struct", obj.Name())
			continue
		}
		if got := sizes.Sizeof(st); got != c.size {
			t.Errorf("%s: %d bytes, want %d", obj.Name(), got, c.size)
		}
		checkMembers(t, obj.Name(), st, sizes, c)
	}
}

// checkMembers asks that each named Go member lies on a C member of that name, and that
// each C member outside a union is covered by one that starts where it does.
func checkMembers(t *testing.T, name string, st *types.Struct, sizes types.Sizes, c *cStruct) {
	t.Helper()
	vars := make([]*types.Var, st.NumFields())
	for i := range vars {
		vars[i] = st.Field(i)
	}
	starts := map[int64]bool{}
	for i, off := range sizes.Offsetsof(vars) {
		f := vars[i]
		if f.Name() == "_" {
			continue
		}
		starts[off] = true
		size := sizes.Sizeof(f.Type())
		if !c.has(off, size, f.Name()) && !renamed[name+"."+f.Name()] {
			t.Errorf("%s.%s: no such member of %d bytes at %d", name, f.Name(), size, off)
		}
	}
	for _, m := range c.members {
		if m.top && m.size > 0 && !starts[m.offset] {
			t.Errorf("%s: nothing at %d, where %s is", name, m.offset, m.name)
		}
	}
}

// has reports whether a C member lies at off, has the size and a name that ends in name.
func (c *cStruct) has(off, size int64, name string) bool {
	name = strings.ToLower(name)
	for _, m := range c.members {
		if m.offset == off && m.size == size && strings.HasSuffix(m.name, name) {
			return true
		}
	}
	return false
}

// TestNoImplicitPadding asks that every byte of a structure belongs to a member, so
// that copying one out never shows what was in memory before.
func TestNoImplicitPadding(t *testing.T) {
	scope, sizes := packageScope(t), types.SizesFor("gc", "amd64")
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		st, ok := tn.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		var sum int64
		for i := range st.NumFields() {
			sum += sizes.Sizeof(st.Field(i).Type())
		}
		if sum != sizes.Sizeof(st) {
			t.Errorf("%s: members take %d of %d bytes", name, sum, sizes.Sizeof(st))
		}
	}
}

// TestCompilerAgrees compares the sizes go/types computes with those of this machine.
func TestCompilerAgrees(t *testing.T) {
	for _, tt := range []struct {
		value any
		size  uintptr
	}{
		{Stat{}, 152}, {Statvfs{}, 2256}, {Rusage{}, 144}, {Msghdr{}, 48}, {Kevent{}, 40},
		{Termios{}, 44}, {Ifreq{}, 144}, {Sysctlnode{}, 96}, {Disklabel{}, 408},
		{KinfoProc2{}, 680}, {Uucred{}, 80}, {Fsid{}, 8}, {DlAddr{}, 16}, {Vndgeom{}, 16},
		{BlockInfo{}, 48}, {RndsourceEst{}, 44}, {Timespec50{}, 16}, {Sigset{}, 16},
	} {
		if got := reflect.TypeOf(tt.value).Size(); got != tt.size {
			t.Errorf("%T: %d bytes, want %d", tt.value, got, tt.size)
		}
	}
}
