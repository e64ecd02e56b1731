package kernel_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

const (
	ktrSet   = abi.KTROP_SET | abi.KTRFACv2
	ktrClear = abi.KTROP_CLEAR | abi.KTRFACv2
	ktrCalls = abi.KTRFAC_SYSCALL | abi.KTRFAC_SYSRET
)

// ktraced is a kernel with a client that traces to a pipe, and one that is
// traced.
type ktraced struct {
	t           *testing.T
	tracer, app *client.Client
	pid         int // of app
	r, w        int
}

func newKtraced(t *testing.T, cfg kernel.Config) *ktraced {
	k, tracer := boot(t, cfg)
	app, err := client.New(k, "app")
	if err != nil {
		t.Fatal(err)
	}
	kt := &ktraced{t: t, tracer: tracer, app: app, pid: app.Getpid()}
	kt.r, kt.w = pipe(t, tracer)
	return kt
}

func (kt *ktraced) set(ops, facs int) {
	kt.t.Helper()
	if err := kt.tracer.Fktrace(kt.w, ops, facs, kt.pid); err != nil {
		kt.t.Fatal(err)
	}
}

// all ends the trace and returns what was recorded.
func (kt *ktraced) all() []byte {
	kt.t.Helper()
	want(kt.t, "clear", kt.tracer.Fktrace(kt.w, abi.KTROP_CLEARFILE, 0, 0), 0)
	want(kt.t, "close", kt.tracer.Close(kt.w), 0)
	var all []byte
	buf := make([]byte, 8192)
	for {
		n, err := kt.tracer.Read(kt.r, buf)
		if err != nil {
			kt.t.Fatal(err)
		}
		if n == 0 {
			return all
		}
		all = append(all, buf[:n]...)
	}
}

// record returns the bytes of a record of version 2 at the second given.
func record(typ, pid int, comm string, sec int64, body ...byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	b = binary.LittleEndian.AppendUint16(b, uint16(typ))
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint32(b, uint32(pid))
	b = append(b, comm...)
	b = append(b, make([]byte, 32-len(b))...)
	b = binary.LittleEndian.AppendUint64(b, uint64(sec))
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = append(b, 2, 0, 0, 0, 0, 0, 0, 0)
	return append(b, body...)
}

