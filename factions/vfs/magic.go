// Magic symbolic links: with vfs.generic.magiclinks on, components of their
// targets that begin with @ stand for what the kernel or the caller is
// (symlink(7)).
package vfs

import (
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// magicNames are what may follow the @. A name that begins another one comes
// after it.
var magicNames = [...]string{
	"machine_arch", "machine", "hostname", "osrelease", "emul", "kernel_ident",
	"domainname", "ostype", "uid", "ruid", "gid", "rgid",
}

// magic returns the target of a link with what is magic in it replaced.
func (w *walk) magic(target string) string {
	if !strings.Contains(target, "@") {
		return target
	}
	var out []byte
	for target != "" {
		i := strings.IndexByte(target, '@')
		if i < 0 {
			break
		}
		out = append(out, target[:i]...)
		name, rest := cutMagic(target[i+1:])
		if name == "" {
			out = append(out, '@')
		}
		out, target = append(out, w.magicValue(name)...), rest
	}
	return string(append(out, target...))
}

// cutMagic cuts a magic name off the start of s: up to the end or a slash, or
// in braces. The name is "" when there is none.
func cutMagic(s string) (name, rest string) {
	in, braced := strings.CutPrefix(s, "{")
	for _, name := range magicNames {
		rest, ok := strings.CutPrefix(in, name)
		switch {
		case !ok:
		case braced && strings.HasPrefix(rest, "}"):
			return name, rest[1:]
		case !braced && (rest == "" || rest[0] == '/'):
			return name, rest
		}
	}
	return "", s
}

// magicValue returns what a magic name stands for.
func (w *walk) magicValue(name string) string {
	id := func(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
	switch name {
	case "machine_arch":
		return abi.MachineArch
	case "machine":
		return abi.Machine
	case "hostname":
		return w.v.b.Hostname()
	case "domainname":
		return w.v.b.Domainname()
	case "osrelease":
		return abi.OSRelease
	case "ostype":
		return abi.OSType
	case "emul":
		return "netbsd"
	case "kernel_ident":
		return "RUMPKIT"
	case "uid":
		return id(w.cred.Euid)
	case "ruid":
		return id(w.cred.Ruid)
	case "gid":
		return id(w.cred.Egid)
	case "rgid":
		return id(w.cred.Rgid)
	}
	return ""
}
