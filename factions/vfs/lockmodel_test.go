package vfs

import (
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

const (
	lockBytes = 8 // of each file
	lockFiles = 2
)

// wantModel is a range lock that a process asks for.
type wantModel struct {
	file, start, last int
	typ               int16
}

// lockerModel is a process of the model: the lock it has on each byte, and the
// one it sleeps for, if any.
type lockerModel struct {
	g    *guest
	fd   [lockFiles]int32
	has  [lockFiles][lockBytes]int16
	want *wantModel
	done chan error
	got  bool // it has been given what it sleeps for
}

// locksModel is all of them.
type locksModel struct {
	t     *rapid.T
	procs []*lockerModel
}

// inTheWay returns who has a lock that conflicts with w of p.
func (m *locksModel) inTheWay(p *lockerModel, w *wantModel) (others []*lockerModel) {
	for _, o := range m.procs {
		for i := w.start; o != p && i <= w.last; i++ {
			if has := o.has[w.file][i]; has == abi.F_WRLCK || has == abi.F_RDLCK && w.typ == abi.F_WRLCK {
				others = append(others, o)
				break
			}
		}
	}
	return others
}

// waitsFor reports whether somebody in the way of w waits, in the end, for p.
func (m *locksModel) waitsFor(p, from *lockerModel, w *wantModel, depth int) bool {
	for _, o := range m.inTheWay(from, w) {
		if o == p || o.want != nil && depth < len(m.procs) && m.waitsFor(p, o, o.want, depth+1) {
			return true
		}
	}
	return false
}

// circle reports that p would wait for itself.
func (m *locksModel) circle(p *lockerModel, w *wantModel) bool {
	for _, o := range m.inTheWay(p, w) {
		if o.want != nil && m.waitsFor(p, o, o.want, 0) {
			return true
		}
	}
	return false
}

func (p *lockerModel) apply(w *wantModel) {
	for i := w.start; i <= w.last; i++ {
		p.has[w.file][i] = w.typ
	}
}

func (w *wantModel) flock() *abi.Flock {
	return &abi.Flock{Type: w.typ, Start: int64(w.start), Len: int64(w.last - w.start + 1)}
}

// settle waits until each sleeper that nobody is in the way of has its lock.
// Which of two that want the same is first, the kernel decides; that of two
// that got theirs the second could only after the first is seen by the model
// in this order, too.
func (m *locksModel) settle() {
	deadline := time.Now().Add(5 * time.Second)
	for free := true; free; runtime.Gosched() {
		free = false
		for _, p := range m.procs {
			if p.want == nil {
				continue
			}
			select {
			case err := <-p.done:
				m.is("a sleep for a lock", err, nil)
				p.got = true
			default:
			}
			ok := len(m.inTheWay(p, p.want)) == 0
			free = free || ok || p.got
			if ok && p.got {
				p.apply(p.want)
				p.want, p.got = nil, false
			}
		}
		if time.Now().After(deadline) {
			m.t.Fatalf("a lock is free and not given, or given and not free")
		}
	}
}

// idle draws a process that does not sleep.
func (m *locksModel) idle() *lockerModel {
	var list []*lockerModel
	for _, p := range m.procs {
		if p.want == nil {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[rapid.IntRange(0, len(list)-1).Draw(m.t, "proc")]
}

func (m *locksModel) draw(types ...int16) *wantModel {
	start := rapid.IntRange(0, lockBytes-1).Draw(m.t, "start")
	return &wantModel{
		file:  rapid.IntRange(0, lockFiles-1).Draw(m.t, "file"),
		start: start, last: rapid.IntRange(start, lockBytes-1).Draw(m.t, "last"),
		typ: rapid.SampledFrom(types).Draw(m.t, "type"),
	}
}

func (m *locksModel) is(what string, err error, want error) {
	m.t.Helper()
	if err != want {
		m.t.Fatalf("%s: %v, want %v", what, err, want)
	}
}

// lock asks for a lock without waiting, or gives one up.
func (m *locksModel) lock() {
	p, w := m.idle(), m.draw(abi.F_RDLCK, abi.F_WRLCK, abi.F_UNLCK)
	if p == nil {
		return
	}
	var want error
	if w.typ != abi.F_UNLCK && len(m.inTheWay(p, w)) > 0 {
		want = abi.EAGAIN
	}
	m.is("F_SETLK", p.g.fcntl(p.fd[w.file], abi.F_SETLK, w.flock()), want)
	if w.typ == abi.F_UNLCK {
		w.typ = 0
	}
	if want == nil {
		p.apply(w)
	}
}

// wait asks for a lock and sleeps for it, unless that would be for ever.
func (m *locksModel) wait() {
	p, w := m.idle(), m.draw(abi.F_RDLCK, abi.F_WRLCK)
	if p == nil {
		return
	}
	call := func() error { return p.g.fcntl(p.fd[w.file], abi.F_SETLKW, w.flock()) }
	switch {
	case len(m.inTheWay(p, w)) == 0:
		m.is("F_SETLKW", call(), nil)
		p.apply(w)
	case m.circle(p, w):
		m.is("F_SETLKW in a circle", call(), abi.EDEADLK)
	default:
		p.want = w
		go func() { p.done <- call() }()
		for p.g.l.Asleep() < 0 {
			runtime.Gosched()
		}
	}
}

// test asks who is in the way.
func (m *locksModel) test() {
	p, w := m.idle(), m.draw(abi.F_RDLCK, abi.F_WRLCK)
	if p == nil {
		return
	}
	fl := w.flock()
	m.is("F_GETLK", p.g.fcntl(p.fd[w.file], abi.F_GETLK, fl), nil)
	others := m.inTheWay(p, w)
	if len(others) == 0 {
		if fl.Type != abi.F_UNLCK {
			m.t.Fatalf("%+v is in the way of %+v", fl, w)
		}
		return
	}
	for _, o := range others {
		if o.g.l.Proc().Pid == fl.Pid && o.has[w.file][max(int(fl.Start), w.start)] == fl.Type {
			return
		}
	}
	m.t.Fatalf("%+v is in the way of %+v", fl, w)
}

// reopen closes a descriptor of a file, which gives up all locks on it.
func (m *locksModel) reopen() {
	p := m.idle()
	if p == nil {
		return
	}
	i := rapid.IntRange(0, lockFiles-1).Draw(m.t, "file")
	fd, err := p.g.open([]string{"/tmp/a", "/tmp/b"}[i], abi.O_RDONLY, 0)
	m.is("open", err, nil)
	m.is("close", p.g.b.SysClose(p.g.l, fd), nil)
	p.has[i] = [lockBytes]int16{}
}

// interrupt ends a sleep.
func (m *locksModel) interrupt() {
	for _, p := range m.procs {
		if p.want == nil {
			continue
		}
		p.g.l.Interrupt()
		m.is("an interrupted sleep", <-p.done, abi.EINTR)
		p.g.l.Leave()
		p.want = nil
		return
	}
}

// Range locks of processes on two files behave as a model with one entry for
// each byte: who gets a lock, who sleeps and until when, who would sleep for
// ever, and who is told to be in the way.
func TestLockModel(t *testing.T) {
	root := boot(t, kernel.Config{})
	rapid.Check(t, func(rt *rapid.T) {
		m := &locksModel{t: rt}
		for _, name := range []string{"/tmp/a", "/tmp/b"} {
			root.put(name, "", 0o666)
		}
		for range 3 {
			p := &lockerModel{g: root.as(0, 0), done: make(chan error, 1)}
			for i, name := range []string{"/tmp/a", "/tmp/b"} {
				p.fd[i] = p.g.mustOpen(name, abi.O_RDWR, 0)
			}
			m.procs = append(m.procs, p)
		}
		with := func(fn func()) func(*rapid.T) {
			return func(t *rapid.T) {
				m.t = t
				fn()
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"lock": with(m.lock), "unlock": with(m.lock), "wait": with(m.wait), "wait again": with(m.wait),
			"test": with(m.test), "reopen": with(m.reopen), "interrupt": with(m.interrupt), "": with(m.settle),
		})
		for range m.procs {
			m.interrupt()
		}
		for _, p := range m.procs {
			root.b.Procs.Exit(p.g.l)
		}
		if n := root.b.Procs.Charged(0, proc.UserLocks); n != 0 {
			rt.Fatalf("%d locks are counted after all", n)
		}
	})
}