// words returns numbers as the bytes of words, those of 4 bytes first.
func words(short []uint32, long ...uint64) (b []byte) {
	for _, v := range short {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, v := range long {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

func TestKtraceRecords(t *testing.T) {
	h := hypercall.NewSim(1)
	kt := newKtraced(t, kernel.Config{Host: h})
	sec := h.Now() / 1e9
	h.Advance(time.Duration((sec+1)*1e9 - h.Now()))
	sec++
	pid := kt.pid
	_, aw := pipe(t, kt.app)
	kt.set(ktrSet, ktrCalls|abi.KTRFAC_GENIO|abi.KTRFAC_EMUL|abi.KTRFAC_USER)
	want(t, "close", kt.app.Close(77), abi.EBADF)
	if n, err := kt.app.Write(aw, []byte("hi")); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	want(t, "utrace", kt.app.Utrace("here", []byte{1, 2, 3}), 0)
	kt.app.Getpid()
	rec := func(typ int, body []byte) []byte { return record(typ, pid, "app", sec, body...) }
	call := func(num, n uint32, args ...uint64) []byte {
		return rec(abi.KTR_SYSCALL, words([]uint32{num, 8 * n}, args...))
	}
	wantAll := bytes.Join([][]byte{
		rec(abi.KTR_EMUL, []byte("netbsd")),
		call(sysent.SYS_close, 1, 77),
		rec(abi.KTR_SYSRET, words([]uint32{sysent.SYS_close, uint32(abi.EBADF)}, 0, 0)),
		call(sysent.SYS_write, 3, uint64(aw), 0, 2),
		rec(abi.KTR_GENIO, append(words([]uint32{uint32(aw), abi.UIO_WRITE}), "hi"...)),
		rec(abi.KTR_SYSRET, words([]uint32{sysent.SYS_write, 0}, 2, 0)),
		call(sysent.SYS_utrace, 3, 0, 0, 3),
		rec(abi.KTR_USER, append(append([]byte("here"), make([]byte, 16)...), 1, 2, 3)),
		rec(abi.KTR_SYSRET, words([]uint32{sysent.SYS_utrace, 0}, 0, 0)),
		call(sysent.SYS_getpid, 0),
		rec(abi.KTR_SYSRET, words([]uint32{sysent.SYS_getpid, 0}, uint64(pid), 1)),
	}, nil)
	if got := kt.all(); !bytes.Equal(got, wantAll) {
		t.Errorf("records:\n%x\nwant:\n%x", got, wantAll)
	}
}

// dump prints records, a line each.
func dump(t *testing.T, b []byte) (lines []string) {
	t.Helper()
	for len(b) > 0 {
		if len(b) < 56 {
			t.Fatalf("%d bytes left over", len(b))
		}
		n := int(binary.LittleEndian.Uint32(b))
		typ, pid := binary.LittleEndian.Uint16(b[4:]), binary.LittleEndian.Uint32(b[8:])
		body := b[56 : 56+n]
		s := fmt.Sprintf("%d %s ", pid, strings.TrimRight(string(b[12:29]), "\x00"))
		switch typ {
		case abi.KTR_SYSCALL:
			s += "CALL " + sysent.Rows[binary.LittleEndian.Uint32(body)].Name
		case abi.KTR_SYSRET:
			s += "RET " + sysent.Rows[binary.LittleEndian.Uint16(body)].Name
		case abi.KTR_GENIO:
			s += fmt.Sprintf("GIO %d %d", body[4], n-8)
		default:
			s += fmt.Sprintf("%d %x", typ, body)
		}
		lines = append(lines, s)
		b = b[56+n:]
	}
	return lines
}

func TestKtraceVersions(t *testing.T) {
	for v, tail := range map[int]string{
		abi.KTRFACv0: "0100000000000000" + "0200000000000000" + "0000000000000000",
		abi.KTRFACv1: "0100000000000000" + "d007000000000000" + "0200000000000000",
		abi.KTRFACv2: "0100000000000000" + "d007000000000000" + "0200000000000000",
	} {
		h := hypercall.NewSim(1)
		kt := newKtraced(t, kernel.Config{Host: h})
		if err := kt.app.ClockSettime(abi.CLOCK_REALTIME, &abi.Timespec{Sec: 1, Nsec: 2000}); err != nil {
			t.Fatal(err)
		}
		kt.set(abi.KTROP_SET|v, abi.KTRFAC_SYSRET)
		kt.app.Getppid()
		if got := fmt.Sprintf("%x", kt.all()[32:56]); got != tail {
			t.Errorf("version %x: %s, want %s", v, got, tail)
		}
	}
}

func TestKtraceOfChildren(t *testing.T) {
	kt := newKtraced(t, kernel.Config{})
	plain, err := kt.app.Fork()
	want(t, "fork", err, 0)
	want(t, "exec", plain.Exec("before"), 0)
	kt.set(ktrSet|abi.KTRFLAG_DESCEND, abi.KTRFAC_SYSCALL|abi.KTRFAC_INHERIT)
	child, err := kt.app.Fork()
	want(t, "fork", err, 0)
	want(t, "exec", child.Exec("after"), 0)
	kt.set(ktrClear, abi.KTRFAC_MASK) // of app alone
	plain.Getppid()
	child.Getuid()
	kt.app.Getppid()
	want(t, "exit", child.Exit(), 0)
	var got []string
	for _, s := range dump(t, kt.all()) {
		_, s, _ = strings.Cut(s, " ")
		got = append(got, s)
	}
	if s := strings.Join(got, ", "); s != "before CALL getppid, after CALL getuid" {
		t.Errorf("records: %s", s)
	}
}

func TestKtraceOfDataAndNames(t *testing.T) {
	kt := newKtraced(t, kernel.Config{})
	r, w := pipe(t, kt.app)
	kt.set(ktrSet, abi.KTRFAC_GENIO|abi.KTRFAC_MIB)
	big := make([]byte, 9000)
	_, _ = kt.app.Write(w, big)
	_, _ = kt.app.Readv(r, [][]byte{big[:10], big[:20], nil})
	n := uint64(4)
	_ = kt.app.Sysctl([]int32{abi.CTL_KERN, abi.KERN_MAXPROC}, make([]byte, 4), &n, nil)
	_, err := kt.app.Read(w, big)
	want(t, "read", err, abi.EBADF)
	pid := kt.pid
	got := strings.Join(dump(t, kt.all()), "\n")
	wantAll := strings.ReplaceAll("GIO 1 4088\nGIO 1 4088\nGIO 1 824\nGIO 0 30\n14 0100000006000000", "\n", fmt.Sprintf("\n%d app ", pid))
	if got != fmt.Sprintf("%d app %s", pid, wantAll) {
		t.Errorf("records:\n%s\nwant:\n%s", got, wantAll)
	}
}

func TestKtraceErrors(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	user := attach(t, k)
	r, w := pipe(t, c)
	_, uw := pipe(t, user)
	pid := c.Getpid()
	want(t, "setgid", user.Setgid(7), 0)
	want(t, "setuid", user.Setuid(7), 0)
	for _, tt := range []struct {
		what                  string
		c                     *client.Client
		fd, ops, facs, target int
		errno                 abi.Errno
	}{
		{"no descriptor", c, 77, ktrSet, ktrCalls, pid, abi.EBADF},
		{"not for writing", c, r, ktrSet, ktrCalls, pid, abi.EBADF},
		{"nothing to trace", c, w, ktrSet, 0, pid, abi.EINVAL},
		{"only what is not for callers", c, w, ktrSet, abi.KTRFAC_PERSISTENT - 1<<32, pid, abi.EINVAL},
		{"no process", c, w, ktrSet, ktrCalls, 4711, abi.ESRCH},
		{"no group", c, w, ktrSet, ktrCalls, -4711, abi.ESRCH},
		{"a version to come", c, w, abi.KTROP_SET | 3<<abi.KTRFAC_VER_SHIFT, ktrCalls, pid, abi.EPERM},
		{"another's process", user, uw, ktrSet, ktrCalls, pid, abi.EPERM},
		{"clear what is not traced", c, w, ktrClear, ktrCalls, pid, 0},
		{"clear a file that is none", c, w, abi.KTROP_CLEARFILE, 0, 0, 0},
	} {
		want(t, tt.what, tt.c.Fktrace(tt.fd, tt.ops, tt.facs, tt.target), tt.errno)
	}
	want(t, "utrace untraced", c.Utrace("x", make([]byte, 4000)), 0)
	want(t, "trace", c.Fktrace(w, ktrSet, abi.KTRFAC_USER, pid), 0)
	want(t, "utrace of too much", c.Utrace("x", make([]byte, 2049)), abi.ENOSPC)
	want(t, "utrace of enough", c.Utrace("x", make([]byte, 2048)), 0)
}

func TestKtraceLosesRatherThanHangs(t *testing.T) {
	h := hypercall.NewSim(1)
	kt := newKtraced(t, kernel.Config{Host: h})
	kt.set(ktrSet, ktrCalls)
	stop := make(chan struct{})
	var clock sync.WaitGroup
	clock.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				h.Advance(time.Second)
				time.Sleep(100 * time.Microsecond)
			}
		}
	})
	for range 20000 { // nobody reads
		kt.app.Getppid()
	}
	close(stop)
	clock.Wait()
	want(t, "close", kt.tracer.Close(kt.r), 0)
	kt.app.Getppid()
}

