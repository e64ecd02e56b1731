// A model of kqueue(2): pipes, sockets and files under several descriptors,
// processes, timers and two queues that watch them all.
package kernel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/vfsnet"
)

const pipeRoom = 64 << 10 // what a pipe holds

// kqPipe is a pipe: what is in it, and how many descriptors its ends have.
type kqPipe struct{ bytes, readers, writers int }

// kqEnd is what a descriptor stands for: one end of a pipe, a socket or an open
// file.
type kqEnd struct {
	p      *kqPipe
	writes bool
	s      *kqSocket
	o      *kqOpen
}

// noteKey names a note of a queue.
type noteKey struct {
	ident  uint64
	filter uint32
}

// noteModel is a note: what it was added with, and what it has to tell.
type noteModel struct {
	flags    uint32
	fflags   uint32
	data     int64
	udata    int64
	end      kqEnd
	disabled bool
	seen     uint32 // NOTE_ bits, of files and processes
	parent   int64  // of a process that is a child of one that is tracked
	ended    bool   // of a process
	fresh    bool   // something happened since it told, which EV_CLEAR needs
	period   int64  // milliseconds, of a timer
	next     int64  // when its period ends; 0 when it does not run
	fired    int64
}

// kqModel is the process.
type kqModel struct {
	c      *client.Client
	h      *hypercall.Sim
	now    int64 // milliseconds
	fds    map[int]kqEnd
	files  [kqFiles]*kqFile // nil for those that have no name
	procs  []kqProc
	pids   []uint64 // of all processes, dead or alive
	queues [2]struct {
		fd    int
		notes map[noteKey]*noteModel
	}
}

// state returns what a note would tell now, and whether it would tell at all.
func (n *noteModel) state(filter uint32) (data int64, eof, ready bool) {
	p := n.end.p
	switch {
	case filter == abi.EVFILT_TIMER:
		return n.fired, false, n.fired > 0
	case filter == abi.EVFILT_PROC:
		if data = n.parent; n.ended || n.seen&abi.NOTE_CHILD == 0 {
			data = 0
		}
		return data, n.ended, n.seen != 0 || n.ended
	case filter == abi.EVFILT_VNODE:
		return 0, false, n.seen != 0
	case n.end.s != nil:
		return n.end.s.readable(n)
	case n.end.o != nil && filter == abi.EVFILT_WRITE:
		return 0, false, true
	case n.end.o != nil:
		rest := n.end.o.file.size - n.end.o.off
		return int64(rest), false, rest > 0
	case filter == abi.EVFILT_READ && !n.end.writes:
		return int64(p.bytes), p.writers == 0, p.bytes > 0 || p.writers == 0
	case filter == abi.EVFILT_WRITE && n.end.writes:
		if p.readers == 0 {
			return 0, true, true
		}
		room := pipeRoom - p.bytes
		return int64(room), false, room >= abi.PIPE_BUF
	case n.end.writes: // the wrong ends only tell that the others are gone
		return 0, p.readers == 0, p.readers == 0
	}
	return 0, p.writers == 0, p.writers == 0
}

// event returns the event that a note gives now, if it does.
func (n *noteModel) event(k noteKey) (ev abi.Kevent, ok bool) {
	data, eof, ready := n.state(k.filter)
	if !ready || n.disabled || n.flags&abi.EV_CLEAR != 0 && !n.fresh {
		return ev, false
	}
	ev = abi.Kevent{Ident: k.ident, Filter: k.filter, Flags: n.flags, Fflags: n.seen, Data: data, Udata: n.udata}
	if eof {
		ev.Flags |= abi.EV_EOF
	}
	if n.ended {
		ev.Flags |= abi.EV_ONESHOT
	}
	return ev, true
}

// happened has the notes on an end know that something came.
func (m *kqModel) happened(p *kqPipe, writes bool, filter ...uint32) {
	for i := range m.queues {
		for k, n := range m.queues[i].notes {
			for _, f := range filter {
				n.fresh = n.fresh || n.end == kqEnd{p: p, writes: writes} && k.filter == f
			}
		}
	}
}

// anyFd draws a descriptor, most often an open one.
func (m *kqModel) anyFd(t *rapid.T) int { return rapid.IntRange(5, 12).Draw(t, "fd") }

// pipe makes a pipe.
func (m *kqModel) pipe(t *rapid.T) {
	if len(m.fds) > 6 {
		return
	}
	fds, err := m.c.Pipe2(abi.O_NONBLOCK)
	isErr(t, "pipe2", err, 0)
	p := &kqPipe{readers: 1, writers: 1}
	m.fds[fds[0]], m.fds[fds[1]] = kqEnd{p: p}, kqEnd{p: p, writes: true}
}

