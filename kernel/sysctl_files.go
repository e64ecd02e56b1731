// kern.file and kern.file2: the open files, for fstat(1).
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (b *Base) sysctlFiles(kern *sysctl.Node) {
	kern.Add(sysctl.Spec{
		Num: abi.KERN_FILE, Name: "file", Desc: "System open file table, as the kernel has it",
		Type: abi.CTLTYPE_STRUCT, Handler: b.fileNode,
	}).Loose()
	kern.Add(sysctl.Spec{
		Num: abi.KERN_FILE2, Name: "file2", Desc: "System open file table",
		Type: abi.CTLTYPE_STRUCT, Handler: b.file2Node,
	}).Loose()
}

// kernFile is the kernel's own struct file, without its pointers, and fileHead
// the pointer to the first that comes before all of them.
type kernFile struct {
	Offset                    int64
	_                         [6]uint64
	Flag                      uint32
	Marker                    uint32
	Type, Advice              uint32
	Count, Msgcount, Unpcount uint32
	_                         uint32
	_                         uint64
}

const fileHead = 8

// fileNode answers kern.file: the list's head and every open file once. Who
// asks for the length is told of ten files more.
func (b *Base) fileNode(c *sysctl.Call) error {
	if !c.Wanted() {
		c.Grow(fileHead + (b.Procs.Find(0).Files().(*file.Table).Total()+abi.KERN_FILESLOP)*96)
		return nil
	}
	c.Grow(0)
	if c.Room() < fileHead {
		return nil
	}
	if err := c.Return(make([]byte, fileHead)); err != nil {
		return err
	}
	seen := map[*file.File]bool{}
	for _, p := range b.Procs.All() {
		for _, o := range filesOf(c.L, p) {
			if seen[o.f] {
				continue
			}
			seen[o.f] = true
			kf := kernFile{Offset: int64(o.Foffset), Flag: o.Flag, Type: o.Ftype, Count: o.Count}
			rec := usermem.BytesOf(&kf)
			if c.Room() < len(rec) {
				return abi.ENOMEM
			}
			if err := c.Return(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// allProcs asks kern.file2 and kern.lwp for those of every process.
const allProcs = -1

// file2Node answers kern.file2.OP.ARG.SIZE.COUNT: every open file once, or by
// the descriptors of one process or of all.
func (b *Base) file2Node(c *sysctl.Call) error {
	if len(c.Name) != 4 {
		return abi.EINVAL
	}
	op, arg := c.Name[0], c.Name[1]
	r := newRecords(c, c.Name[2], c.Name[3])
	if r.size < 1 || c.Name[3] < 0 {
		return abi.EINVAL
	}
	switch {
	case op == abi.KERN_FILE_BYFILE && arg == 0:
	case op == abi.KERN_FILE_BYPID && arg >= allProcs:
	default:
		return abi.EINVAL
	}
	seen := map[*file.File]bool{}
	for _, p := range b.Procs.All() {
		if arg > 0 && p.Pid != arg {
			continue
		}
		for _, o := range filesOf(c.L, p) {
			if op == abi.KERN_FILE_BYFILE && seen[o.f] {
				continue
			}
			seen[o.f] = true
			if err := r.add(usermem.BytesOf(&o.KinfoFile)); err != nil {
				return err
			}
		}
	}
	return r.all(abi.KERN_FILESLOP)
}

// openFile is one descriptor of a process.
type openFile struct {
	abi.KinfoFile
	f *file.File
}

func filesOf(l *proc.LWP, p *proc.Proc) (list []openFile) {
	t, ok := p.Files().(*file.Table)
	if !ok {
		return nil
	}
	cr := p.Cred()
	for _, fd := range t.Open() {
		f, err := t.Get(fd)
		if err != nil {
			continue
		}
		ki := abi.KinfoFile{
			Flag: f.Flags(), Ftype: uint32(f.Kind), Count: uint32(f.Refs() - 1), Foffset: offset(f),
			Usecount: 1, Fuid: cr.Euid, Fgid: cr.Egid, Pid: uint32(p.Pid), Fd: fd,
		}
		if on, _ := t.Cloexec(fd); on {
			ki.Ofileflags = 1
		}
		list = append(list, openFile{ki, f})
		_ = f.Drop(l)
	}
	return list
}

// offset returns a file's position, 0 while a call moves it: that may sleep.
func offset(f *file.File) uint64 {
	if !f.OffMu.TryLock() {
		return 0
	}
	defer f.OffMu.Unlock()
	return uint64(f.Off)
}
