package master

// What the project's table must hold beyond the reference: numbers of rows, SAL
// words, Go names.

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// callable are the rows that clients may call.
func callable(t *testing.T) []Entry {
	return slices.DeleteFunc(native(t, false).Entries, func(e Entry) bool { return !e.Rump })
}

func TestCounts(t *testing.T) {
	if n := len(native(t, true).Entries); n != 488 {
		t.Errorf("%d entries in all branches, want 488", n)
	}
	entries := native(t, false).Entries
	if n := len(entries); n != 483 {
		t.Errorf("%d numbers, want 483", n)
	}
	if n := len(callable(t)); n != 218 {
		t.Errorf("%d calls for clients, want 218", n)
	}
	for _, n := range []int{169, 170, 171} {
		if entries[n].Type != "EXCL" {
			t.Errorf("%d is %s, want EXCL", n, entries[n].Type)
		}
	}
	for _, n := range []int{176, 448} {
		if !entries[n].HasCall() {
			t.Errorf("%d is %s, want a call", n, entries[n].Type)
		}
	}
}

func TestDefinesChoose(t *testing.T) {
	opt := Native()
	opt.Defines = map[string]int64{"_KERNEL_OPT": 1}
	table, err := ParseFile(tablePath, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		number int
		typ    string
	}{{169, "COMPAT_10"}, {171, "COMPAT_10"}, {176, "EXCL"}, {448, "EXCL"}} {
		if got := table.Entries[c.number].Type; got != c.typ {
			t.Errorf("%d is %s, want %s", c.number, got, c.typ)
		}
	}
}

// TestDirections checks that of the pointers in calls for clients only those
// have no direction whose direction another argument decides.
func TestDirections(t *testing.T) {
	var got []string
	for _, e := range callable(t) {
		for _, a := range e.Args {
			if a.Direction == Unknown {
				got = append(got, e.Name+" "+a.Name)
			}
		}
	}
	want := []string{"ioctl data", "fcntl arg", "nfssvc argp", "modctl arg"}
	if !slices.Equal(got, want) {
		t.Errorf("pointers without a direction: %q, want %q", got, want)
	}
}

// TestDirectionsFitConst checks that what is const is read, and that what is
// only read is const or listed here.
func TestDirectionsFitConst(t *testing.T) {
	// Arguments that are read, though their C type would let them be written.
	readOnly := map[string]bool{
		"select tv": true, "__select50 tv": true, "compat_50_select tv": true, "reboot bootstr": true,
		"timer_create evp": true, "utrace addr": true, "lio_listio sig": true,
		"__quotactl args": true, "recvmmsg timeout": true,
	}
	for _, e := range callable(t) {
		for _, a := range e.Args {
			pointee, isPointer := a.pointee()
			if !isPointer || a.Direction == Unknown {
				continue
			}
			if reads := a.Direction == In; reads != isConst(pointee) && !readOnly[e.Name+" "+a.Name] {
				t.Errorf("%s: %s %s is %s", e.Name, a.Type, a.Name, a.Direction)
			}
		}
	}
}

func TestResults(t *testing.T) {
	var values, pairs []string
	for _, e := range callable(t) {
		switch {
		case e.RetValues == 2:
			pairs = append(pairs, e.Name)
		case e.RetValues == 1 && e.Ret == "int":
			values = append(values, e.Name)
		case e.RetValues != 1 && e.Ret != "int" && e.Ret != "void":
			t.Errorf("%s returns %s in %d registers", e.Name, e.Ret, e.RetValues)
		}
	}
	if want := strings.Fields("getpid getuid pipe getgid"); !slices.Equal(pairs, want) {
		t.Errorf("pairs: %q, want %q", pairs, want)
	}
	want := strings.Fields(`open accept dup getgroups getpgrp dup2 fcntl compat_50_select
		setsid poll timer_getoverrun __getcwd issetugid kqueue compat_50_kevent getvfsstat
		extattr_set_file extattr_set_fd extattr_set_link compat_50_pselect compat_50_pollts
		getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr __getdents30 __socket30
		__fhopen40 aio_cancel aio_error aio_return __posix_fadvise50 __select50 __kevent50
		__pselect50 __pollts50 dup3 kqueue1 paccept openat recvmmsg sendmmsg
		clock_nanosleep posix_fallocate`)
	if !slices.Equal(values, want) {
		t.Errorf("values: %q\nwant    %q", values, want)
	}
}

