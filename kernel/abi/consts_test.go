package abi

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ownConsts are the constants that are not macros of NetBSD's headers: enumerators and
// names of this package.
var ownConsts = map[string]bool{
	// for use within the kernel only: no client sees its header
	"DIOCGPARTINFO": true,
	"EJUSTRETURN":   true, "ERESTART": true, "EPASSTHROUGH": true, "EDUPFD": true, "EMOVEFD": true,
	"DirentNameOffset": true, "CmsgDataOffset": true, "SysctldescStrOffset": true,
	"NetBSDVersion": true, "OSType": true, "OSRelease": true, "Machine": true, "MachineArch": true,
	"UIO_READ": true, "UIO_WRITE": true,
	"P_MYID": true, "P_ALL": true, "P_PID": true, "P_LWPID": true, "P_PPID": true,
	"P_PGID": true, "P_SID": true, "P_CID": true, "P_UID": true, "P_GID": true,
}

// ownPrefixes are families of enumerators.
var ownPrefixes = []string{"TCPS_", "MODCTL_", "MODULE_", "MODFLG_", "DKTYPE_", "FS_"}

// parsePackage parses the package's own sources without its tests.
func parsePackage(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return fset, files
}

// packageScope type-checks the sources. Errors about imports and the function bodies
// that use them do not matter: only constants are looked at.
func packageScope(t *testing.T) *types.Scope {
	t.Helper()
	fset, files := parsePackage(t)
	conf := types.Config{Error: func(error) {}, IgnoreFuncBodies: true}
	pkg, _ := conf.Check("abi", fset, files, nil)
	return pkg.Scope()
}

// readTSV returns the rows of a testdata file without its head.
func readTSV(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows [][]string
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		rows = append(rows, strings.Split(sc.Text(), "\t"))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// headerConsts maps names without leading underscores to values. Where a name occurs
// with and without underscores, both have the same value.
func headerConsts(t *testing.T) map[string]string {
	t.Helper()
	want := map[string]string{}
	for _, r := range readTSV(t, "abi_consts.tsv") {
		want[strings.TrimLeft(r[1], "_")] = r[2]
	}
	return want
}

func isOwn(name string) bool {
	if ownConsts[name] {
		return true
	}
	for _, p := range ownPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// TestConsts compares every exported constant with the value a C compiler gave it.
func TestConsts(t *testing.T) {
	scope, want := packageScope(t), headerConsts(t)
	checked := 0
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if !ok || !c.Exported() {
			continue
		}
		w, ok := want[name]
		switch {
		case !ok && isOwn(name):
		case !ok:
			t.Errorf("%s is in no header", name)
		case c.Val().ExactString() != w:
			t.Errorf("%s = %s, header says %s", name, c.Val(), w)
		default:
			checked++
		}
	}
	if checked < 2800 {
		t.Errorf("only %d constants were compared", checked)
	}
}

// TestErrnoComplete asks for every error number of errno.h.
func TestErrnoComplete(t *testing.T) {
	scope := packageScope(t)
	for _, r := range readTSV(t, "abi_consts.tsv") {
		if r[0] != "sys/sys/errno.h" {
			continue
		}
		if scope.Lookup(r[1]) == nil {
			t.Errorf("%s is missing", r[1])
		}
	}
}

// TestIoctlSizes compares the size in commands with the size of their arguments.
func TestIoctlSizes(t *testing.T) {
	for _, tt := range []struct {
		cmd   uint32
		size  int
		group byte
	}{
		{TIOCGETA, 44, 't'}, {SIOCGIFFLAGS, 144, 'i'}, {DIOCGDINFO, 408, 'd'},
		{FIONBIO, 4, 'f'}, {FIOCLEX, 0, 'f'}, {BIOCSETF, 16, 'B'},
	} {
		if IocLen(tt.cmd) != tt.size || IocGroup(tt.cmd) != tt.group {
			t.Errorf("%#x: size %d, group %q", tt.cmd, IocLen(tt.cmd), IocGroup(tt.cmd))
		}
	}
	if !IocReads(FIONBIO) || IocWrites(FIONBIO) || IocReads(TIOCGETA) || !IocWrites(TIOCGETA) {
		t.Error("directions of FIONBIO or TIOCGETA")
	}
	if IocNr(FIOCLEX) != 1 {
		t.Errorf("number of FIOCLEX: %s", strconv.Itoa(int(IocNr(FIOCLEX))))
	}
}
