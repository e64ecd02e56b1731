// modctl(2): which modules there are. They are the kernel's parts: all built
// in, none can be loaded or unloaded.
package kernel

import (
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysModctl is modctl(2), row 246. Loading and unloading need root, and are
// refused: EEXIST for what is built in, ENOENT for what is not; EBUSY.
func (b *Base) SysModctl(l *proc.LWP, cmd int32, arg usermem.Addr) error {
	switch cmd {
	case abi.MODCTL_LOAD:
		return b.modLoad(l, arg)
	case abi.MODCTL_UNLOAD:
		return b.modUnload(l, arg)
	case abi.MODCTL_STAT:
		return b.modStat(arg)
	case abi.MODCTL_EXISTS:
		if !l.Cred().IsRoot() {
			return abi.EPERM
		}
		if arg.Value > 1 {
			return abi.EINVAL
		}
		return nil
	}
	return abi.EINVAL
}

// moduleNames returns the names of the parts: the last element of each path.
func (b *Base) moduleNames() []string {
	var names []string
	for _, path := range b.desc.Parts {
		if name := path[strings.LastIndexByte(path, '/')+1:]; name != "kernel" {
			names = append(names, name)
		}
	}
	return append(names, "suser")
}

func (b *Base) hasModule(name string) bool {
	for _, n := range b.moduleNames() {
		if n == name {
			return true
		}
	}
	return false
}

func (b *Base) modLoad(l *proc.LWP, arg usermem.Addr) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	ml, err := usermem.In[abi.ModctlLoad]{Mem: arg.Mem}.Get()
	if err != nil {
		return err
	}
	name, err := usermem.String{Mem: arg.Follow(ml.Filename, -1)}.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	if b.hasModule(name) {
		return abi.EEXIST
	}
	return abi.ENOENT
}

func (b *Base) modUnload(l *proc.LWP, arg usermem.Addr) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	name, err := usermem.String{Mem: arg.Mem}.Get(abi.MAXMODNAME)
	if err != nil {
		return err
	}
	if b.hasModule(name) {
		return abi.EBUSY
	}
	return abi.ENOENT
}

// modStat fills the buffer of a struct iovec with a struct modstat for each
// module, as many as fit, and stores the length of all of them.
func (b *Base) modStat(arg usermem.Addr) error {
	iov, err := usermem.In[abi.Iovec]{Mem: arg.Mem}.Get()
	if err != nil {
		return err
	}
	var out []abi.Modstat
	for _, name := range b.moduleNames() {
		ms := abi.Modstat{Source: abi.MODULE_SOURCE_KERNEL, Class: abi.MODULE_CLASS_MISC}
		if name == "suser" {
			ms.Class = abi.MODULE_CLASS_SECMODEL
		}
		copy(ms.Name[:len(ms.Name)-1], name)
		out = append(out, ms)
	}
	all := usermem.BytesOfSlice(out)
	fits := uint64(len(all))
	if iov.Len < fits {
		fits = iov.Len
	}
	if fits > 0 {
		if err := arg.Follow(iov.Base, int(fits)).CopyOut(all[:fits]); err != nil {
			return err
		}
	}
	iov.Len = uint64(len(all))
	return usermem.Out[abi.Iovec]{Mem: arg.Mem}.Put(iov)
}
