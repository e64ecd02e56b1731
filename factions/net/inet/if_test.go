package inet_test

import (
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// ioctl performs an interface command with the bytes of *v, which it changes.
func ioctl[T any](x *box, fd int32, cmd uint32, v *T) error {
	x.t.Helper()
	b := usermem.BytesOf(v)
	if len(b) != abi.IocLen(cmd) {
		x.t.Fatalf("%#x takes %d bytes, not %d", cmd, abi.IocLen(cmd), len(b))
	}
	f := x.file(fd)
	return f.Ops.Ioctl(x.l, f, cmd, &file.Arg{Data: b})
}

func ifreq(name string, v ...byte) *abi.Ifreq {
	r := &abi.Ifreq{}
	copy(r.Name[:], name)
	copy(r.Ifru[:], v)
	return r
}

func alias(name string, addr, mask [4]byte) *abi.InAliasreq {
	r := &abi.InAliasreq{}
	copy(r.Name[:], name)
	r.Addr = abi.SockaddrIn{Len: 16, Family: abi.AF_INET, Addr: abi.InAddr{Addr: addr}}
	r.Mask = abi.SockaddrIn{Len: 16, Family: abi.AF_INET, Addr: abi.InAddr{Addr: mask}}
	return r
}

func TestInterfaceValues(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	fd6 := x.socket(abi.AF_INET6, abi.SOCK_DGRAM, 0)
	for _, c := range []struct {
		fd   int32
		cmd  uint32
		name string
		set  string
		want string
		err  error
	}{
		{fd: fd, cmd: abi.SIOCGIFFLAGS, name: "lo0", want: "\x49\x80"},
		{fd: fd, cmd: abi.SIOCGIFFLAGS, name: "lo9", err: abi.ENXIO},
		{fd: fd, cmd: abi.SIOCGIFFLAGS, name: "0123456789abcdef", err: abi.ENXIO},
		{fd: fd, cmd: abi.SIOCGIFMETRIC, name: "lo0", want: "\x00\x00\x00\x00"},
		{fd: fd, cmd: abi.SIOCGIFMTU, name: "lo0", want: "\x58\x83\x00\x00"},
		{fd: fd, cmd: abi.SIOCGIFINDEX, name: "lo0", want: "\x01\x00\x00\x00"},
		{fd: fd, cmd: abi.SIOCGIFADDR, name: "lo0", want: "\x10\x02\x00\x00\x7f\x00\x00\x01"},
		{fd: fd, cmd: abi.SIOCGIFNETMASK, name: "lo0", want: "\x10\x02\x00\x00\xff\x00\x00\x00"},
		{fd: fd, cmd: abi.SIOCGIFDSTADDR, name: "lo0", err: abi.EINVAL},
		{fd: fd, cmd: abi.SIOCGIFAFLAG_IN, name: "lo0", set: "\x10\x02\x00\x00\x7f\x00\x00\x01", want: "\x00\x00\x00\x00"},
		{fd: fd, cmd: abi.SIOCGIFAFLAG_IN, name: "lo0", set: "\x10\x02\x00\x00\x7f\x00\x00\x02", err: abi.EADDRNOTAVAIL},
		{fd: fd, cmd: abi.SIOCGIFGENERIC, name: "lo0", err: abi.ENOTTY},
		{fd: fd6, cmd: abi.SIOCGIFADDR, name: "lo0", err: abi.ENOTTY},
	} {
		r := ifreq(c.name, []byte(c.set)...)
		err := ioctl(x, c.fd, c.cmd, r)
		if err != c.err || err == nil && string(r.Ifru[:len(c.want)]) != c.want {
			t.Errorf("%#x of %s: %v, %x", c.cmd, c.name, err, r.Ifru[:16])
		}
	}
}

func TestInterfaceChanges(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	x.want(ioctl(x, fd, abi.SIOCIFCREATE, ifreq("lo0")), abi.EEXIST)
	for _, bad := range []string{"", "lo", "lo01", "lo-1", "lo99999", "eth0"} {
		x.want(ioctl(x, fd, abi.SIOCIFCREATE, ifreq(bad)), abi.EINVAL)
	}
	x.ok(ioctl(x, fd, abi.SIOCIFCREATE, ifreq("lo1")))
	x.want(ioctl(x, fd, abi.SIOCGIFADDR, ifreq("lo1")), abi.EADDRNOTAVAIL)
	ten := [4]byte{10, 9, 8, 7}
	x.want(ioctl(x, fd, abi.SIOCAIFADDR, alias("lo1", ten, [4]byte{255, 0, 255, 0})), abi.EINVAL)
	x.ok(ioctl(x, fd, abi.SIOCAIFADDR, alias("lo1", ten, [4]byte{255, 255, 255, 0})))
	r := ifreq("lo1")
	x.ok(ioctl(x, fd, abi.SIOCGIFFLAGS, r))
	if f := binary.LittleEndian.Uint16(r.Ifru[:]); f != 0x8049 {
		t.Errorf("flags %#x", f)
	}
	a := alias("lo1", ten, [4]byte{})
	x.ok(ioctl(x, fd, abi.SIOCGIFALIAS, a))
	if a.Mask.Addr.Addr != [4]byte{255, 255, 255, 0} || a.Dstaddr.Addr.Addr != ten {
		t.Errorf("alias %+v", a)
	}

	// What has an address can be talked to, until it is down.
	to := []byte{16, abi.AF_INET, 0, 9, 10, 9, 8, 7, 15: 0}
	bound := func() error { return x.SysBind(x.l, x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0), in(to)) }
	x.ok(bound())
	x.ok(ioctl(x, fd, abi.SIOCSIFFLAGS, ifreq("lo1")))
	x.want(bound(), abi.EADDRNOTAVAIL)
	x.ok(ioctl(x, fd, abi.SIOCSIFFLAGS, ifreq("lo1", abi.IFF_UP)))
	x.want(bound(), abi.EADDRINUSE)
	x.ok(ioctl(x, fd, abi.SIOCDIFADDR, ifreq("lo1", to...)))
	x.want(ioctl(x, fd, abi.SIOCDIFADDR, ifreq("lo1", to...)), abi.EADDRNOTAVAIL)

	x.ok(ioctl(x, fd, abi.SIOCSIFMTU, ifreq("lo0", 0, 0x10)))
	x.want(ioctl(x, fd, abi.SIOCSIFMTU, ifreq("lo0", 1)), abi.EINVAL)
	x.want(ioctl(x, fd, abi.SIOCIFDESTROY, ifreq("lo0")), abi.EPERM)
	x.ok(ioctl(x, fd, abi.SIOCIFDESTROY, ifreq("lo1")))
	x.want(ioctl(x, fd, abi.SIOCIFDESTROY, ifreq("lo1")), abi.ENXIO)

	x.p.SetCred(&cred.Cred{Ruid: 7, Euid: 7}, false)
	for _, cmd := range []uint32{abi.SIOCIFCREATE, abi.SIOCIFDESTROY, abi.SIOCSIFFLAGS, abi.SIOCDIFADDR, abi.SIOCSIFMTU} {
		x.want(ioctl(x, fd, cmd, ifreq("lo0")), abi.EPERM)
	}
}

