// The nodes of kern that tell what kernel this is, and its log.
package kernel

import (
	"encoding/binary"
	"strconv"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/evcnt"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/msgbuf"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// names is what the kernel is called.
type names struct {
	mu     sync.Mutex
	host   string
	domain string
}

func (n *names) get(s *string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return *s
}

func (n *names) set(s *string, v string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	*s = v
	return nil
}

// Hostname returns kern.hostname.
func (b *Base) Hostname() string { return b.names.get(&b.names.host) }

// Domainname returns kern.domainname.
func (b *Base) Domainname() string { return b.names.get(&b.names.domain) }

// bootNames settles the host name: rump-PID.HOST unless one was configured.
func (b *Base) bootNames() {
	name := b.Config.Hostname
	if name == "" {
		pid := strconv.Itoa(b.Host.Pid())
		name = "rump-" + "00000"[min(len(pid), 5):] + pid
		if h := b.Host.Hostname(); h != "" {
			name += "." + h
		}
	}
	b.names.host, b.names.domain = name[:min(len(name), abi.MAXHOSTNAMELEN-1)], ""
}

func (b *Base) sysctlKern(kern *sysctl.Node) {
	n := &b.names
	kern.ConstString(abi.KERN_OSTYPE, "ostype", "Operating system type", abi.OSType)
	kern.ConstString(abi.KERN_OSRELEASE, "osrelease", "Operating system release", abi.OSRelease)
	kern.Const(abi.KERN_OSREV, "osrevision", "Operating system revision", abi.NetBSDVersion)
	kern.ConstString(abi.KERN_VERSION, "version", "Kernel version", Version+"\n")
	kern.String(abi.KERN_HOSTNAME, "hostname", "System hostname", abi.MAXHOSTNAMELEN,
		b.Hostname, func(v string) error { return n.set(&n.host, v) })
	kern.String(abi.KERN_DOMAINNAME, "domainname", "YP domain name", abi.MAXHOSTNAMELEN,
		func() string { return n.get(&n.domain) }, func(v string) error { return n.set(&n.domain, v) })
	kern.Const(abi.KERN_RAWPARTITION, "rawpartition", "Raw partition of a disk", 3)
	kern.IntFunc(abi.KERN_MSGBUFSIZE, "msgbufsize", "Size of the kernel message buffer",
		func() int32 { return msgbuf.Size })
	files := b.Procs.Find(0).Files().(*file.Table)
	setting(kern, abi.KERN_MAXPROC, "maxproc", "Maximum number of simultaneous processes",
		b.Procs.MaxProcs, b.Procs.SetMaxProcs)
	setting(kern, abi.KERN_MAXFILES, "maxfiles", "Maximum number of open files",
		files.Most, func(v int32) error { return files.SetMost(int(v)) })
	kern.Const(abi.KERN_ARGMAX, "argmax", "Maximum number of bytes of arguments to execve(2)", abi.ARG_MAX)
	kern.Const(abi.KERN_NGROUPS, "ngroups", "Maximum number of supplemental groups", abi.NGROUPS_MAX)
	kern.Const(abi.KERN_POSIX1, "posix1version", "Version of ISO/IEC 9945 with which the kernel tries to comply", abi.POSIX_VERSION)
	kern.Const(abi.KERN_IOV_MAX, "iov_max", "Maximum number of iovec structures per process", abi.IOV_MAX)
	kern.Const(abi.KERN_LOGIN_NAME_MAX, "login_name_max", "Maximum login name length", abi.LOGIN_NAME_MAX)
	b.sysctlLog(kern)
	b.sysctlRandom(kern)
}

// setting makes an int that root may set to what set allows.
func setting(dir *sysctl.Node, num int32, name, desc string, get func() int, set func(v int32) error) {
	dir.Add(sysctl.Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_INT, Flags: abi.CTLFLAG_READWRITE, Size: 4,
		Get: func(*proc.LWP) ([]byte, error) { return le32(int32(get())), nil },
		Set: func(_ *proc.LWP, v []byte) error { return set(int32(binary.LittleEndian.Uint32(v))) },
	})
}

