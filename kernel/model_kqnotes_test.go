// What the model of kqueue(2) does with sockets, files and processes.
package kernel_test

import (
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// kqSocket is one end of a pair: what it has to read, and how many descriptors
// it has.
type kqSocket struct {
	in, refs int
	peer     *kqSocket
}

// readable is what a note of a socket tells: it heeds NOTE_LOWAT.
func (s *kqSocket) readable(n *noteModel) (data int64, eof, ready bool) {
	least := int64(1)
	if n.fflags&abi.NOTE_LOWAT != 0 {
		least = n.data
	}
	data, eof = int64(s.in), s.peer.refs == 0
	return data, eof, eof || data >= least
}

func (m *kqModel) socketpair(t *rapid.T) {
	if len(m.fds) > 6 {
		return
	}
	fds, err := m.c.Socketpair(abi.AF_LOCAL, abi.SOCK_STREAM, 0)
	isErr(t, "socketpair", err, 0)
	one, other := &kqSocket{refs: 1}, &kqSocket{refs: 1}
	one.peer, other.peer = other, one
	m.fds[fds[0]], m.fds[fds[1]] = kqEnd{s: one}, kqEnd{s: other}
}

// heard has the notes on a socket know that something came.
func (m *kqModel) heard(s *kqSocket) {
	m.each(func(_ noteKey, n *noteModel) {
		if n.end.s == s {
			n.fresh = true
		}
	})
}

// each calls fn with the notes of both queues.
func (m *kqModel) each(fn func(k noteKey, n *noteModel)) {
	for i := range m.queues {
		for k, n := range m.queues[i].notes {
			fn(k, n)
		}
	}
}

func (m *kqModel) send(t *rapid.T) {
	fd := m.anyFd(t)
	s := m.fds[fd].s
	size := rapid.SampledFrom([]int{1, 60, 1500}).Draw(t, "size")
	if s == nil || s.peer.refs == 0 || s.peer.in+size > 4000 {
		return
	}
	n, err := m.c.Write(fd, make([]byte, size))
	isErr(t, "send", err, 0)
	if n != size {
		t.Fatalf("send = %d, want %d", n, size)
	}
	s.peer.in += size
	m.heard(s.peer)
}

func (m *kqModel) receive(t *rapid.T) {
	fd := m.anyFd(t)
	s := m.fds[fd].s
	if s == nil || s.in == 0 {
		return
	}
	size := min(s.in, rapid.SampledFrom([]int{1, 60, 5000}).Draw(t, "size"))
	n, err := m.c.Read(fd, make([]byte, size))
	isErr(t, "receive", err, 0)
	if n != size {
		t.Fatalf("receive = %d, want %d", n, size)
	}
	s.in -= size
}

// unplug takes a descriptor from a socket, which ends with the last.
func (m *kqModel) unplug(s *kqSocket) {
	if s.refs--; s.refs == 0 {
		m.heard(s.peer)
	}
}

// kqFiles is how many names of files there are.
const kqFiles = 3

// kqFile is a file, kqOpen one that is open.
type (
	kqFile struct{ size, links int }
	kqOpen struct {
		file *kqFile
		off  int
	}
)

func kqName(i int) string { return "/kq" + strconv.Itoa(i) }

func (m *kqModel) anyName(t *rapid.T) int { return rapid.IntRange(0, kqFiles-1).Draw(t, "name") }

// changed has the notes on a file see what happened to it. Who waits to read
// it hears of writes.
func (m *kqModel) changed(f *kqFile, what uint32) {
	m.each(func(k noteKey, n *noteModel) {
		switch {
		case n.end.o == nil || n.end.o.file != f:
		case k.filter == abi.EVFILT_VNODE && n.fflags&what != 0:
			n.seen |= n.fflags & what
			n.fresh = true
		case k.filter == abi.EVFILT_READ && what&abi.NOTE_WRITE != 0:
			n.fresh = true
		}
	})
}

// open opens a file, and makes it if there is none of the name.
func (m *kqModel) open(t *rapid.T) {
	if len(m.fds) > 7 {
		return
	}
	i := m.anyName(t)
	fd, err := m.c.Open(kqName(i), abi.O_CREAT|abi.O_RDWR|abi.O_APPEND, 0o644)
	isErr(t, "open", err, 0)
	if m.files[i] == nil {
		m.files[i] = &kqFile{links: 1}
	}
	m.fds[fd] = kqEnd{o: &kqOpen{file: m.files[i]}}
}

// name links, renames and removes files.
func (m *kqModel) name(t *rapid.T) {
	from, to := m.anyName(t), m.anyName(t)
	f, over := m.files[from], m.files[to]
	switch verb := rapid.SampledFrom([]string{"link", "rename", "unlink"}).Draw(t, "verb"); {
	case f == nil:
	case verb == "unlink":
		isErr(t, verb, m.c.Unlink(kqName(from)), 0)
		m.files[from] = nil
		m.unlinked(f)
	case f == over || verb == "link" && over != nil:
	case verb == "link":
		isErr(t, verb, m.c.Link(kqName(from), kqName(to)), 0)
		m.files[to] = f
		f.links++
		m.changed(f, abi.NOTE_LINK)
	default:
		isErr(t, verb, m.c.Rename(kqName(from), kqName(to)), 0)
		m.files[from], m.files[to] = nil, f
		m.changed(f, abi.NOTE_RENAME)
		if over != nil {
			m.unlinked(over)
		}
	}
}

// unlinked takes a name from a file.
func (m *kqModel) unlinked(f *kqFile) {
	f.links--
	m.changed(f, abi.NOTE_DELETE)
}

// append writes to a file; its position is at the end then.
func (m *kqModel) append(t *rapid.T) {
	fd := m.anyFd(t)
	o := m.fds[fd].o
	if o == nil {
		return
	}
	_, err := m.c.Write(fd, []byte("abc"))
	isErr(t, "append", err, 0)
	o.file.size += 3
	o.off = o.file.size
	m.changed(o.file, abi.NOTE_WRITE|abi.NOTE_EXTEND)
}

func (m *kqModel) chmod(t *rapid.T) {
	fd := m.anyFd(t)
	if o := m.fds[fd].o; o != nil {
		isErr(t, "fchmod", m.c.Fchmod(fd, 0o600), 0)
		m.changed(o.file, abi.NOTE_ATTRIB)
	}
}

func (m *kqModel) readFile(t *rapid.T) {
	fd := m.anyFd(t)
	if o := m.fds[fd].o; o != nil {
		n, err := m.c.Read(fd, make([]byte, 4))
		isErr(t, "read", err, 0)
		o.off += n
	}
}

// kqProc is a process that lives; the first one is the queues' own.
type kqProc struct {
	pid uint64
	c   *client.Client
}

// lives reports whether there is such a process.
func (m *kqModel) lives(pid uint64) bool {
	return slices.ContainsFunc(m.procs, func(p kqProc) bool { return p.pid == pid })
}

// did has the notes on a process see what it did.
func (m *kqModel) did(pid uint64, what uint32) {
	m.each(func(k noteKey, n *noteModel) {
		if k.filter == abi.EVFILT_PROC && k.ident == pid {
			n.seen |= n.fflags & what
			n.ended = n.ended || what == abi.NOTE_EXIT
			n.fresh = true
		}
	})
}

// fork makes a child; a queue that tracks the parent gets a note on it.
func (m *kqModel) fork(t *rapid.T) {
	if len(m.procs) > 4 {
		return
	}
	parent := rapid.SampledFrom(m.procs).Draw(t, "parent")
	c, err := parent.c.Fork()
	isErr(t, "fork", err, 0)
	_, err = c.Fcntl(3, abi.F_CLOSEM, client.Arg{}) // what descriptors stand for ends in this process
	isErr(t, "F_CLOSEM", err, 0)
	child := uint64(c.Getpid())
	m.procs, m.pids = append(m.procs, kqProc{child, c}), append(m.pids, child)
	for _, q := range m.queues {
		n := q.notes[noteKey{parent.pid, abi.EVFILT_PROC}]
		if n != nil && n.fflags&abi.NOTE_TRACK != 0 {
			q.notes[noteKey{child, abi.EVFILT_PROC}] = &noteModel{
				flags: n.flags | abi.EV_ADD | abi.EV_ENABLE, fflags: n.fflags, udata: n.udata,
				seen: abi.NOTE_CHILD, parent: int64(parent.pid), fresh: true,
			}
		}
	}
	m.did(parent.pid, abi.NOTE_FORK)
}

func (m *kqModel) exec(t *rapid.T) {
	if len(m.procs) > 1 {
		p := rapid.SampledFrom(m.procs[1:]).Draw(t, "who")
		isErr(t, "exec", p.c.Exec("kq"), 0)
		m.did(p.pid, abi.NOTE_EXEC)
	}
}

func (m *kqModel) exit(t *rapid.T) {
	if len(m.procs) > 1 {
		i := rapid.IntRange(1, len(m.procs)-1).Draw(t, "who")
		isErr(t, "exit", m.procs[i].c.Exit(), 0)
		m.did(m.procs[i].pid, abi.NOTE_EXIT)
		m.procs = slices.Delete(m.procs, i, i+1)
	}
}

// end removes what would be there for the next run.
func (m *kqModel) end() {
	for i, f := range m.files {
		if f != nil {
			_ = m.c.Unlink(kqName(i))
		}
	}
	for _, p := range m.procs {
		_ = p.c.Exit()
	}
}