func TestInterface6(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET6, abi.SOCK_DGRAM, 0)
	var r abi.In6Aliasreq
	copy(r.Name[:], "lo0")
	r.Addr = abi.SockaddrIn6{Len: 28, Family: abi.AF_INET6, Addr: abi.In6Addr{Addr: [16]byte{0xfd, 15: 5}}}
	r.Prefixmask = abi.SockaddrIn6{Len: 28, Addr: abi.In6Addr{Addr: [16]byte{0xff, 0xff, 0xff, 0xff}}}
	x.ok(ioctl(x, fd, abi.SIOCAIFADDR_IN6, &r))
	var q abi.In6Ifreq
	copy(q.Name[:], "lo0")
	copy(q.Ifru[:], usermem.BytesOf(&r.Addr))
	x.ok(ioctl(x, fd, abi.SIOCGIFNETMASK_IN6, &q))
	if q.Ifru[11] != 0xff || q.Ifru[12] != 0 {
		t.Errorf("mask %x", q.Ifru[:28])
	}
	copy(q.Ifru[:], usermem.BytesOf(&r.Addr))
	x.ok(ioctl(x, fd, abi.SIOCDIFADDR_IN6, &q))
	x.want(ioctl(x, fd, abi.SIOCGIFAFLAG_IN6, &q), abi.EADDRNOTAVAIL)
}