func TestKtraceWhileOthersTrace(t *testing.T) {
	k, tracer := boot(t, kernel.Config{})
	parent := attach(t, k)
	pid := parent.Getpid()
	r, w := pipe(t, tracer)
	reader, err := tracer.NewThread()
	want(t, "thread", err, 0)
	var calls, reading sync.WaitGroup
	var all []byte
	reading.Go(func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := reader.Read(r, buf)
			if n == 0 || err != nil {
				return
			}
			all = append(all, buf[:n]...)
		}
	})
	for range 4 {
		calls.Go(func() {
			for range 20 {
				c, err := parent.Fork()
				if err != nil {
					t.Error(err)
					return
				}
				for range 50 {
					c.Getppid()
				}
				_ = c.Exit()
			}
		})
	}
	for range 200 {
		want(t, "set", tracer.Fktrace(w, ktrSet|abi.KTRFLAG_DESCEND, ktrCalls|abi.KTRFAC_INHERIT, pid), 0)
		want(t, "clear", tracer.Fktrace(w, ktrClear|abi.KTRFLAG_DESCEND, abi.KTRFAC_MASK, pid), 0)
	}
	calls.Wait()
	want(t, "close", tracer.Close(w), 0)
	reading.Wait()
	reader.Release()
	for _, s := range dump(t, all) {
		if !strings.HasSuffix(s, " getppid") {
			t.Errorf("a record is broken: %q", s)
		}
	}
}