// write fills pipes up to the brim.
func (m *kqModel) write(t *rapid.T) {
	fd := m.anyFd(t)
	e := m.fds[fd]
	if !e.writes {
		return
	}
	size := rapid.SampledFrom([]int{1, 100, abi.PIPE_BUF, 5000, pipeRoom - abi.PIPE_BUF, pipeRoom}).Draw(t, "size")
	room, errno := pipeRoom-e.p.bytes, abi.Errno(0)
	switch {
	case e.p.readers == 0:
		errno = abi.EPIPE
	case room == 0 || size <= abi.PIPE_BUF && size > room:
		errno = abi.EAGAIN
	}
	n, err := m.c.Write(fd, make([]byte, size))
	isErr(t, "write", err, errno)
	if errno != 0 {
		return
	}
	if size = min(size, room); n != size {
		t.Fatalf("write = %d, want %d", n, size)
	}
	e.p.bytes += size
	m.happened(e.p, false, abi.EVFILT_READ)
}

// read takes out a part or everything.
func (m *kqModel) read(t *rapid.T) {
	fd := m.anyFd(t)
	e := m.fds[fd]
	if e.p == nil || e.writes {
		return
	}
	size := min(rapid.SampledFrom([]int{1, 600, 1 << 17}).Draw(t, "size"), e.p.bytes)
	if size == 0 {
		return
	}
	n, err := m.c.Read(fd, make([]byte, size))
	isErr(t, "read", err, 0)
	if n != size {
		t.Fatalf("read = %d, want %d", n, size)
	}
	e.p.bytes -= size
	m.happened(e.p, true, abi.EVFILT_WRITE)
}

// gone forgets a descriptor, with the notes on it, and its end with the last.
func (m *kqModel) gone(fd int) {
	e, open := m.fds[fd]
	if !open {
		return
	}
	delete(m.fds, fd)
	for i := range m.queues {
		for _, filter := range []uint32{abi.EVFILT_READ, abi.EVFILT_WRITE, abi.EVFILT_VNODE} {
			delete(m.queues[i].notes, noteKey{uint64(fd), filter})
		}
	}
	if e.s != nil {
		m.unplug(e.s)
	}
	if e.p == nil {
		return
	}
	count := &e.p.readers
	if e.writes {
		count = &e.p.writers
	}
	if *count--; *count > 0 {
		return
	}
	if !e.writes {
		e.p.bytes = 0
	}
	m.happened(e.p, !e.writes, abi.EVFILT_READ, abi.EVFILT_WRITE)
}

func (m *kqModel) close(t *rapid.T) {
	fd := m.anyFd(t)
	if _, open := m.fds[fd]; open {
		isErr(t, "close", m.c.Close(fd), 0)
		m.gone(fd)
	}
}

// dup2 gives an end another descriptor, which may have been another's.
func (m *kqModel) dup2(t *rapid.T) {
	from, to := m.anyFd(t), m.anyFd(t)
	e, open := m.fds[from]
	if !open || from == to {
		return
	}
	_, err := m.c.Dup2(from, to)
	isErr(t, "dup2", err, 0)
	switch {
	case e.s != nil:
		e.s.refs++
	case e.writes:
		e.p.writers++
	case e.p != nil:
		e.p.readers++
	}
	m.gone(to)
	m.fds[to] = e
}

// advance lets time pass, and timers expire.
func (m *kqModel) advance(t *rapid.T) {
	d := rapid.Int64Range(1, 50).Draw(t, "ms")
	m.h.Advance(time.Duration(d) * time.Millisecond)
	m.now += d
	for i := range m.queues {
		for _, n := range m.queues[i].notes {
			for n.next != 0 && n.next <= m.now {
				n.fired++
				n.fresh = true
				if n.next += n.period; n.flags&abi.EV_ONESHOT != 0 {
					n.next = 0
				}
			}
		}
	}
}

// Whatever happens to pipes, sockets, files, processes and timers, each queue
// tells what the model says.
func TestKqueueModel(t *testing.T) {
	h := hypercall.NewSim(1)
	k, err := vfsnet.Boot(kernel.Config{Host: h})
	want(t, "boot", err, 0)
	defer k.Close()
	rapid.Check(t, func(t *rapid.T) {
		c, err := client.New(k, "model")
		isErr(t, "attach", err, 0)
		self := uint64(c.Getpid())
		m := &kqModel{c: c, h: h, fds: map[int]kqEnd{}, procs: []kqProc{{self, c}}, pids: []uint64{self}}
		defer m.end()
		for i := range m.queues {
			m.queues[i].fd, err = c.Kqueue()
			isErr(t, "kqueue", err, 0)
			m.queues[i].notes = map[noteKey]*noteModel{}
		}
		m.pipe(t)
		t.Repeat(map[string]func(*rapid.T){
			"pipe": m.pipe, "write": m.write, "write again": m.write, "read": m.read, "close": m.close, "dup2": m.dup2,
			"advance": m.advance, "change": m.change, "change more": m.change, "change again": m.change, "some": m.some,
			"socketpair": m.socketpair, "send": m.send, "receive": m.receive,
			"open": m.open, "name": m.name, "append": m.append, "chmod": m.chmod, "read file": m.readFile,
			"fork": m.fork, "exec": m.exec, "exit": m.exit,
			"": m.check,
		})
	})
}
