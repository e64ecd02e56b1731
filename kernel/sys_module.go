// modctl(2): which modules there are, and starting and ending them.
package kernel

import (
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysModctl is modctl(2), row 246. Loading and unloading need root. There are
// no modules in files: a name that is not linked in is ENOENT, or EOPNOTSUPP
// in a kernel without file systems.
func (b *Base) SysModctl(l *proc.LWP, cmd int32, arg usermem.Addr) error {
	switch cmd {
	case abi.MODCTL_STAT:
		return b.modStat(arg)
	case abi.MODCTL_LOAD:
		return b.modLoad(l, arg)
	case abi.MODCTL_UNLOAD:
		name, err := usermem.String{Mem: arg.Mem}.Get(abi.MAXMODNAME)
		switch {
		case err != nil:
			return err
		case !l.Cred().IsRoot():
			return abi.EPERM
		}
		return b.modules.unload(name)
	case abi.MODCTL_EXISTS:
		return modExists(l, arg.Value)
	}
	return abi.EINVAL
}

// modExists returns whether modules can be loaded by l: 0 asks by hand, 1 of
// themselves, which anybody may make them do.
func modExists(l *proc.LWP, how uint64) error {
	switch {
	case how > 1:
		return abi.EINVAL
	case how == 0 && !l.Cred().IsRoot():
		return abi.EPERM
	}
	return nil
}

// maxProps bounds the properties that a module is loaded with.
const maxProps = 4096

// modLoad loads a module. Its properties have to be a dictionary as XML; no
// module looks at them.
func (b *Base) modLoad(l *proc.LWP, arg usermem.Addr) error {
	ml, err := usermem.In[abi.ModctlLoad]{Mem: arg.Mem}.Get()
	if err != nil {
		return err
	}
	if (ml.Props == 0) != (ml.Propslen == 0) {
		return abi.EINVAL
	}
	name, err := usermem.String{Mem: arg.Follow(ml.Filename, -1)}.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	name = strings.Clone(name)
	if ml.Props != 0 {
		if ml.Propslen > maxProps {
			return abi.ENOMEM
		}
		props, err := usermem.String{Mem: arg.Follow(ml.Props, -1)}.Get(int(ml.Propslen) + 1)
		if err != nil {
			return err
		}
		if !strings.Contains(props, "<dict") {
			return abi.EINVAL
		}
	}
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	err = b.modules.load(name, ml.Flags&abi.MODCTL_LOAD_FORCE != 0)
	if err == abi.ENOENT && !b.hasFiles() {
		err = abi.EOPNOTSUPP
	}
	return err
}

// hasFiles reports a kernel with file systems.
func (b *Base) hasFiles() bool {
	for _, path := range b.desc.Parts {
		if strings.HasSuffix(path, "/vfs") {
			return true
		}
	}
	return false
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
