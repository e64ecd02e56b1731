// Process groups and sessions.
package proc

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Pgrp is a process group.
type Pgrp struct {
	// ID is the pid of the process that made the group.
	ID int32
	// Session is the session the group is in.
	Session *Session

	mu      sync.Mutex
	members map[int32]*Proc
}

// Session is a session.
type Session struct {
	// ID is the pid of the leader that made it.
	ID int32

	mu    sync.Mutex
	login string
}

// Login returns the login name, "" before setlogin(2).
func (s *Session) Login() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.login
}

// SetLogin sets the login name of all processes of the session.
func (s *Session) SetLogin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.login = name
}

// newSession returns a group led by p in a session of its own.
func newSession(p *Proc) *Pgrp {
	g := &Pgrp{ID: p.Pid, Session: &Session{ID: p.Pid}, members: map[int32]*Proc{}}
	g.join(p)
	return g
}

func (g *Pgrp) join(p *Proc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.members[p.Pid] = p
}

func (g *Pgrp) leave(p *Proc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.members, p.Pid)
}

// Members returns the processes of the group, by pid.
func (g *Pgrp) Members() []*Proc {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := make([]*Proc, 0, len(g.members))
	for _, p := range g.members {
		s = append(s, p)
	}
	sortByKey(s)
	return s
}

// Pgrp returns the process group.
func (p *Proc) Pgrp() *Pgrp {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pgrp
}

func (p *Proc) setPgrp(g *Pgrp) {
	old := p.Pgrp()
	if old == g {
		return
	}
	old.leave(p)
	g.join(p)
	p.mu.Lock()
	p.pgrp = g
	p.mu.Unlock()
}

// Setsid makes p the leader of a new session and group: EPERM when it leads a
// group already (setsid(2)).
func (t *Table) Setsid(p *Proc) (int32, error) {
	if p.Pgrp().ID == p.Pid || t.FindPgrp(p.Pid) != nil {
		return 0, abi.EPERM
	}
	old := p.Pgrp()
	old.leave(p)
	g := newSession(p)
	p.mu.Lock()
	p.pgrp = g
	p.mu.Unlock()
	return p.Pid, nil
}

// FindPgrp returns the group with that id, nil when there is none.
func (t *Table) FindPgrp(id int32) *Pgrp {
	for _, p := range t.All() {
		if g := p.Pgrp(); g.ID == id {
			return g
		}
	}
	return nil
}

// Setpgid puts p, cur itself or a child of cur, into group id, which is made
// when id is p's own (setpgid(2)).
func (t *Table) Setpgid(cur, p *Proc, id int32) error {
	if id < 0 {
		return abi.EINVAL
	}
	if id == 0 {
		id = p.Pid
	}
	g := p.Pgrp()
	if p != cur {
		if p.Ppid() != cur.Pid {
			return abi.ESRCH
		}
		if g.Session != cur.Pgrp().Session {
			return abi.EPERM
		}
	}
	if g.ID == id {
		return nil
	}
	if g.Session.ID == p.Pid {
		return abi.EPERM
	}
	to := t.FindPgrp(id)
	switch {
	case to == nil && id != p.Pid:
		return abi.EPERM
	case to == nil:
		to = &Pgrp{ID: id, Session: g.Session, members: map[int32]*Proc{}}
	case to.Session != g.Session:
		return abi.EPERM
	}
	p.setPgrp(to)
	return nil
}

// sortByKey sorts a process group, which is small or was made in order.
func sortByKey(s []*Proc) {
	for i := 1; i < len(s); i++ {
		for j := i; j > 0 && s[j].key < s[j-1].key; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}
