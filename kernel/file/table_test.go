package file_test

import (
	"slices"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// closer counts how often its file is closed.
type closer struct {
	disk
	closed int
}

func (c *closer) Close(*proc.LWP, *file.File) error { c.closed++; return nil }

func fork(t *testing.T, tab *file.Table, mode proc.FDMode) *file.Table {
	t.Helper()
	f, err := tab.Fork(mode)
	if err != nil {
		t.Fatal(err)
	}
	return f.(*file.Table)
}

func TestTableFork(t *testing.T) {
	l := lwp(t, nil)
	fills := 0
	tab := file.NewTable(func(*file.Table) { fills++ }, nil)
	c := &closer{}
	kq := &closer{}
	for _, f := range []*file.File{file.New(c, file.KindMisc, nil, 0), file.New(kq, file.KindKqueue, nil, 0)} {
		if _, err := tab.Alloc(l, f, 0, false); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tab.Alloc(l, file.New(c, file.KindMisc, nil, 0), 7, true); err != nil {
		t.Fatal(err)
	}
	cp := fork(t, tab, proc.FDCopy)
	if got := cp.Open(); !slices.Equal(got, []int32{0, 7}) {
		t.Errorf("a copy has %v: a kqueue is not inherited", got)
	}
	if fresh := fork(t, tab, proc.FDFresh); fills != 1 || len(fresh.Open()) != 0 {
		t.Error("a fresh table is not filled once")
	}
	shared := fork(t, tab, proc.FDShare)
	cp.Exec(l)
	if got := cp.Open(); !slices.Equal(got, []int32{0}) {
		t.Errorf("after exec the copy has %v", got)
	}
	cp.Free(l)
	tab.Free(l)
	if c.closed != 0 {
		t.Error("a file was closed that a sharer has open")
	}
	shared.Free(l)
	if c.closed != 2 || kq.closed != 1 {
		t.Errorf("closed %d and %d times", c.closed, kq.closed)
	}
	if _, err := tab.Reserve(l, 0); err != abi.ESRCH {
		t.Errorf("a descriptor of a process that ended: %v", err)
	}
}

func TestReserve(t *testing.T) {
	l := lwp(t, nil)
	tab := file.NewTable(nil, nil)
	a, _ := tab.Reserve(l, 0)
	b, _ := tab.Reserve(l, 0)
	if a != 0 || b != 1 {
		t.Errorf("reserved %d and %d", a, b)
	}
	if _, err := tab.Get(a); err != abi.EBADF {
		t.Errorf("a reserved descriptor is open: %v", err)
	}
	f := file.New(&closer{}, file.KindMisc, nil, 0)
	tab.Install(l, b, f, false)
	if err := tab.Dup2(l, b, a, false); err != abi.EBUSY {
		t.Errorf("dup2 to a reserved descriptor: %v", err)
	}
	tab.Unreserve(a)
	if err := tab.Dup2(l, b, a, true); err != nil {
		t.Error(err)
	}
	if on, err := tab.Cloexec(a); !on || err != nil {
		t.Errorf("close-on-exec is %v, %v", on, err)
	}
	if f.Refs() != 2 {
		t.Errorf("the file has %d references", f.Refs())
	}
}

func TestWatch(t *testing.T) {
	l := lwp(t, nil)
	tab := file.NewTable(nil, nil)
	f := file.New(&closer{}, file.KindMisc, nil, 0)
	fd, _ := tab.Alloc(l, f, 0, false)
	gone := 0
	if _, err := tab.Watch(fd, f, func() { gone++ }); err != nil {
		t.Fatal(err)
	}
	stopped, _ := tab.Watch(fd, f, func() { t.Error("a watch that was stopped") })
	stopped.Stop()
	if _, err := tab.Watch(fd+1, f, nil); err != abi.EBADF {
		t.Errorf("watching what is not open: %v", err)
	}
	if err := tab.Close(l, fd); err != nil || gone != 1 {
		t.Errorf("close: %v, told %d times", err, gone)
	}
	if f.Use() {
		t.Error("a closed file can be used")
	}
}

// All tables of a kernel share one bound.
func TestMaxFiles(t *testing.T) {
	l := lwp(t, nil)
	if err := l.Proc().SetLimit(abi.RLIMIT_NOFILE, abi.Rlimit{Cur: 1 << 17, Max: 1 << 17}); err != nil {
		t.Fatal(err)
	}
	tab := file.NewTable(nil, nil)
	tabs := []*file.Table{tab, fork(t, tab, proc.FDFresh), fork(t, tab, proc.FDFresh)}
	n := 0
	var err error
	for _, tab := range tabs {
		for err == nil || err == abi.EMFILE {
			if _, err = tab.Reserve(l, 0); err != nil {
				break
			}
			n++
		}
	}
	if n != file.MaxFiles || err != abi.ENFILE {
		t.Errorf("%d descriptors, then %v", n, err)
	}
	tabs[0].Unreserve(5)
	if fd, err := tabs[0].Reserve(l, 0); fd != 5 || err != nil {
		t.Errorf("the one that is free again: %d, %v", fd, err)
	}
}
