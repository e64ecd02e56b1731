// ktrace(2) itself: what is traced from now on, and where to.
package ktrace

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Set performs ktrace(2) on an open file, which KTROP_CLEAR does not need. pid
// is a process, or minus a process group. EINVAL for no facilities, ESRCH when
// there is no such process or group, EPERM when none of them may be traced.
func (t *Tracing) Set(l *proc.LWP, f *file.File, ops, facs uint32, pid int32) error {
	var s *session
	switch ops & abi.KTROP_MASK {
	case abi.KTROP_CLEARFILE:
		return t.clearFile(l, f)
	case abi.KTROP_SET:
		var err error
		if s, err = t.open(f); err != nil {
			return err
		}
		defer t.release(s)
	}
	if facs &^= abi.KTRFAC_PERSISTENT; facs == 0 {
		return abi.EINVAL
	}
	procs, err := t.chosen(pid, ops&abi.KTRFLAG_DESCEND != 0)
	if err != nil {
		return err
	}
	return t.change(l, procs, s, ops&abi.KTRFAC_VER_MASK, facs&(abi.KTRFAC_MASK|abi.KTRFAC_INHERIT))
}

func (t *Tracing) release(s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unref(s)
}

// chosen returns the processes that pid names, with their descendants if they
// are asked for.
func (t *Tracing) chosen(pid int32, descend bool) ([]*proc.Proc, error) {
	var procs []*proc.Proc
	if pid < 0 {
		if g := t.conf.Procs.FindPgrp(-pid); g != nil {
			procs = g.Members()
		}
	} else if p := t.conf.Procs.Find(pid); p != nil {
		procs = append(procs, p)
	}
	if len(procs) == 0 {
		return nil, abi.ESRCH
	}
	if descend {
		procs = t.family(procs)
	}
	return procs, nil
}

// family adds the descendants of processes.
func (t *Tracing) family(procs []*proc.Proc) []*proc.Proc {
	kids := map[int32][]*proc.Proc{}
	for _, p := range t.conf.Procs.All() {
		if p.Pid > 0 {
			kids[p.Ppid()] = append(kids[p.Ppid()], p)
		}
	}
	seen := map[*proc.Proc]bool{}
	var all []*proc.Proc
	for len(procs) > 0 {
		p := procs[0]
		procs = procs[1:]
		if !seen[p] {
			seen[p] = true
			all = append(all, p)
			procs = append(procs, kids[p.Pid]...)
		}
	}
	return all
}

// change traces processes to s, or with nil ends what is traced of them.
func (t *Tracing) change(l *proc.LWP, procs []*proc.Proc, s *session, version, facs uint32) error {
	if version > abi.KTRFACv2 {
		return abi.EPERM
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	done := false
	for _, p := range procs {
		// A process that has ended meanwhile is not found, and its exit hook
		// comes after that.
		if t.conf.Procs.Find(p.Pid) != p || !t.mayTrace(l, p) {
			continue
		}
		done = true
		if s == nil {
			t.clear(p, facs, version)
			continue
		}
		t.add(l, p, s, version|facs)
	}
	if !done {
		return abi.EPERM
	}
	return nil
}

// add traces p for further facilities, to s. Preconditions: t.mu is held.
func (t *Tracing) add(l *proc.LWP, p *proc.Proc, s *session, facs uint32) {
	g := &target{s: s, facs: facs}
	if old := t.targets[p]; old != nil && old.s == s {
		g.facs |= old.facs &^ abi.KTRFAC_VER_MASK
	}
	if l.Cred().IsRoot() {
		g.facs |= abi.KTRFAC_PERSISTENT
	}
	g.emul = g.facs&abi.KTRFAC_EMUL != 0
	t.set(p, g)
}

// clear ends the trace of p for facilities. Preconditions: t.mu is held.
func (t *Tracing) clear(p *proc.Proc, facs, version uint32) {
	g := t.targets[p]
	if g == nil {
		return
	}
	if g.facs &^= facs; g.facs&abi.KTRFAC_MASK == 0 {
		t.set(p, nil)
		return
	}
	g.facs = g.facs&^abi.KTRFAC_VER_MASK | version
	g.emul = g.facs&abi.KTRFAC_EMUL != 0
}

// mayTrace reports whether l may set the trace of p: root any, others their
// own, unless it has changed its ids or root traces it. Preconditions: t.mu is
// held.
func (t *Tracing) mayTrace(l *proc.LWP, p *proc.Proc) bool {
	c, o := l.Cred(), p.Cred()
	if c.IsRoot() {
		return true
	}
	if g := t.targets[p]; g != nil && g.facs&abi.KTRFAC_PERSISTENT != 0 || p.Sugid() {
		return false
	}
	return c.Euid == o.Ruid && c.Ruid == o.Svuid && c.Rgid == o.Rgid && c.Rgid == o.Svgid
}

// clearFile ends all tracing to a file: EPERM when some may not be ended.
func (t *Tracing) clearFile(l *proc.LWP, f *file.File) (err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.find(f)
	if s == nil {
		return nil
	}
	for p, g := range t.targets {
		switch {
		case g.s != s:
		case t.mayTrace(l, p):
			t.set(p, nil)
		default:
			err = abi.EPERM
		}
	}
	return err
}
