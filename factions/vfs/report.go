// What reports of panics and dumps tell of the faction: which vnodes are
// locked, and the advisory locks on open files.
package vfs

import (
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs/lockf"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// maxReport bounds the lines of a report.
const maxReport = 100

// reporter is a report in the making.
type reporter struct {
	text  strings.Builder
	lines int
}

func (r *reporter) line(words ...string) {
	if r.lines++; r.lines <= maxReport {
		r.text.WriteString(" " + strings.Join(words, " ") + "\n")
	}
}

// report tells of the roots of mounts and of open files. Vnodes that are only
// looked at by a call in progress it does not find.
func (v *VFS) report() string {
	var r reporter
	for _, m := range v.Mounts() {
		if how := m.Root.Locked(); how != "" {
			r.line("the root of", m.On, "is locked", how)
		}
	}
	for _, p := range v.b.Procs.All() {
		t, ok := p.Files().(*file.Table)
		if !ok {
			continue
		}
		pid := strconv.Itoa(int(p.Pid))
		t.Each(func(fd int32, f *file.File) { v.reportFile(&r, "file "+strconv.Itoa(int(fd))+" of process "+pid, f) })
	}
	return r.text.String()
}

func (v *VFS) reportFile(r *reporter, who string, f *file.File) {
	vp := vnodeOf(f)
	if vp == nil {
		return
	}
	if how := vp.Locked(); how != "" {
		r.line(who, "on", vp.Mount.On, "is locked", how)
	}
	if s := hasLocks(vp); s != nil {
		for _, k := range v.locks.All(s) {
			r.line(who, "on", vp.Mount.On, "has", lockText(k))
		}
	}
}

// lockText describes an advisory lock.
func lockText(k lockf.Lock) string {
	text := "a shared lock"
	if k.Type == abi.F_WRLCK {
		text = "an exclusive lock"
	}
	if k.Pid < 0 {
		return text + " of flock"
	}
	text += " of process " + strconv.Itoa(int(k.Pid)) + " from byte " + strconv.FormatInt(k.Start, 10)
	if k.Last != lockf.End {
		text += " to " + strconv.FormatInt(k.Last, 10)
	}
	return text
}