func TestGoNameOfEveryRow(t *testing.T) {
	handlers := make(map[string]string)
	for _, e := range native(t, true).Entries {
		if !e.HasCall() {
			continue
		}
		if !isExported(e.GoName) || !isExported(e.StubName) {
			t.Errorf("%s: %q and %q are not Go names", e.Handler, e.GoName, e.StubName)
		}
		if was, ok := handlers[e.GoName]; ok && was != e.Handler && !e.Indirect {
			t.Errorf("%s and %s are both %s", was, e.Handler, e.GoName)
		}
		handlers[e.GoName] = e.Handler
	}
}

// isExported tells whether s is an exported Go name of letters and digits.
func isExported(s string) bool {
	return isNameLike(s) && !strings.Contains(s, "_") && s[0] >= 'A' && s[0] <= 'Z'
}

func TestGoName(t *testing.T) {
	for handler, want := range map[string]string{
		"sys_open":                   "SysOpen",
		"sys___stat50":               "SysStat50",
		"compat_50_sys___stat30":     "Compat50SysStat30",
		"sys__ksem_init":             "SysKsemInit",
		"sys_____sigtimedwait50":     "SysSigtimedwait50",
		"sys_getpid_with_ppid":       "SysGetpidWithPpid",
		"compat_50_sys_____semctl13": "Compat50SysSemctl13",
		"linux_sys_rt_sigreturn":     "LinuxSysRtSigreturn",
	} {
		if got := GoName(handler); got != want {
			t.Errorf("GoName(%q) = %q, want %q", handler, got, want)
		}
	}
}

func TestStubNames(t *testing.T) {
	names := make(map[string]string)
	for _, e := range callable(t) {
		if was, ok := names[e.StubName]; ok {
			t.Errorf("%s and %s both have the stub %s", was, e.Name, e.StubName)
		}
		names[e.StubName] = e.Name
	}
	for stub, name := range map[string]string{
		"Stat": "__stat50", "Getpid": "getpid", "Socket": "__socket30",
		"PosixRename": "__posix_rename", "Compat50Stat30": "compat_50___stat30",
		"Compat50Mknod": "compat_50_mknod", "Fhstatvfs1": "__fhstatvfs140", "Sysctl": "__sysctl",
	} {
		if names[stub] != name {
			t.Errorf("stub %s is %q, want %q", stub, names[stub], name)
		}
	}
}

func TestFactions(t *testing.T) {
	factions := Factions()
	count := make(map[string]int)
	for _, e := range callable(t) {
		count[factions[e.Handler]]++
	}
	for faction, want := range map[string]int{"base": 81, "vfs": 110, "net": 18, "aio": 8, "vfs/nfsserver": 1} {
		if count[faction] != want {
			t.Errorf("%s serves %d rows, want %d", faction, count[faction], want)
		}
	}
	if got := Nearest("vsf", FactionNames()); got != "vfs" {
		t.Errorf("nearest to vsf is %q", got)
	}
}

// TestGolden holds the JSON form of rows that differ from each other in kind.
func TestGolden(t *testing.T) {
	const golden = "testdata/rows.json"
	var got bytes.Buffer
	entries := native(t, false).Entries
	factions := Factions()
	for _, n := range []int{0, 3, 5, 11, 20, 29, 54, 139, 151, 169, 173, 202, 208, 387, 391, 399, 410, 439, 448} {
		row := entries[n].Row(factions[entries[n].Handler])
		row.Line = 0 // so that comments may come and go
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(append(text, '\n'))
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("rows differ from %s; if they should, run go test -update\n%s", golden, got.Bytes())
	}
}
