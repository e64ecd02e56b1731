// kern.file2: the open files, for fstat(1).
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (b *Base) sysctlFiles(kern *sysctl.Node) {
	kern.Proc(abi.KERN_FILE2, "file2", "System open file table", b.file2Node)
}

// allProcs asks kern.file2 for the files of every process.
const allProcs = -1

// file2Node answers kern.file2.OP.ARG.SIZE.COUNT: every open file once, or by
// the descriptors of one process or of all.
func (b *Base) file2Node(c *sysctl.Call) error {
	r, err := newRecords(c, 2)
	if err != nil {
		return err
	}
	op, arg := c.Name[0], c.Name[1]
	if op != abi.KERN_FILE_BYFILE && op != abi.KERN_FILE_BYPID || arg < allProcs {
		return abi.EINVAL
	}
	procs := b.Procs.All()
	seen := map[*file.File]bool{}
	for _, p := range procs {
		if op == abi.KERN_FILE_BYPID && arg != allProcs && arg != p.Pid {
			continue
		}
		for _, ki := range filesOf(c.L, p) {
			if op == abi.KERN_FILE_BYFILE && seen[ki.f] {
				continue
			}
			seen[ki.f] = true
			if err := r.add(usermem.BytesOf(&ki.KinfoFile)); err != nil {
				return err
			}
		}
	}
	return r.end()
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
			Flag: f.Flags(), Ftype: uint32(f.Kind), Count: uint32(f.Refs() - 1),
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
