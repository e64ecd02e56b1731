// Commands that work on files, processes and control messages.
package sockets_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func (m *machine) stat(a []string) (string, error) {
	var st abi.Stat
	err := m.c.Stat(a[0], &st)
	return fmt.Sprintf("%o uid %d size %d", st.Mode, st.Uid, st.Size), err
}

func (m *machine) fstat(a []string) (string, error) {
	var st abi.Stat
	err := m.c.Fstat(m.fd(a[0]), &st)
	return fmt.Sprintf("%o blksize %d dev %d nlink %d", st.Mode, st.Blksize, int64(st.Dev), st.Nlink), err
}

func (m *machine) unlink(a []string) (string, error) { return "", m.c.Unlink(a[0]) }
func (m *machine) chmod(a []string) (string, error) {
	return "", m.c.Chmod(a[0], uint32(atoi(a[1])))
}
func (m *machine) symlink(a []string) (string, error) { return "", m.c.Symlink(a[0], a[1]) }
func (m *machine) mkdir(a []string) (string, error)   { return "", m.c.Mkdir(a[0], 0o755) }

// mount null|union LOWER DIRECTORY
func (m *machine) mount(a []string) (string, error) {
	if a[0] == "union" {
		return "", m.c.Mount("union", a[2], 0, client.Struct(&abi.UnionArgs{}).WithString(0, a[1]))
	}
	return "", m.c.Mount("null", a[2], 0, client.Struct(&abi.NullArgs{}).WithString(0, a[1]))
}

func (m *machine) unmount(a []string) (string, error) { return "", m.c.Unmount(a[0], 0) }

// file PATH NAME: makes a file and opens it.
func (m *machine) file(a []string) (string, error) {
	fd, err := m.c.Open(a[0], abi.O_CREAT|abi.O_RDWR, 0o666)
	if err == nil {
		m.fds[a[1]] = fd
	}
	return "", err
}

func (m *machine) umask(a []string) (string, error) {
	_, err := m.c.Umask(uint32(atoi(a[0])))
	return "", err
}

func (m *machine) euid(a []string) (string, error) { return "", m.c.Seteuid(atoi(a[0])) }

// limit N: the process may have N descriptors.
func (m *machine) limit(a []string) (string, error) {
	return "", m.c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: uint64(atoi(a[0])), Max: 10000})
}

func (m *machine) pipe(a []string) (string, error) {
	r, w, err := m.c.Pipe()
	if err == nil {
		m.fds[a[0]], m.fds[a[1]] = r, w
		_, err = m.c.Fcntl(r, abi.F_SETFL, client.Val(abi.O_NONBLOCK))
	}
	return "", err
}

func (m *machine) kqueue(a []string) (string, error) {
	n, err := m.c.Kqueue()
	if err == nil {
		m.fds[a[0]] = n
	}
	return "", err
}

// nap MILLISECONDS
func (m *machine) nap(a []string) (string, error) {
	time.Sleep(time.Duration(atoi(a[0])) * time.Millisecond)
	return "", nil
}

// reqs NAME: whether a descriptor is closed at exec.
func (m *machine) reqs(a []string) (string, error) {
	n, err := m.c.Fcntl(m.fd(a[0]), abi.F_GETFD, client.Val(0))
	return fmt.Sprint(n), err
}

// sendmsg SOCKET TEXT[/TEXT…] [rights=A,B|to=ADDRESS|LEVEL:TYPE=N,N] [FLAGS]
func (m *machine) sendmsg(a []string) (string, error) {
	h := client.Msghdr{}
	for _, s := range strings.Split(a[1], "/") {
		h.Iov = append(h.Iov, text(s))
	}
	for _, part := range strings.Split(a[2], ";") {
		k, v, _ := strings.Cut(part, "=")
		var data []byte
		switch k {
		case "", "0":
			continue
		case "to":
			h.Name = m.addr(v)
			continue
		case "rights":
			for _, w := range strings.Split(v, ",") {
				if w != "" {
					data = binary.LittleEndian.AppendUint32(data, uint32(m.fd(w)))
				}
			}
			h.Control = net.AppendControl(h.Control, abi.SOL_SOCKET, abi.SCM_RIGHTS, data)
			continue
		}
		for _, w := range strings.Split(v, ",") {
			data = binary.LittleEndian.AppendUint32(data, uint32(flags(w)))
		}
		level, typ, _ := strings.Cut(k, ":")
		h.Control = net.AppendControl(h.Control, int32(flags(level)), int32(flags(typ)), data)
	}
	n, err := m.c.Sendmsg(m.fd(a[0]), &h, flags(a[3]))
	return fmt.Sprint(n), err
}

// recvmsg SOCKET SIZE[/SIZE…] CONTROL-ROOM [FLAGS] [NAME,NAME…]: names are for
// the descriptors that come.
func (m *machine) recvmsg(a []string) (string, error) {
	h := client.Msghdr{Name: make([]byte, 128)}
	for _, s := range strings.Split(a[1], "/") {
		h.Iov = append(h.Iov, make([]byte, atoi(s)))
	}
	if a[2] != "0" {
		h.Control = make([]byte, atoi(a[2]))
	}
	n, err := m.c.Recvmsg(m.fd(a[0]), &h, flags(a[3]))
	if err != nil {
		return "", err
	}
	var data []byte
	for _, b := range h.Iov {
		data = append(data, b...)
	}
	s := show(data[:n])
	s += " flags " + names(int(h.Flags), "MSG_PEEK", "MSG_EOR", "MSG_TRUNC", "MSG_CTRUNC", "MSG_OOB", "MSG_DONTWAIT", "MSG_WAITALL", "MSG_CMSG_CLOEXEC", "MSG_NBIO", "MSG_NOSIGNAL")
	if len(h.Name) > 0 {
		s += " from " + m.show(h.Name)
	}
	return s + m.control(h.Control, a), nil
}

// control prints control messages and names the descriptors in them.
func (m *machine) control(list []byte, a []string) (s string) {
	var fresh []string
	if len(a) > 4 && a[4] != "" {
		fresh = strings.Split(a[4], ",")
	}
	for len(list) > 0 {
		level, typ, data, rest, err := net.NextControl(list)
		if err != nil {
			return s + fmt.Sprintf(" and %d bytes", len(list))
		}
		s += fmt.Sprintf(" [%d:%d %d bytes", level, typ, len(data))
		if level == abi.SOL_SOCKET && typ == abi.SCM_RIGHTS {
			for ; len(data) >= 4 && len(fresh) > 0; data, fresh = data[4:], fresh[1:] {
				m.fds[fresh[0]] = int(binary.LittleEndian.Uint32(data))
			}
		} else if level == abi.SOL_SOCKET && typ == abi.SCM_CREDS && len(data) >= 24 {
			s += fmt.Sprintf(" uid %d euid %d groups %d", data[4], data[8], data[20])
		} else if len(data) <= 20 && typ != abi.SCM_TIMESTAMP {
			s += fmt.Sprintf(" % x", data)
		}
		s += "]"
		list = rest
	}
	return s
}