// TestIfconf asks how much room the list of addresses takes, then for it.
func TestIfconf(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	f := x.file(fd)
	var c abi.Ifconf
	arg := &file.Arg{Data: usermem.BytesOf(&c)}
	x.ok(f.Ops.Ioctl(x.l, f, abi.SIOCGIFCONF, arg))
	if c.Len != 3*144 {
		t.Errorf("%d bytes", c.Len)
	}
	var fr sysent.Frame
	buf := make([]byte, 1000)
	c = abi.Ifconf{Len: 300, Buf: fr.Pin(buf)}
	arg.User = usermem.Addr{Mem: usermem.Local(arg.Data, &fr)}
	x.ok(f.Ops.Ioctl(x.l, f, abi.SIOCGIFCONF, arg))
	if c.Len != 288 || string(buf[:4]) != "lo0\x00" || buf[17] != abi.AF_INET || buf[161] != abi.AF_INET6 {
		t.Errorf("%d bytes: %x", c.Len, buf[:32])
	}
}

// sysctl reads net.route.rtable.AF.OP.ARG.
func (x *box) rtable(name ...int32) ([]byte, error) {
	mib := append([]int32{abi.CTL_NET, abi.PF_ROUTE, 0}, name...)
	b := make([]byte, 4096)
	n, err := x.b.Sysctl.Sysctl(x.l, mib, usermem.Local(b, nil), len(b), usermem.InBuf{})
	if err != nil {
		return nil, err
	}
	return b[:min(n, len(b))], nil
}

// kinds returns types and lengths of the messages in a list of them.
func kinds(b []byte) (types []byte) {
	for len(b) >= 4 {
		types = append(types, b[3])
		b = b[min(int(binary.LittleEndian.Uint16(b)), len(b)):]
	}
	return types
}

func TestInterfaceList(t *testing.T) {
	x := newBox(t)
	for _, c := range []struct {
		name []int32
		want string
		err  error
	}{
		{[]int32{0, abi.NET_RT_IFLIST, 0}, string([]byte{abi.RTM_IFINFO, abi.RTM_NEWADDR, abi.RTM_NEWADDR, abi.RTM_NEWADDR, abi.RTM_NEWADDR}), nil},
		{[]int32{abi.AF_INET, abi.NET_RT_IFLIST, 1}, string([]byte{abi.RTM_IFINFO, abi.RTM_NEWADDR}), nil},
		{[]int32{0, abi.NET_RT_IFLIST, 7}, "", nil},
		{[]int32{0, abi.NET_RT_DUMP, 0}, string([]byte{abi.RTM_GET, abi.RTM_GET, abi.RTM_GET}), nil},
		{[]int32{abi.AF_INET, abi.NET_RT_DUMP, 0}, string([]byte{abi.RTM_GET}), nil},
		{[]int32{abi.AF_INET, abi.NET_RT_FLAGS, abi.RTF_GATEWAY}, "", nil},
		{[]int32{abi.AF_INET, abi.NET_RT_FLAGS, 0}, "", nil},
		{[]int32{0, abi.NET_RT_FLAGS, 0}, "", abi.EINVAL},
		{[]int32{0, 77, 0}, "", abi.EINVAL},
		{[]int32{0, 5}, "", abi.EINVAL},
	} {
		b, err := x.rtable(c.name...)
		if err != c.err || string(kinds(b)) != c.want {
			t.Errorf("%v: %v, %v", c.name, kinds(b), err)
		}
	}
}

