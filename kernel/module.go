// Modules: the parts of the kernel as modctl(2) lists them, and those that the
// embedding program adds at run time. All are linked in; none is loaded from a
// file.
package kernel

import (
	"strings"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Module is what a module is made of.
type Module struct {
	// Name is at most 31 bytes; Class is MODULE_CLASS_MISC and so on.
	Name  string
	Class int32
	// Required are the modules that have to be initialised first.
	Required []string
	// Init starts the module, Fini ends it: an error keeps it running. nil
	// does nothing. They must not add or remove modules.
	Init, Fini func() error
}

// module is a module in the list.
type module struct {
	Module
	refs  int32
	on    bool // initialised
	force bool // unloaded once by somebody: loads with MODCTL_LOAD_FORCE only
	part  bool // a part of the kernel: it can be unloaded when it has a Fini
}

// modules is the modules of a kernel, in the order in which they came.
type modules struct {
	mu   sync.Mutex
	list []*module
}

// maxModuleDeps bounds how deep requirements go.
const maxModuleDeps = 10

// bootModules lists the parts.
func (b *Base) bootModules() {
	list := []*module{{Module: Module{Name: "suser", Class: abi.MODULE_CLASS_SECMODEL}, on: true, part: true}}
	for _, path := range b.desc.Parts {
		m := &module{Module: Module{Name: path[strings.LastIndexByte(path, '/')+1:]}, on: true, part: true}
		switch {
		case m.Name == "kernel":
			continue
		case strings.Contains(path, "/vfs/"):
			m.Class = abi.MODULE_CLASS_VFS
		case strings.Contains(path, "/dev/"):
			m.Class = abi.MODULE_CLASS_DRIVER
		default:
			m.Class = abi.MODULE_CLASS_MISC
		}
		list = append(list, m)
	}
	b.modules.list = list
}

// find returns a module, nil when there is none. Preconditions: m.mu is held.
func (m *modules) find(name string) *module {
	for _, mod := range m.list {
		if mod.Name == name {
			return mod
		}
	}
	return nil
}

// start initialises a module and before it those it requires: ENOENT when one
// is not there, EMLINK when they go too deep. Preconditions: m.mu is held.
func (m *modules) start(mod *module, depth int) error {
	switch {
	case mod.on:
		return nil
	case depth > maxModuleDeps:
		return abi.EMLINK
	}
	for i, name := range mod.Required {
		err := error(abi.ENOENT)
		req := m.find(name)
		if req != nil {
			err = m.start(req, depth+1)
		}
		if err != nil {
			m.hold(mod.Required[:i], -1)
			return err
		}
		req.refs++
	}
	if mod.Init != nil {
		if err := mod.Init(); err != nil {
			m.hold(mod.Required, -1)
			return err
		}
	}
	mod.on = true
	return nil
}

// stop ends a module: ENOENT when it does not run, EBUSY while another one
// requires it or the kernel can't be without it, EPERM for a security model.
// Preconditions: m.mu is held.
func (m *modules) stop(mod *module) error {
	switch {
	case mod == nil || !mod.on:
		return abi.ENOENT
	case mod.refs > 0:
		return abi.EBUSY
	case mod.part && mod.Class == abi.MODULE_CLASS_SECMODEL:
		return abi.EPERM
	case mod.part && mod.Fini == nil:
		return abi.EBUSY
	}
	if mod.Fini != nil {
		if err := mod.Fini(); err != nil {
			return err
		}
	}
	mod.on, mod.force = false, true
	m.hold(mod.Required, -1)
	return nil
}

// hold changes the references to modules. Preconditions: m.mu is held.
func (m *modules) hold(names []string, by int32) {
	for _, name := range names {
		if mod := m.find(name); mod != nil {
			mod.refs += by
		}
	}
}

// PartModule lets the module of a part be unloaded and loaded again: fini ends
// what it does for others, EBUSY while somebody needs it, and init begins it
// anew. Both are called with no other module coming or going.
func (b *Base) PartModule(name string, init, fini func() error) {
	m := &b.modules
	m.mu.Lock()
	defer m.mu.Unlock()
	if mod := m.find(name); mod != nil && mod.part {
		mod.Init, mod.Fini = init, fini
	}
}

// load starts the module called name, for modctl(2): ENOENT when there is
// none, EEXIST when it runs, EPERM when it was unloaded and force is not set.
func (m *modules) load(name string, force bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch mod := m.find(name); {
	case mod == nil:
		return abi.ENOENT
	case mod.on:
		return abi.EEXIST
	case mod.force && !force:
		return abi.EPERM
	default:
		return m.start(mod, 0)
	}
}

// unload ends the module called name, for modctl(2).
func (m *modules) unload(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stop(m.find(name))
}

// AddModules adds modules and initialises them, in order but each after those
// it requires (rump_pub_module_init). Nothing is added when a name is taken
// (EEXIST), empty or too long (EINVAL). A module whose Init fails, or that
// lacks what it requires, stays in the list without running; the first such
// error is returned, after the rest was tried.
func (b *Base) AddModules(list ...Module) (err error) {
	m := &b.modules
	m.mu.Lock()
	defer m.mu.Unlock()
	was := len(m.list)
	for _, mod := range list {
		bad := error(nil)
		switch {
		case mod.Name == "" || len(mod.Name) >= abi.MAXMODNAME:
			bad = abi.EINVAL
		case m.find(mod.Name) != nil:
			bad = abi.EEXIST
		}
		if bad != nil {
			m.list = m.list[:was]
			return bad
		}
		m.list = append(m.list, &module{Module: mod})
	}
	for _, mod := range m.list[was:] {
		if e := m.start(mod, 0); e != nil {
			b.Printf("WARNING: module error: `" + mod.Name + "' failed to init, " + e.Error() + "\n")
			if err == nil {
				err = e
			}
		}
	}
	return err
}

// RemoveModule ends a module that AddModules added and takes it out of the
// list (rump_pub_module_fini): ENOENT when there is none, EBUSY while another
// requires it.
func (b *Base) RemoveModule(name string) error {
	m := &b.modules
	m.mu.Lock()
	defer m.mu.Unlock()
	mod := m.find(name)
	if mod == nil {
		return abi.ENOENT
	}
	if mod.on || mod.part {
		if err := m.stop(mod); err != nil {
			return err
		}
	}
	for i, o := range m.list {
		if o == mod {
			m.list = append(m.list[:i:i], m.list[i+1:]...)
			break
		}
	}
	return nil
}

// stopModules ends what AddModules added, the last first.
func (b *Base) stopModules() {
	m := &b.modules
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := len(m.list) - 1; i >= 0; i-- {
		if mod := m.list[i]; mod.on && !mod.part && mod.Fini != nil {
			_ = mod.Fini()
		}
	}
	m.list = nil
}