// sysctlLog makes the nodes that show the message buffer and the event
// counters.
func (b *Base) sysctlLog(kern *sysctl.Node) {
	kern.Add(sysctl.Spec{
		Num: abi.KERN_MSGBUF, Name: "msgbuf", Desc: "Kernel message buffer",
		Type: abi.CTLTYPE_INT, Size: 4,
		Handler: func(c *sysctl.Call) error {
			switch {
			case len(c.Name) != 0:
				return abi.EINVAL
			case c.HasNew():
				return abi.EPERM
			}
			if !c.Wanted() {
				c.Grow(msgbuf.Size)
				return nil
			}
			text := b.Msgbuf.Bytes()
			text = append(make([]byte, msgbuf.Size-len(text)), text...)
			return c.Return(text[:min(len(text), c.Room())])
		},
	})
	kern.Add(sysctl.Spec{
		Num: abi.KERN_EVCNT, Name: "evcnt", Desc: "Kernel event counters",
		Type: abi.CTLTYPE_STRUCT, Handler: b.evcntNode,
	})
}

// Arguments of kern.evcnt: counters of every type, and how many bytes more
// than there are who asks for the size is told of.
const (
	anyType   = -1
	evcntSlop = 1024
)

// evcntNode answers kern.evcnt.TYPE.WHICH: which is all counters or those that
// have counted.
func (b *Base) evcntNode(c *sysctl.Call) error {
	if len(c.Name) != 2 {
		return abi.EINVAL
	}
	typ, which := c.Name[0], c.Name[1]
	if typ < anyType || typ > int32(evcnt.Trap) || which != abi.KERN_EVCNT_COUNT_ANY && which != abi.KERN_EVCNT_COUNT_NONZERO {
		return abi.EINVAL
	}
	full := false
	for _, e := range b.Evcnt.List() {
		if typ != anyType && typ != int32(e.Type()) || which == abi.KERN_EVCNT_COUNT_NONZERO && e.Count() == 0 {
			continue
		}
		rec := evcntRecord(e)
		if full = full || c.Room() < len(rec); full {
			c.Grow(len(rec))
		} else if err := c.Return(rec); err != nil {
			return err
		}
	}
	c.Grow(0)
	if !c.Wanted() {
		c.Grow(evcntSlop)
	}
	return nil
}

// evcntRecord describes a counter: a struct evcnt_sysctl, its names, and zeros
// to a multiple of eight bytes.
func evcntRecord(e *evcnt.Counter) []byte {
	head := abi.EvcntSysctl{
		Count: e.Count(), Type: uint8(e.Type()),
		Grouplen: uint8(len(e.Group())), Namelen: uint8(len(e.Name())),
	}
	strs := e.Group() + "\x00" + e.Name() + "\x00"
	words := (len(usermem.BytesOf(&head)) + len(strs) + 7) / 8
	head.Len = uint8(words)
	rec := append(append([]byte(nil), usermem.BytesOf(&head)...), strs...)
	return append(rec, make([]byte, words*8-len(rec))...)
}

// maxRandom is the most bytes that one read of kern.arandom gives.
const maxRandom = 256

func (b *Base) sysctlRandom(kern *sysctl.Node) {
	random := func(*proc.LWP) ([]byte, error) {
		v := make([]byte, 4)
		return v, b.Host.Random(v)
	}
	kern.Add(sysctl.Spec{
		Num: abi.KERN_URND, Name: "urandom", Desc: "Random integer value",
		Type: abi.CTLTYPE_INT, Size: 4, Get: random,
	}).Loose()
	kern.Add(sysctl.Spec{
		Num: abi.KERN_ARND, Name: "arandom", Desc: "Random bytes, at most 256",
		Type: abi.CTLTYPE_INT, Size: 4, Handler: b.arandomNode,
	}).Loose()
}

// arandomNode answers kern.arandom: as many bytes as the caller has room for.
func (b *Base) arandomNode(c *sysctl.Call) error {
	n := c.Offered()
	switch {
	case n == 0:
		return nil
	case n > maxRandom:
		return abi.E2BIG
	case len(c.Name) != 0:
		return abi.EINVAL
	}
	return c.Exchange(func(*proc.LWP) ([]byte, error) {
		v := make([]byte, n)
		return v, b.Host.Random(v)
	}, nil)
}

func le32(v int32) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }
