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
	lockFiles = 3
	lockProcs = 4
)

// lockNames are the files.
var lockNames = [lockFiles]string{"/tmp/a", "/tmp/b", "/tmp/c"}

// wantModel is a range lock that a process asks for.
type wantModel struct {
	file, start, last int
	typ               int16
	whole             bool // by flock(2)
}

// lockerModel is a process of the model: the lock it has on each byte, those of
// flock(2) that its open files have, and the one it sleeps for, if any.
type lockerModel struct {
	g    *guest
	fd   [lockFiles]int32
	has  [lockFiles][lockBytes]int16
	held [lockFiles]int16
	want *wantModel
	done chan error
	got  bool // it has been given what it sleeps for
}

// locksModel is all of them.
type locksModel struct {
	t     *rapid.T
	procs []*lockerModel
}

// excludes reports whether who has one type of lock is in the way of another.
func excludes(has, typ int16) bool {
	return has == abi.F_WRLCK || has == abi.F_RDLCK && typ == abi.F_WRLCK
}

// heldBy reports whether a lock of flock(2) is in the way of w: an open file's,
// even when its process is the one that wants a range. A file that asks for
// another lock of its own is not in its own way.
func (m *locksModel) heldBy(p *lockerModel, w *wantModel) bool {
	for _, o := range m.procs {
		if !(w.whole && o == p) && excludes(o.held[w.file], w.typ) {
			return true
		}
	}
	return false
}

// blocked reports whether anything is in the way of w of p. Ranges are even
// when flock(2) asks in the same process.
func (m *locksModel) blocked(p *lockerModel, w *wantModel) bool {
	if len(m.inTheWay(p, w)) > 0 || m.heldBy(p, w) {
		return true
	}
	for _, has := range p.has[w.file] {
		if w.whole && excludes(has, w.typ) {
			return true
		}
	}
	return false
}

// inTheWay returns which others have ranges that conflict with w of p.
func (m *locksModel) inTheWay(p *lockerModel, w *wantModel) (others []*lockerModel) {
	for _, o := range m.procs {
		for i := w.start; o != p && i <= w.last; i++ {
			if excludes(o.has[w.file][i], w.typ) {
				others = append(others, o)
				break
			}
		}
	}
	return others
}

// waits reports that p sleeps for a range; who sleeps in flock(2) counts as
// running.
func (p *lockerModel) waits() bool { return p.want != nil && !p.want.whole }

// waitsFor reports whether somebody in the way of w waits, in the end, for p.
func (m *locksModel) waitsFor(p, from *lockerModel, w *wantModel, depth int) bool {
	for _, o := range m.inTheWay(from, w) {
		if o == p || o.waits() && depth < len(m.procs) && m.waitsFor(p, o, o.want, depth+1) {
			return true
		}
	}
	return false
}

// circle reports that p would wait for itself.
func (m *locksModel) circle(p *lockerModel, w *wantModel) bool {
	for _, o := range m.inTheWay(p, w) {
		if o.waits() && m.waitsFor(p, o, o.want, 0) {
			return true
		}
	}
	return false
}

func (p *lockerModel) apply(w *wantModel) {
	if w.whole {
		p.held[w.file] = w.typ
		return
	}
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
	deadline := time.Now().Add(time.Minute)
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
			ok := !m.blocked(p, p.want)
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
	if w.typ != abi.F_UNLCK && m.blocked(p, w) {
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
	case !m.blocked(p, w):
		m.is("F_SETLKW", call(), nil)
		p.apply(w)
	case m.circle(p, w):
		m.is("F_SETLKW in a circle", call(), abi.EDEADLK)
	default:
		m.sleep(p, w, call)
	}
}

// sleep has p sleep for w.
func (m *locksModel) sleep(p *lockerModel, w *wantModel, call func() error) {
	p.want = w
	go func() { p.done <- call() }()
	for p.g.l.Asleep() < 0 {
		runtime.Gosched()
	}
}

// whole takes, changes or gives up the lock of an open file, and sometimes
// sleeps for it: a file that has one gives it up before.
func (m *locksModel) whole() {
	p := m.idle()
	if p == nil {
		return
	}
	w := &wantModel{file: rapid.IntRange(0, lockFiles-1).Draw(m.t, "file"), last: lockBytes - 1, whole: true}
	how := rapid.SampledFrom([]int32{abi.LOCK_SH, abi.LOCK_EX, abi.LOCK_UN}).Draw(m.t, "how")
	w.typ = map[int32]int16{abi.LOCK_SH: abi.F_RDLCK, abi.LOCK_EX: abi.F_WRLCK}[how]
	call := func() error { return p.g.flock(p.fd[w.file], how) }
	switch {
	case how == abi.LOCK_UN || !m.blocked(p, w):
		m.is("flock", call(), nil)
		p.apply(w)
	case rapid.Bool().Draw(m.t, "sleep"):
		p.held[w.file] = 0
		m.sleep(p, w, call)
	default:
		m.is("flock", p.g.flock(p.fd[w.file], how|abi.LOCK_NB), abi.EAGAIN)
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
	if !m.blocked(p, w) {
		if fl.Type != abi.F_UNLCK {
			m.t.Fatalf("%+v is in the way of %+v", fl, w)
		}
		return
	}
	if fl.Pid == -1 && m.heldBy(p, w) {
		return
	}
	for _, o := range m.inTheWay(p, w) {
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
	fd, err := p.g.open(lockNames[i], abi.O_RDONLY, 0)
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

// Range locks of processes and locks of open files on some files behave as a model with one entry for
// each byte: who gets a lock, who sleeps and until when, who would sleep for
// ever, and who is told to be in the way.
func TestLockModel(t *testing.T) {
	root := boot(t, kernel.Config{})
	rapid.Check(t, func(rt *rapid.T) {
		m := &locksModel{t: rt}
		for _, name := range lockNames {
			root.put(name, "", 0o666)
		}
		for range lockProcs {
			p := &lockerModel{g: root.as(0, 0), done: make(chan error, 1)}
			for i, name := range lockNames {
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
			"test": with(m.test), "reopen": with(m.reopen), "whole": with(m.whole), "whole again": with(m.whole),
			"interrupt": with(m.interrupt), "": with(m.settle),
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
