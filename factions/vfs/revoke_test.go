package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// slowDev is a device whose readers wait for go on.
type slowDev struct {
	memDev
	in, out chan bool
	closed  *int
	q       event.Queue
}

func (d *slowDev) Read(*proc.LWP, []byte, int64, bool) (int, error) {
	d.in <- true
	<-d.out
	return 1, nil
}

func (d *slowDev) Events() *event.Queue  { return &d.q }
func (d *slowDev) Close(*proc.LWP) error { *d.closed++; return nil }

// A revoked device answers no more, closes once, after the call that is in it.
func TestRevoke(t *testing.T) {
	g := boot(t, kernel.Config{})
	closed := 0
	d := &slowDev{in: make(chan bool), out: make(chan bool), closed: &closed}
	g.do("attach", g.b.Devsw.Attach(devsw.Driver{Name: "slow", Char: 200, Block: devsw.None,
		Open:  func(*proc.LWP, uint32, bool, uint32) (devsw.Device, error) { return d, nil },
		Nodes: []devsw.Node{{Path: "slow", Mode: 0o600}}}))
	fd := g.mustOpen("/dev/slow", abi.O_RDWR, 0)
	null := g.mustOpen("/dev/null", abi.O_RDWR, 0)
	done := make(chan error)
	go func() {
		_, err := g.read(fd, make([]byte, 1))
		done <- err
	}()
	<-d.in
	if err := g.as(1, 1).v.SysRevoke(g.as(1, 1).l, str("/dev/slow")); err != abi.EPERM {
		t.Errorf("revoke by a stranger: %v", err)
	}
	g.put("/f", "", 0o644)
	if err := g.v.SysRevoke(g.l, str("/f")); err != abi.EOPNOTSUPP {
		t.Errorf("revoke of a file: %v", err)
	}
	g.do("revoke", g.v.SysRevoke(g.l, str("/dev/slow")))
	if closed != 0 {
		t.Error("closed under a reader")
	}
	d.out <- true
	g.do("the read that was under way", <-done)
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
	if _, err := g.write(fd, []byte("x")); err != abi.EIO {
		t.Errorf("write: %v", err)
	}
	if got := g.poll(fd); got&abi.POLLHUP == 0 {
		t.Errorf("poll: %#x", got)
	}
	if _, err := g.write(null, []byte("x")); err != nil {
		t.Errorf("another device: %v", err)
	}
	g.do("revoke again", g.v.SysRevoke(g.l, str("/dev/slow")))
	g.close(fd)
	g.close(null)
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}
