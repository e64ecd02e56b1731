// What each command of a script does.
package sockets_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

type command func(m *machine, a []string) (string, error)

// commands are the first words of lines.
var commands = map[string]command{
	"socket": (*machine).socket, "pair": (*machine).pair, "bind": (*machine).bind, "listen": (*machine).listen,
	"connect": (*machine).connect, "accept": (*machine).accept, "close": (*machine).close, "shutdown": (*machine).shutdown,
	"send": (*machine).send, "sendto": (*machine).sendto, "recv": (*machine).recv, "recvfrom": (*machine).recvfrom,
	"mount": (*machine).mount, "unmount": (*machine).unmount, "sendmmsg": (*machine).sendmmsg, "recvmmsg": (*machine).recvmmsg,
	"sendmsg": (*machine).sendmsg, "recvmsg": (*machine).recvmsg, "poll": (*machine).poll, "kevent": (*machine).kevent,
	"name": (*machine).name, "peer": (*machine).peer, "get": (*machine).get, "set": (*machine).set, "setb": (*machine).setb,
	"ioctl": (*machine).ioctl, "stat": (*machine).stat, "fstat": (*machine).fstat, "unlink": (*machine).unlink, "chmod": (*machine).chmod,
	"umask": (*machine).umask, "euid": (*machine).euid, "fill": (*machine).fill, "pipe": (*machine).pipe, "read": (*machine).read,
	"write": (*machine).write, "fcntl": (*machine).fcntl, "limit": (*machine).limit, "kqueue": (*machine).kqueue,
	"symlink": (*machine).symlink, "mkdir": (*machine).mkdir, "file": (*machine).file, "nap": (*machine).nap, "reqs": (*machine).reqs,
	"await": (*machine).await,
}

// socket FAMILY TYPE NAME [PROTOCOL]: one that does not block.
func (m *machine) socket(a []string) (string, error) {
	n, err := m.c.Socket(flags("AF_"+a[0]), flags("SOCK_"+a[1])|abi.SOCK_NONBLOCK|abi.SOCK_NOSIGPIPE, flags(a[3]))
	if err == nil {
		m.fds[a[2]] = n
	}
	return "", err
}

// pair TYPE NAME NAME
func (m *machine) pair(a []string) (string, error) {
	p, err := m.c.Socketpair(abi.AF_LOCAL, flags("SOCK_"+a[0])|abi.SOCK_NONBLOCK|abi.SOCK_NOSIGPIPE, 0)
	if err == nil {
		m.fds[a[1]], m.fds[a[2]] = p[0], p[1]
	}
	return "", err
}

// bind SOCKET ADDRESS
func (m *machine) bind(a []string) (string, error) {
	if err := m.c.Bind(m.fd(a[0]), m.addr(a[1])); err != nil {
		return "", err
	}
	if fam, _, _ := strings.Cut(strings.ReplaceAll(a[1], "@", ":"), ":"); fam == "4" || fam == "6" {
		var sa [28]byte
		n := uint32(len(sa))
		if err := m.c.Getsockname(m.fd(a[0]), sa[:], &n); err != nil {
			return "", err
		}
		m.ports[a[0]] = binary.BigEndian.Uint16(sa[2:])
	}
	return "", nil
}

// listen SOCKET BACKLOG
func (m *machine) listen(a []string) (string, error) {
	return "", m.c.Listen(m.fd(a[0]), atoi(a[1]))
}

// connect SOCKET ADDRESS
func (m *machine) connect(a []string) (string, error) {
	return "", m.c.Connect(m.fd(a[0]), m.addr(a[1]))
}

// accept SOCKET NAME
func (m *machine) accept(a []string) (string, error) {
	var sa [128]byte
	n := uint32(len(sa))
	fd, err := m.c.Paccept(m.fd(a[0]), sa[:], &n, nil, abi.SOCK_NONBLOCK|abi.SOCK_NOSIGPIPE)
	if err == nil {
		m.fds[a[1]] = fd
	}
	return m.show(sa[:n]), err
}

// close NAME
func (m *machine) close(a []string) (string, error) { return "", m.c.Close(m.fd(a[0])) }

// shutdown SOCKET RD|WR|RDWR
func (m *machine) shutdown(a []string) (string, error) {
	return "", m.c.Shutdown(m.fd(a[0]), consts["SHUT_"+a[1]])
}

