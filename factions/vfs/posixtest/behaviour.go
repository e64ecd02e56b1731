// What calls do, told by others.
package posixtest

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// behaviour is a test in a fresh directory.
type behaviour struct {
	name string
	need Can
	run  func(p *place)
	// others says that it takes several users.
	others bool
}

func behaviours() []behaviour {
	return []behaviour{
		{name: "an open file outlives its name", run: (*place).unlinkOpen},
		{name: "an open file outlives what replaces it", run: (*place).renameOverOpen},
		{name: "O_APPEND writes at the end", run: (*place).appends},
		{name: "O_TRUNC empties", run: (*place).truncates},
		{name: "O_DIRECT and the cache show the same", run: (*place).direct},
		{name: "holes are zeros", run: (*place).holes},
		{name: "times change with what they tell of", run: (*place).times},
		{name: "times can be set", run: (*place).setTimes},
		{name: "a directory moves with its parent", run: (*place).moveDir},
		{name: "links are counted", need: Can{Links: true}, run: (*place).linkCount},
		{name: "a new file belongs to its maker", need: Can{Owners: true}, run: (*place).newOwner, others: true},
		{name: "a write takes setuid away", need: Can{Owners: true}, run: (*place).setuid, others: true},
		{name: "chown takes setuid away", need: Can{Owners: true}, run: (*place).chownSetuid, others: true},
		{name: "a fifo passes data", need: Can{Fifos: true}, run: (*place).fifo},
	}
}

// runBehaviour runs them, but for those that differ.
func runBehaviour(t *testing.T, s System) {
	for _, b := range behaviours() {
		if !s.Can.covers(b.need) || b.others && s.OneUser {
			continue
		}
		if _, differs := s.Differs[b.name]; differs {
			continue
		}
		t.Run(b.name, func(t *testing.T) { b.run(enter(t, s)) })
	}
}

// read reads all of an open file, from its start.
func (p *place) read(fd int) string {
	p.t.Helper()
	buf := make([]byte, 1000)
	n, err := p.c.Pread(fd, buf, 0)
	p.do("pread", err)
	return string(buf[:n])
}

// holds checks the contents of a file.
func (p *place) holds(name, want string) {
	p.t.Helper()
	fd := p.open(name, abi.O_RDONLY)
	if got := p.read(fd); got != want {
		p.t.Errorf("%s holds %q, want %q", name, got, want)
	}
	p.do("close", p.c.Close(fd))
}

func (p *place) unlinkOpen() {
	p.put("f", "kept", 0o644)
	fd := p.open("f", abi.O_RDWR)
	p.do("unlink", p.c.Unlink("f"))
	p.want("open again", open("f", 0).call(p.c), abi.ENOENT)
	if got := p.read(fd); got != "kept" {
		p.t.Errorf("it holds %q", got)
	}
	_, err := p.c.Pwrite(fd, []byte("more"), 4)
	p.do("pwrite", err)
	var st abi.Stat
	p.do("fstat", p.c.Fstat(fd, &st))
	if st.Size != 8 || st.Nlink != 0 {
		p.t.Errorf("size %d, %d links", st.Size, st.Nlink)
	}
	p.put("f", "new", 0o644)
	p.do("close", p.c.Close(fd))
	p.holds("f", "new")
}

func (p *place) renameOverOpen() {
	p.put("old", "old", 0o644)
	p.put("new", "new", 0o644)
	fd := p.open("old", abi.O_RDONLY)
	p.do("rename", p.c.Rename("new", "old"))
	if got := p.read(fd); got != "old" {
		p.t.Errorf("it holds %q", got)
	}
	p.do("close", p.c.Close(fd))
	p.holds("old", "new")
	p.want("the old name", stat("new").call(p.c), abi.ENOENT)
}

func (p *place) appends() {
	p.put("f", "one", 0o644)
	a, b := p.open("f", abi.O_WRONLY|abi.O_APPEND), p.open("f", abi.O_WRONLY|abi.O_APPEND)
	for _, fd := range []int{a, b, a} {
		_, err := p.c.Write(fd, []byte("+"))
		p.do("write", err)
	}
	p.do("close", p.c.Close(a))
	p.do("close", p.c.Close(b))
	p.holds("f", "one+++")
}

func (p *place) truncates() {
	p.put("f", "contents", 0o644)
	p.do("close", p.c.Close(p.open("f", abi.O_RDWR|abi.O_TRUNC)))
	p.holds("f", "")
	p.put("f", "contents", 0o644)
	p.do("truncate", p.c.Truncate("f", 3))
	p.do("truncate", p.c.Truncate("f", 5))
	p.holds("f", "con\x00\x00")
}