// routeMsg returns a routing message.
func routeMsg(typ uint8, flags, addrs int32, sas ...[]byte) []byte {
	h := abi.RtMsghdr{Version: abi.RTM_VERSION, Type: typ, Flags: flags, Addrs: addrs, Seq: 7}
	b := append([]byte(nil), usermem.BytesOf(&h)...)
	for _, sa := range sas {
		b = append(append(b, sa...), make([]byte, abi.RtaRoundup(len(sa))-len(sa))...)
	}
	binary.LittleEndian.PutUint16(b, uint16(len(b)))
	return b
}

func TestRoutingSocket(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.PF_ROUTE, abi.SOCK_RAW, 0)
	sin := func(a, b, c, d byte) []byte { return []byte{16, abi.AF_INET, 0, 0, a, b, c, d, 15: 0} }
	const net = abi.RTA_DST | abi.RTA_GATEWAY | abi.RTA_NETMASK
	add := routeMsg(abi.RTM_ADD, 0, net, sin(10, 20, 3, 4), sin(127, 0, 0, 1), sin(255, 255, 0, 0))
	short := append([]byte(nil), add[:len(add)-20]...)
	binary.LittleEndian.PutUint16(short, uint16(len(short)))
	other := append([]byte(nil), add...)
	other[2] = 3
	for i, c := range []struct {
		msg   []byte
		want  error
		heard bool
	}{
		{add, nil, true},
		{add, abi.EEXIST, true},
		{routeMsg(abi.RTM_ADD, 0, net, sin(10, 21, 0, 0), sin(10, 1, 1, 1), sin(255, 255, 0, 0)), abi.ENETUNREACH, true},
		{routeMsg(abi.RTM_GET, 0, abi.RTA_DST|abi.RTA_IFP, sin(10, 20, 9, 9), []byte{20, abi.AF_LINK, 19: 0}), nil, true},
		{routeMsg(abi.RTM_GET, 0, abi.RTA_DST, sin(10, 99, 9, 9)), abi.ESRCH, true},
		{routeMsg(abi.RTM_LOCK, 0, abi.RTA_DST, sin(10, 99, 9, 9)), abi.EOPNOTSUPP, true},
		{routeMsg(abi.RTM_DELETE, 0, net, sin(10, 20, 0, 0), sin(127, 0, 0, 1), sin(255, 255, 0, 0)), nil, true},
		{routeMsg(abi.RTM_DELETE, 0, net, sin(10, 20, 0, 0), sin(127, 0, 0, 1), sin(255, 255, 0, 0)), abi.ESRCH, true},
		{add[:50], abi.EINVAL, false},
		{add[:len(add)-1], abi.EINVAL, false},
		{short, abi.EINVAL, false},
		{other, abi.EPROTONOSUPPORT, false},
		{make([]byte, 9000), abi.EMSGSIZE, false},
	} {
		_, err := x.SysSendto(x.l, fd, in(c.msg), 0, usermem.InBuf{})
		if err != c.want {
			t.Errorf("message %d: %v, want %v", i, err, c.want)
		}
		b := make([]byte, 500)
		n, err := x.SysRecvfrom(x.l, fd, out(b), abi.MSG_DONTWAIT, nobody)
		if c.heard != (err == nil) {
			t.Errorf("message %d: answer %v", i, err)
		} else if c.heard && (n < 120 || b[3] != c.msg[3] || b[20] != 7) {
			t.Errorf("message %d: answer %x", i, b[:n])
		}
	}
	x.p.SetCred(&cred.Cred{Ruid: 7, Euid: 7}, false)
	_, err := x.SysSendto(x.l, fd, in(add), 0, usermem.InBuf{})
	x.want(err, abi.EACCES)
}