func TestKtraceMemoryIsGivenBack(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	_, w := pipe(t, c)
	app := attach(t, k)
	used := k.Mem.Used()
	want(t, "set", c.Fktrace(w, ktrSet, ktrCalls, app.Getpid()), 0)
	if k.Mem.Used() <= used {
		t.Error("the queue takes no memory")
	}
	want(t, "exit", app.Exit(), 0)
	for i := 0; k.Mem.Used() > used; i++ {
		if i == 1000 {
			t.Fatalf("%d bytes in use, %d before", k.Mem.Used(), used)
		}
		time.Sleep(time.Millisecond)
	}
}

// What happens to a process beside its calls: signals, exec.
func TestKtraceOfEvents(t *testing.T) {
	kt := newKtraced(t, kernel.Config{Host: hypercall.NewSim(1)})
	r, w := pipe(t, kt.app)
	want(t, "close", kt.app.Close(r), 0)
	kt.set(ktrSet, abi.KTRFAC_PSIG|abi.KTRFAC_EXEC_ARG|abi.KTRFAC_EMUL)
	_, err := kt.app.Write(w, []byte{1})
	want(t, "write", err, abi.EPIPE)
	want(t, "exec", kt.app.Exec("other"), 0)
	lines := dump(t, kt.all())
	pid := kt.pid
	wantAll := []string{
		fmt.Sprintf("%d app 7 %x", pid, "netbsd"),
		fmt.Sprintf("%d app 5 %x", pid, psig(abi.SIGPIPE)),
		fmt.Sprintf("%d other 10 %x", pid, "other"),
	}
	if !slices.Equal(lines, wantAll) {
		t.Errorf("records:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(wantAll, "\n"))
	}
}

// psig is the body of a record of a signal with its default action.
func psig(sig abi.Signal) []byte {
	b := make([]byte, 40)
	b[0] = byte(sig)
	return b
}

func TestKtraceOfSwitches(t *testing.T) {
	kt := newKtraced(t, kernel.Config{})
	kt.set(ktrSet, ktrCalls|abi.KTRFAC_CSW)
	want(t, "nanosleep", kt.app.Nanosleep(&abi.Timespec{Nsec: 1e6}, nil), 0)
	out, in := words([]uint32{1, 0}), words([]uint32{0, 0})
	wantAll := []string{
		fmt.Sprintf("%d app CALL __nanosleep50", kt.pid),
		fmt.Sprintf("%d app 6 %x", kt.pid, out),
		fmt.Sprintf("%d app 6 %x", kt.pid, in),
		fmt.Sprintf("%d app RET __nanosleep50", kt.pid),
	}
	if got := dump(t, kt.all()); !slices.Equal(got, wantAll) {
		t.Errorf("records:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(wantAll, "\n"))
	}
}