// direct writes and reads by two open files, at bytes of all kinds: a page of the
// host's at its bounds, where that wants it, then what no device could do alone.
func (p *place) direct() {
	page := make([]byte, 4096)
	p.put("f", "", 0o644)
	d, f := p.open("f", abi.O_RDWR|abi.O_DIRECT), p.open("f", abi.O_RDWR)
	want := make([]byte, 3*len(page))
	write := func(fd, off, n int, with byte) {
		for i := range page[:n] {
			page[i] = with
		}
		k, err := p.c.Pwrite(fd, page[:n], int64(off))
		if p.do("pwrite", err); k != n {
			p.t.Fatalf("%d bytes written of %d", k, n)
		}
		copy(want[off:], page[:n])
	}
	write(d, 0, 4096, 'a')
	write(f, 4096, 4096, 'b')
	write(d, 8192, 4096, 'c')
	write(f, 4000, 200, 'd')
	write(d, 5, 3, 'e')
	write(d, 8190, 700, 'f')
	for _, fd := range []int{d, f} {
		for _, off := range []int{0, 4096, 8192, 1, 4095, 8191} {
			n, err := p.c.Pread(fd, page, int64(off))
			if p.do("pread", err); string(page[:n]) != string(want[off:min(off+len(page), len(want))]) {
				p.t.Errorf("%d bytes at %d, not those written", n, off)
			}
		}
		p.do("close", p.c.Close(fd))
	}
}

func (p *place) holes() {
	fd := p.open("f", abi.O_CREAT|abi.O_RDWR)
	const far = 100000
	_, err := p.c.Pwrite(fd, []byte("end"), far)
	p.do("pwrite", err)
	buf := make([]byte, far+10)
	n, err := p.c.Pread(fd, buf, 0)
	p.do("pread", err)
	if n != far+3 || string(buf[far:n]) != "end" {
		p.t.Fatalf("read %d, ending in %q", n, buf[max(n-3, 0):n])
	}
	for i, b := range buf[:far] {
		if b != 0 {
			p.t.Fatalf("byte %d is %d", i, b)
		}
	}
	p.do("close", p.c.Close(fd))
}

// nano returns a time in nanoseconds.
func nano(t abi.Timespec) int64 { return t.Sec*1e9 + t.Nsec }

func (p *place) times() {
	past := [2]abi.Timespec{{Sec: 1000000000}, {Sec: 1000000000}}
	old := func(name string) {
		p.t.Helper()
		p.do("utimensat", p.c.Utimensat(abi.AT_FDCWD, name, &past, 0))
	}
	p.mkdir("d", 0o755)
	p.put("d/f", "x", 0o644)
	recent := func(what string, t abi.Timespec, want bool) {
		p.t.Helper()
		if t.Sec > past[0].Sec != want {
			p.t.Errorf("%s: %d", what, t.Sec)
		}
	}
	old("d/f")
	recent("set", p.stat("d/f").Mtim, false)
	fd := p.open("d/f", abi.O_WRONLY)
	_, err := p.c.Write(fd, []byte("y"))
	p.do("write", err)
	p.do("close", p.c.Close(fd))
	recent("mtime after a write", p.stat("d/f").Mtim, true)
	for _, a := range []struct {
		name string
		act  act
	}{
		{"create", open("d/new", abi.O_CREAT|abi.O_RDWR)}, {"rename", rename("d/new", "d/newer")},
		{"unlink", unlink("d/newer")}, {"mkdir", mkdir("d/sub")}, {"rmdir", rmdir("d/sub")},
	} {
		old("d")
		p.do(a.name, a.act.call(p.c))
		if p.can.Owners { // FAT has no such time
			recent("the directory's mtime after "+a.name, p.stat("d").Mtim, true)
		}
	}
	if p.can.Owners {
		before := p.stat("d/f").Ctim
		p.do("chmod", p.c.Chmod("d/f", 0o600))
		if st := p.stat("d/f"); nano(st.Ctim) < nano(before) {
			p.t.Errorf("ctime went back from %v to %v", before, st.Ctim)
		}
	}
}

