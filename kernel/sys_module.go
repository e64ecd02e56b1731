// modctl(2): which modules there are, and starting and ending them.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysModctl is modctl(2), row 246. All but the listing needs root. There are
// no modules in files: a name that is not linked in is ENOENT.
func (b *Base) SysModctl(l *proc.LWP, cmd int32, arg usermem.Addr) error {
	if cmd == abi.MODCTL_STAT {
		return b.modStat(arg)
	}
	if cmd < abi.MODCTL_LOAD || cmd > abi.MODCTL_EXISTS {
		return abi.EINVAL
	}
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	switch cmd {
	case abi.MODCTL_LOAD:
		return b.modLoad(arg)
	case abi.MODCTL_UNLOAD:
		name, err := usermem.String{Mem: arg.Mem}.Get(abi.MAXMODNAME)
		if err != nil {
			return err
		}
		return b.modules.unload(name)
	}
	if arg.Value > 1 { // MODCTL_EXISTS asks for loading, by hand or of itself
		return abi.EINVAL
	}
	return nil
}

func (b *Base) modLoad(arg usermem.Addr) error {
	ml, err := usermem.In[abi.ModctlLoad]{Mem: arg.Mem}.Get()
	if err != nil {
		return err
	}
	name, err := usermem.String{Mem: arg.Follow(ml.Filename, -1)}.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	return b.modules.load(name, ml.Flags&abi.MODCTL_LOAD_FORCE != 0)
}

// stat returns a struct modstat for each module.
func (m *modules) stat() (out []abi.Modstat) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, mod := range m.list {
		ms := abi.Modstat{Source: abi.MODULE_SOURCE_KERNEL, Class: mod.Class, Refcnt: uint32(mod.refs)}
		copy(ms.Name[:len(ms.Name)-1], mod.Name)
		copy(ms.Required[:len(ms.Required)-1], requires(mod.Required))
		if !mod.on {
			ms.Refcnt = ^uint32(0)
		}
		if mod.force {
			ms.Flags = abi.MODFLG_MUST_FORCE
		}
		out = append(out, ms)
	}
	return out
}

// modStat fills the buffer of a struct iovec with a struct modstat for each
// module, as many as fit, and stores the length of all of them.
func (b *Base) modStat(arg usermem.Addr) error {
	iov, err := usermem.In[abi.Iovec]{Mem: arg.Mem}.Get()
	if err != nil {
		return err
	}
	all := usermem.BytesOfSlice(b.modules.stat())
	fits := min(iov.Len, uint64(len(all)))
	if fits > 0 {
		if err := arg.Follow(iov.Base, int(fits)).CopyOut(all[:fits]); err != nil {
			return err
		}
	}
	iov.Len = uint64(len(all))
	return usermem.Out[abi.Iovec]{Mem: arg.Mem}.Put(iov)
}

// requires lists names as struct modstat has them.
func requires(names []string) (s string) {
	for i, name := range names {
		if i > 0 {
			s += ","
		}
		s += name
	}
	return s
}