// text is the data that a word means; N*x is x repeated, #80ff is bytes, and +
// joins two.
func text(word string) []byte {
	if a, b, ok := strings.Cut(word, "+"); ok {
		return append(text(a), text(b)...)
	}
	if s, ok := strings.CutPrefix(word, "#"); ok {
		b, _ := hex.DecodeString(s)
		return b
	}
	if n, s, ok := strings.Cut(word, "*"); ok {
		return []byte(strings.Repeat(s, atoi(n)))
	}
	return []byte(strings.TrimPrefix(word, "-"))
}

// show prints data.
func show(b []byte) string {
	if len(b) > 40 {
		return fmt.Sprintf("%d bytes", len(b))
	}
	return fmt.Sprintf("%q", b)
}

// send SOCKET TEXT [FLAGS]
func (m *machine) send(a []string) (string, error) {
	n, err := m.c.Sendto(m.fd(a[0]), text(a[1]), flags(a[2]), nil)
	return fmt.Sprint(n), err
}

// sendto SOCKET ADDRESS TEXT [FLAGS]
func (m *machine) sendto(a []string) (string, error) {
	n, err := m.c.Sendto(m.fd(a[0]), text(a[2]), flags(a[3]), m.addr(a[1]))
	return fmt.Sprint(n), err
}

// recv SOCKET SIZE [FLAGS]
func (m *machine) recv(a []string) (string, error) {
	b := make([]byte, atoi(a[1]))
	n, err := m.c.Recvfrom(m.fd(a[0]), b, flags(a[2]), nil, nil)
	return show(b[:max(n, 0)]), err
}

// recvfrom SOCKET SIZE [FLAGS]
func (m *machine) recvfrom(a []string) (string, error) {
	b := make([]byte, atoi(a[1]))
	var sa [128]byte
	k := uint32(len(sa))
	n, err := m.c.Recvfrom(m.fd(a[0]), b, flags(a[2]), sa[:], &k)
	return show(b[:max(n, 0)]) + " from " + m.show(sa[:k]), err
}

// read and write NAME SIZE|TEXT
func (m *machine) read(a []string) (string, error) {
	b := make([]byte, atoi(a[1]))
	n, err := m.c.Read(m.fd(a[0]), b)
	return show(b[:max(n, 0)]), err
}

func (m *machine) write(a []string) (string, error) {
	n, err := m.c.Write(m.fd(a[0]), text(a[1]))
	return fmt.Sprint(n), err
}

// fill SOCKET SIZE: sends until that fails, at most a megabyte.
func (m *machine) fill(a []string) (string, error) {
	total, b := 0, make([]byte, atoi(a[1]))
	for total < 1<<20 {
		n, err := m.c.Sendto(m.fd(a[0]), b, 0, nil)
		if err != nil {
			e, _ := err.(abi.Errno)
			return fmt.Sprintf("%d then %s", total, e.Name()), nil
		}
		total += n
	}
	return "no end", nil
}

// poll NAME
func (m *machine) poll(a []string) (string, error) {
	p := []abi.Pollfd{{Fd: int32(m.fd(a[0])), Events: abi.POLLIN | abi.POLLOUT | abi.POLLPRI | abi.POLLRDNORM | abi.POLLWRNORM | abi.POLLRDBAND}}
	_, err := m.c.Poll(p, 0)
	return names(int(uint16(p[0].Revents)), "POLLIN", "POLLOUT", "POLLPRI", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDNORM", "POLLRDBAND"), err
}

// awaited is how long await waits.
const awaited = 10 * time.Second

// await NAME IN|PRI|URG|EOF [N]: waits until that can be read, urgent data is
// announced or there, or the stream has ended, and FIONREAD is N.
func (m *machine) await(a []string) (string, error) {
	for end := time.Now().Add(awaited); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var n int32
		_ = m.c.Ioctl(m.fd(a[0]), abi.FIONREAD, client.Struct(&n))
		if m.ready(m.fd(a[0]), a[1]) && (a[2] == "" || int(n) == atoi(a[2])) {
			return "", nil
		}
	}
	return "in vain", nil
}