func (p *place) setTimes() {
	p.put("f", "x", 0o644)
	cut := func(n int64) int64 { return n - n%p.can.Tick }
	set := [2]abi.Timespec{{Sec: 1234567890, Nsec: 123456789}, {Sec: 1400000000, Nsec: 987654321}}
	p.do("utimensat", p.c.Utimensat(abi.AT_FDCWD, "f", &set, 0))
	if st := p.stat("f"); cut(nano(st.Mtim)) != cut(nano(set[1])) {
		p.t.Errorf("mtime %v, set %v", st.Mtim, set[1])
	}
	omit := [2]abi.Timespec{{Sec: 1, Nsec: abi.UTIME_OMIT}, {Sec: 1, Nsec: abi.UTIME_OMIT}}
	p.do("utimensat", p.c.Utimensat(abi.AT_FDCWD, "f", &omit, 0))
	if st := p.stat("f"); cut(nano(st.Mtim)) != cut(nano(set[1])) {
		p.t.Errorf("omitted: mtime %v", st.Mtim)
	}
	bad := [2]abi.Timespec{{Nsec: 1e9}, {}}
	p.want("too many nanoseconds", p.c.Utimensat(abi.AT_FDCWD, "f", &bad, 0), abi.EINVAL)
}

func (p *place) moveDir() {
	p.mkdir("a", 0o755)
	p.mkdir("b", 0o755)
	p.mkdir("a/d", 0o755)
	p.put("a/d/f", "x", 0o644)
	p.put("b/here", "b", 0o644)
	p.do("rename", p.c.Rename("a/d", "b/d"))
	p.holds("b/d/f", "x")
	p.holds("b/d/../here", "b")
	p.want("the old parent", rmdir("a").call(p.c), nil)
}

func (p *place) linkCount() {
	p.put("f", "x", 0o644)
	p.do("link", p.c.Link("f", "g"))
	if a, b := p.stat("f"), p.stat("g"); a.Nlink != 2 || a.Ino != b.Ino {
		p.t.Errorf("%d links, numbers %d and %d", a.Nlink, a.Ino, b.Ino)
	}
	p.do("unlink", p.c.Unlink("f"))
	if st := p.stat("g"); st.Nlink != 1 {
		p.t.Errorf("%d links", st.Nlink)
	}
	p.mkdir("d", 0o755)
	before := p.stat("d").Nlink
	p.mkdir("d/sub", 0o755)
	if n := p.stat("d").Nlink; n != before+1 {
		p.t.Errorf("a directory of %d links has %d with another in it", before, n)
	}
}

// A file's group is its directory's.
func (p *place) newOwner() {
	p.mkdir("d", 0o777)
	p.do("chown", p.root.Chown("d", 0, 7))
	p.c = p.user
	p.do("close", p.c.Close(p.open("d/f", abi.O_CREAT|abi.O_RDWR)))
	if st := p.stat("d/f"); st.Uid != user || st.Gid != 7 || st.Mode != abi.S_IFREG|0o644 {
		p.t.Errorf("uid %d gid %d mode %o", st.Uid, st.Gid, st.Mode)
	}
	p.do("mkdir", p.c.Mkdir("d/d", 0o777))
	if st := p.stat("d/d"); st.Uid != user || st.Gid != 7 || st.Mode != abi.S_IFDIR|0o755 {
		p.t.Errorf("uid %d gid %d mode %o", st.Uid, st.Gid, st.Mode)
	}
}

func (p *place) setuid() {
	p.put("f", "x", 0o6777)
	p.c = p.user
	fd := p.open("f", abi.O_WRONLY)
	_, err := p.c.Write(fd, []byte("y"))
	p.do("write", err)
	p.do("close", p.c.Close(fd))
	if st := p.stat("f"); st.Mode&abi.ALLPERMS != 0o777 {
		p.t.Errorf("mode %o", st.Mode)
	}
}

func (p *place) chownSetuid() {
	p.put("f", "x", 0o6755)
	p.do("chown", p.c.Chown("f", user, user))
	if st := p.stat("f"); st.Mode&abi.ALLPERMS != 0o755 || st.Uid != user || st.Gid != user {
		p.t.Errorf("mode %o uid %d gid %d", st.Mode, st.Uid, st.Gid)
	}
}

func (p *place) fifo() {
	p.do("mkfifo", p.c.Mkfifo("p", 0o600))
	p.want("nobody reads", open("p", abi.O_WRONLY|abi.O_NONBLOCK).call(p.c), abi.ENXIO)
	r := p.open("p", abi.O_RDONLY|abi.O_NONBLOCK)
	w := p.open("p", abi.O_WRONLY)
	_, err := p.c.Write(w, []byte("through"))
	p.do("write", err)
	buf := make([]byte, 10)
	n, err := p.c.Read(r, buf)
	p.do("read", err)
	if string(buf[:n]) != "through" {
		p.t.Errorf("read %q", buf[:n])
	}
	p.do("close", p.c.Close(w))
	if n, err := p.c.Read(r, buf); n != 0 || err != nil {
		p.t.Errorf("at the end: %d, %v", n, err)
	}
	p.do("close", p.c.Close(r))
}
