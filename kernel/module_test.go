package kernel_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// modctl is modctl(2) on the name of a module.
func modctl(c *client.Client, cmd int, name string, flags int32) error {
	if cmd == abi.MODCTL_UNLOAD {
		return c.Modctl(cmd, client.Buf([]byte(name)))
	}
	return c.Modctl(cmd, client.Struct(&abi.ModctlLoad{Flags: flags}).WithString(0, name))
}

// modstat returns the modules by name.
func modstat(t *testing.T, c *client.Client) map[string]abi.Modstat {
	t.Helper()
	mods := make([]abi.Modstat, 100)
	iov := abi.Iovec{Len: uint64(len(usermem.BytesOfSlice(mods)))}
	want(t, "MODCTL_STAT", c.Modctl(abi.MODCTL_STAT, client.Struct(&iov).With(0, usermem.BytesOfSlice(mods))), 0)
	list := map[string]abi.Modstat{}
	for _, m := range mods[:iov.Len/uint64(len(usermem.BytesOf(&mods[0])))] {
		list[cstring(m.Name[:])] = m
	}
	return list
}

func cstring(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// Modules that are linked in are unloaded and loaded by clients, those that
// others require not.
func TestModules(t *testing.T) {
	_, k, c := bootSim(t)
	runs := map[string]bool{}
	mod := func(name string, requires ...string) kernel.Module {
		return kernel.Module{
			Name: name, Class: abi.MODULE_CLASS_DRIVER, Required: requires,
			Init: func() error { runs[name] = true; return nil },
			Fini: func() error {
				if name == "stuck" {
					return abi.EBUSY
				}
				runs[name] = false
				return nil
			},
		}
	}
	want(t, "adding", k.AddModules(mod("disk", "bus"), mod("bus"), mod("stuck")), 0)
	want(t, "adding a name again", k.AddModules(mod("new"), mod("bus")), abi.EEXIST)
	want(t, "adding no name", k.AddModules(mod("")), abi.EINVAL)
	want(t, "adding what lacks another", k.AddModules(mod("lost", "nowhere")), abi.ENOENT)
	want(t, "adding a circle", k.AddModules(mod("a", "b"), mod("b", "a")), abi.EMLINK)

	list := modstat(t, c)
	if m := list["disk"]; m.Refcnt != 0 || m.Class != abi.MODULE_CLASS_DRIVER || cstring(m.Required[:]) != "bus" {
		t.Errorf("disk is %+v", m)
	}
	if list["bus"].Refcnt != 1 || int32(list["lost"].Refcnt) != -1 || int32(list["a"].Refcnt) != -1 {
		t.Errorf("references: bus %d, lost %d", list["bus"].Refcnt, list["lost"].Refcnt)
	}
	for _, tc := range []struct {
		what  string
		cmd   int
		name  string
		flags int32
		err   abi.Errno
	}{
		{"unloading what is required", abi.MODCTL_UNLOAD, "bus", 0, abi.EBUSY},
		{"unloading what won't end", abi.MODCTL_UNLOAD, "stuck", 0, abi.EBUSY},
		{"unloading a security model", abi.MODCTL_UNLOAD, "suser", 0, abi.EPERM},
		{"unloading nothing", abi.MODCTL_UNLOAD, "none", 0, abi.ENOENT},
		{"unloading", abi.MODCTL_UNLOAD, "disk", 0, 0},
		{"unloading again", abi.MODCTL_UNLOAD, "disk", 0, abi.ENOENT},
		{"unloading what it required", abi.MODCTL_UNLOAD, "bus", 0, 0},
		{"loading nothing", abi.MODCTL_LOAD, "none", 0, abi.EOPNOTSUPP},
		{"loading what runs", abi.MODCTL_LOAD, "stuck", 0, abi.EEXIST},
		{"loading what was unloaded", abi.MODCTL_LOAD, "disk", 0, abi.EPERM},
		{"forcing it", abi.MODCTL_LOAD, "disk", abi.MODCTL_LOAD_FORCE, 0},
		{"loading it again", abi.MODCTL_LOAD, "disk", abi.MODCTL_LOAD_FORCE, abi.EEXIST},
		{"loading what lacks another", abi.MODCTL_LOAD, "lost", 0, abi.EOPNOTSUPP},
		{"unloading a long name", abi.MODCTL_UNLOAD, "abcdefghijabcdefghijabcdefghij12", 0, abi.ENAMETOOLONG},
	} {
		want(t, tc.what, modctl(c, tc.cmd, tc.name, tc.flags), tc.err)
	}
	if !runs["disk"] || !runs["bus"] {
		t.Errorf("running are %v", runs)
	}
	if m := modstat(t, c)["disk"]; m.Flags != abi.MODFLG_MUST_FORCE {
		t.Errorf("the flags of what was unloaded once are %d", m.Flags)
	}
	props := abi.ModctlLoad{Propslen: 5}
	want(t, "properties of nothing", c.Modctl(abi.MODCTL_LOAD, client.Struct(&props).WithString(0, "disk")), abi.EINVAL)
	for how, errno := range []abi.Errno{0, 0, abi.EINVAL} {
		want(t, "MODCTL_EXISTS", c.Modctl(abi.MODCTL_EXISTS, client.Val(how)), errno)
	}
	u, err := c.Fork()
	want(t, "fork", err, 0)
	user(t, u, 5)
	for how, errno := range []abi.Errno{abi.EPERM, 0, abi.EINVAL} {
		want(t, "MODCTL_EXISTS by a user", u.Modctl(abi.MODCTL_EXISTS, client.Val(how)), errno)
	}
	want(t, "loading by a user", modctl(u, abi.MODCTL_LOAD, "disk", 0), abi.EPERM)
	want(t, "unloading by a user", modctl(u, abi.MODCTL_UNLOAD, "disk", 0), abi.EPERM)
	want(t, "a bad address of a user", u.Modctl(abi.MODCTL_LOAD, client.Val(0)), abi.EFAULT)
	want(t, "closing", k.Close(), 0)
	if runs["disk"] || runs["bus"] {
		t.Errorf("after the end %v", runs)
	}
}
