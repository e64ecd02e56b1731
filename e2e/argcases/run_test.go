package argcases

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/gen/master"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// caseTime bounds a case; its calls return EINTR then.
const caseTime = 2 * time.Second

// runner runs cases in one kernel.
type runner struct {
	k     sysent.Kernel
	names *names
	rows  map[string]*master.Entry
	// local is set when the kernel is in this process and so given memory
	// instead of addresses; peer when it is NetBSD's.
	local, peer bool
	// dir is where each case gets a directory of its own, "" without a file
	// system.
	dir   string
	cases int
}

// running is a case that runs.
type running struct {
	*runner
	env
	c        *testCase
	p        sysent.Process
	t        sysent.Thread
	children []sysent.Process
}

// run runs a case in a process of its own. ok is false when it was left out.
func (r *runner) run(c *testCase) (ok bool, err error) {
	if c.skip && r.peer || r.local && r.needsAddresses(c) {
		return false, nil
	}
	r.cases++
	p, err := r.k.Attach("argcases", nil)
	if err != nil {
		return false, err
	}
	defer p.Close()
	t, err := p.NewThread()
	if err != nil {
		return false, err
	}
	defer t.Close()
	over := time.AfterFunc(caseTime, func() { p.Close() })
	defer over.Stop()
	rc := &running{runner: r, c: c, p: p, t: t}
	rc.env = env{names: r.names, vars: map[string]uint64{"pid": uint64(p.Pid())}, frame: new(sysent.Frame)}
	if tagged, ok := t.(interface{ Tag() uint16 }); ok {
		rc.frame.SetTag(tagged.Tag())
	}
	defer rc.exit()
	if r.dir != "" {
		if err := rc.enterDir(); err != nil {
			return true, err
		}
	}
	return true, rc.steps()
}

// exit ends the children.
func (r *running) exit() {
	for _, p := range r.children {
		p.Close()
	}
}

// needsAddresses says that a case hands a call an address of nothing, or NULL
// where bytes belong: a caller in this process hands it memory, and its length
// with it.
func (r *runner) needsAddresses(c *testCase) bool {
	for _, st := range c.steps {
		e := r.rows[st.call]
		for i := range st.args {
			if k := st.args[i].kind; k == bad || k == null && e != nil && e.Args[i].Shape == master.Bytes && !e.Args[i].Null {
				return true
			}
		}
	}
	return false
}

// enterDir makes a directory that all may write to the working directory.
func (r *running) enterDir() error {
	dir := node{kind: text, text: fmt.Sprintf("%s/%d-%d", r.dir, time.Now().UnixNano(), r.cases)}
	for _, st := range []step{
		{call: "mkdir", args: []node{dir, {text: "0777"}}},
		{call: "chmod", args: []node{dir, {text: "0777"}}},
		{call: "chdir", args: []node{dir}},
	} {
		if err := r.step(&st, nil); err != nil {
			return err
		}
	}
	return nil
}

// steps makes the calls of a case, the last as NetBSD answers it, if that
// differs.
func (r *running) steps() error {
	for i := range r.c.steps {
		st := &r.c.steps[i]
		want := st.want
		if r.peer && r.c.netbsd != nil && i == len(r.c.steps)-1 {
			want = r.c.netbsd
		}
		if err := r.step(st, want); err != nil {
			return fmt.Errorf("%s: %w", st.call, err)
		}
	}
	return nil
}

// step makes one call and looks at what it did.
func (r *running) step(st *step, want []node) error {
	if special, err := r.special(st); special {
		return err
	}
	e := r.rows[st.call]
	if e == nil {
		return errors.New("no such call")
	}
	clear(r.frame.Slot[:])
	clear(r.frame.Mem[:])
	defer r.frame.Unpin()
	r.checks = r.checks[:0]
	if err := r.arguments(e, st.args); err != nil {
		return err
	}
	err := r.t.Syscall(e.Number, r.frame)
	if err := r.result(want, err); err != nil {
		return err
	}
	for _, check := range r.checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// arguments fills the frame. Missing ones are zeros.
func (r *running) arguments(e *master.Entry, args []node) error {
	slot := 0
	for i := range e.Args {
		a := &e.Args[i]
		if len(args) > 0 && !a.Pad {
			if err := r.argument(slot, a, &args[0]); err != nil {
				return fmt.Errorf("%s: %w", a.Name, err)
			}
			args = args[1:]
		}
		slot += max(a.Slots, 1)
	}
	if len(args) > 0 {
		return errors.New("too many arguments")
	}
	return nil
}

func (r *running) argument(slot int, a *master.Arg, n *node) (err error) {
	if !n.isMemory() {
		r.frame.Slot[slot], err = r.word(n)
		return err
	}
	b, err := r.memory(n)
	if a.Shape == master.String && n.kind == text {
		b = b[:len(b)-1]
	}
	r.frame.Mem[slot] = b
	return err
}

// result compares what a call returned with what it should have: values, an
// error, or "ret" and an error for calls that return it as their value.
func (r *running) result(want []node, err error) error {
	if len(want) == 1 && want[0].kind == number {
		if v, errno, _ := r.env.names.value(want[0].text); errno {
			if err != abi.Errno(v) {
				return fmt.Errorf("got %s, want %s", r.got(err), want[0].text)
			}
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("got %s, want success", r.got(err))
	}
	if len(want) == 2 && want[0].text == "ret" {
		want = want[1:]
	}
	if len(want) > len(r.frame.Ret) {
		return errors.New("too many results")
	}
	for i := range want {
		if err := r.same(&want[i], uint64(r.frame.Ret[i]), 8); err != nil {
			return err
		}
	}
	return nil
}

// got names an outcome.
func (r *running) got(err error) string {
	e, ok := err.(abi.Errno)
	if !ok {
		return fmt.Sprintf("%v %v", r.frame.Ret, err)
	}
	for _, name := range r.env.names.scope.Names() {
		if v, errno, _ := r.env.names.value(name); errno && abi.Errno(v) == e && strings.HasPrefix(name, "E") {
			return name
		}
	}
	return e.Error()
}

// special makes what is no call of the table: "fork" makes a child that waits,
// "exec" another program of the process.
func (r *running) special(st *step) (bool, error) {
	switch st.call {
	case "exec":
		return true, r.p.Exec("argcases-exec")
	case "fork":
		p, err := r.p.Fork()
		if err != nil {
			return true, err
		}
		r.children = append(r.children, p)
		r.frame.Ret = [2]int64{int64(p.Pid())}
		return true, r.result(st.want, nil)
	}
	return false, nil
}
