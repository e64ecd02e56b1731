// Workers: goroutines that read frames and perform calls.
package sysproxy

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// What a worker has of the reader's role.
const (
	none    int32 = iota
	reading       // it reads
	busy          // it has the role, but performs a call: others may take it
)

// What a waiting worker is woken for.
type job uint8

const (
	jobQuit job = iota
	jobRead
	jobCall
	jobExec
)

// worker is one goroutine of a connection, and what a call on it needs. It is
// the usermem.Space of its call.
type worker struct {
	c    *conn
	l    *proc.LWP // made for the first call
	role atomic.Int32
	// wake is told of a job, or of the client's answer: a worker waits for
	// one of the two.
	wake  chan struct{}
	job   job
	fresh bool          // it has no goroutine yet
	seq   atomic.Uint32 // counts calls performed with the role

	// The call in progress.
	frame sysent.Frame
	num   uint32
	reqno uint64
	args  [8 * sysent.MaxSlots]byte
	name  string // of an exec

	ask ask
	// cut says that the connection ended while the call wanted something of
	// the client: it gets no answer, but sees the end.
	cut bool
	output
}

func (w *worker) init() {
	w.frame.Space = w
	w.out = w.small[:0]
	w.ask.fn = w.exchange
}

// start gives w something to do. Preconditions: it waits in rest, or c.mu is
// held and it was just taken from the idle ones.
func (w *worker) start(j job) {
	w.job = j
	w.wake <- struct{}{}
}

// launch begins the call that was loaded into a recruit.
func (w *worker) launch(j job) {
	if j != jobQuit {
		w.c.lead(1)
	}
	if w.fresh {
		w.fresh, w.job = false, j
		go w.run()
		return
	}
	w.start(j)
}

// lead counts workers that have work but not the role.
func (c *conn) lead(n int64) {
	c.blocked.Add(n)
	c.s.blocked.Add(n)
}

// run is the life of a worker.
func (w *worker) run() {
	for w.work() {
		if !w.c.rest(w) {
			break
		}
		<-w.wake
	}
	w.c.leave(w)
}

// work does what w was woken for, and reports whether it goes on.
func (w *worker) work() bool {
	if w.role.Load() == reading {
		return w.read()
	}
	switch w.job {
	case jobCall:
		w.call()
	case jobExec:
		w.exec()
	default:
		return false
	}
	w.c.lead(-1)
	return true
}

// read reads and serves frames as long as w has the reader's role. It reports
// whether the connection goes on.
func (w *worker) read() bool {
	c := w.c
	c.reader.Store(w)
	for {
		h, err := c.st.Next()
		mine := false
		if err == nil {
			mine, err = c.input(w, h, false)
		}
		if err != nil {
			c.fail()
			w.role.Store(none)
			return false
		}
		switch {
		case mine:
			if !w.perform() {
				return true
			}
		case w.role.Load() != reading: // given away while an answer was sent
			c.lead(-1)
			return true
		}
	}
}

// perform does a call while w has the role, and reports whether it still has
// it afterwards.
func (w *worker) perform() bool {
	c := w.c
	w.role.Store(busy)
	w.seq.Add(1)
	c.s.watch.poke(c.s)
	w.call()
	if w.role.CompareAndSwap(busy, reading) {
		return true
	}
	c.lead(-1)
	return false
}

// yield hands the reader's role on because the call of w may block. The lwp
// calls it before it sleeps, the watcher when a call takes long.
func (w *worker) yield() {
	if w.role.CompareAndSwap(busy, none) {
		w.c.lead(1)
		w.c.promote()
	}
}

// giveWay hands the role on because w has to wait until it can write, and the
// client may take nothing before it is read from. When too many calls are at
// work already, nobody reads: such a client has to take its answers. Before
// the handshake there is nothing to wait for but the client itself.
func (w *worker) giveWay() {
	if w.c.full() || w.role.Load() == none || w.c.p == nil {
		return
	}
	if w.role.CompareAndSwap(reading, none) {
		w.c.lead(1)
		w.c.promote()
		return
	}
	w.yield()
}

// beforeBlock is told by the lwp that it is about to wait. A worker that waits
// for the client's memory reads on itself.
func (w *worker) beforeBlock() {
	if !w.ask.active {
		w.yield()
	}
}

// call performs the loaded call and sends the answer.
func (w *worker) call() {
	c := w.c
	c.calls.Add(1)
	err := w.enter()
	if err == nil {
		err = w.dispatch()
	} else {
		w.frame.Ret = [2]int64{-1, 0}
	}
	w.reply(err)
	if c.calls.Add(-1) == 0 && c.inexec.Load() {
		select {
		case c.drained <- struct{}{}:
		default:
		}
	}
	if w.l != nil {
		w.l.Replied()
	}
}

// enter gives w an lwp: EBUSY while the process execs or ends, ESRCH when it
// is gone.
func (w *worker) enter() error {
	if w.c.inexec.Load() {
		return abi.EBUSY
	}
	if w.l != nil {
		return nil
	}
	l, err := w.c.p.NewLWP(true)
	if err != nil {
		return err
	}
	l.OnBlock(w.beforeBlock)
	w.l = l
	return nil
}

// dispatch enters the kernel. Numbers beyond the table are not for it.
func (w *worker) dispatch() error {
	if w.num >= maxSyscalls {
		w.frame.Ret = [2]int64{}
		return abi.ENOSYS
	}
	if w.c.inside.Add(1) == 2 {
		w.c.p.SetThreads(2)
	}
	defer w.c.inside.Add(-1)
	return w.c.s.k.Syscall(w.l, int(w.num), &w.frame)
}

// maxSyscalls is the size of NetBSD's table (SYS_NSYSENT).
const maxSyscalls = 512

// load takes the arguments of a call from the stream: missing ones are 0, more
// than any call has are skipped.
func (w *worker) load(h sp.Header) error {
	n := int(min(h.Payload(), uint64(len(w.args))))
	if err := w.c.st.Payload(w.args[:n]); err != nil {
		return err
	}
	if n&7 != 0 {
		clear(w.args[n : (n+7)&^7])
	}
	slots := (n + 7) / 8
	for i := range slots {
		w.frame.Slot[i] = sp.Uint64(w.args[8*i:])
	}
	clear(w.frame.Slot[slots:])
	w.num, w.reqno = h.U, h.Reqno
	return nil
}

// reply sends the answer of a call, behind what it has stored in the client's
// memory.
func (w *worker) reply(err error) {
	errno := abi.Errno(0)
	if err != nil {
		errno, _ = err.(abi.Errno)
	}
	w.hasWin = false
	if w.cut {
		w.out = w.out[:0]
	} else {
		w.out = sp.AppendResult(w.out, w.reqno, int32(errno), w.frame.Ret)
		_ = w.sent(w.flush())
	}
	if w.lent != nil {
		w.shrink()
	}
}