// ready reports what await waits for.
func (m *machine) ready(fd int, what string) bool {
	p := []abi.Pollfd{{Fd: int32(fd), Events: abi.POLLIN | abi.POLLPRI}}
	switch what {
	case "URG":
		_, err := m.c.Recvfrom(fd, make([]byte, 1), abi.MSG_OOB|abi.MSG_PEEK, nil, nil)
		return err == nil
	case "EOF":
		s, _ := m.kevent([]string{fmt.Sprint(fd), "READ", ""})
		return strings.Contains(s, "EOF")
	}
	_, err := m.c.Poll(p, 0)
	return err == nil && p[0].Revents&int16(consts["POLL"+what]) != 0
}

// kevent NAME READ|WRITE [LOWAT]: what is ready now.
func (m *machine) kevent(a []string) (string, error) {
	kq, err := m.c.Kqueue()
	if err != nil {
		return "", err
	}
	defer m.c.Close(kq)
	ch := []abi.Kevent{{Ident: uint64(m.fd(a[0])), Filter: uint32(consts["EVFILT_"+a[1]]), Flags: abi.EV_ADD}}
	if a[2] != "" {
		ch[0].Fflags, ch[0].Data = abi.NOTE_LOWAT, int64(atoi(a[2]))
	}
	got := make([]abi.Kevent, 1)
	n, err := m.c.Kevent(kq, ch, got, &abi.Timespec{})
	if err != nil || n == 0 {
		return "none", err
	}
	s := fmt.Sprintf("data %d", got[0].Data)
	if got[0].Flags&abi.EV_EOF != 0 {
		s += " EOF"
	}
	if got[0].Fflags != 0 && a[2] == "" {
		s += " fflags " + abi.Errno(got[0].Fflags).Name()
	}
	return s, nil
}

// name and peer SOCKET
func (m *machine) name(a []string) (string, error) { return m.nameBy(a[0], m.c.Getsockname) }

func (m *machine) peer(a []string) (string, error) { return m.nameBy(a[0], m.c.Getpeername) }

func (m *machine) nameBy(s string, get func(int, []byte, *uint32) error) (string, error) {
	var sa [128]byte
	n := uint32(len(sa))
	err := get(m.fd(s), sa[:], &n)
	return m.show(sa[:n]), err
}

// get SOCKET LEVEL OPTION [LENGTH]: the value as numbers of 32 bits, or bytes.
func (m *machine) get(a []string) (string, error) {
	room := 256
	if a[3] != "" {
		room = atoi(a[3])
	}
	b := make([]byte, room)
	n := uint32(room)
	if err := m.c.Getsockopt(m.fd(a[0]), flags(a[1]), flags(a[2]), b, &n); err != nil {
		return "", err
	}
	b = b[:n]
	if len(b)%4 != 0 || len(b) > 16 {
		return fmt.Sprintf("%d bytes", len(b)), nil
	}
	var vals []string
	for ; len(b) > 0; b = b[4:] {
		vals = append(vals, fmt.Sprint(int32(binary.LittleEndian.Uint32(b))))
	}
	return "[" + strings.Join(vals, " ") + "]", nil
}

// set SOCKET LEVEL OPTION VALUE,VALUE…: numbers of 32 bits.
func (m *machine) set(a []string) (string, error) {
	var b []byte
	for _, v := range strings.Split(a[3], ",") {
		b = binary.LittleEndian.AppendUint32(b, uint32(flags(v)))
	}
	return "", m.c.Setsockopt(m.fd(a[0]), flags(a[1]), flags(a[2]), b)
}

// setb SOCKET LEVEL OPTION TEXT: bytes.
func (m *machine) setb(a []string) (string, error) {
	return "", m.c.Setsockopt(m.fd(a[0]), flags(a[1]), flags(a[2]), text(a[3]))
}

// ioctl NAME COMMAND [VALUE]
func (m *machine) ioctl(a []string) (string, error) {
	v := int32(flags(a[2]))
	if a[2] == "self" {
		pid := m.c.Getpid()
		v = int32(pid)
	}
	err := m.c.Ioctl(m.fd(a[0]), uint64(uint32(consts[a[1]])), client.Struct(&v))
	return fmt.Sprint(v), err
}

// fcntl NAME COMMAND VALUE
func (m *machine) fcntl(a []string) (string, error) {
	n, err := m.c.Fcntl(m.fd(a[0]), consts[a[1]], client.Val(flags(a[2])))
	return fmt.Sprint(n), err
}
