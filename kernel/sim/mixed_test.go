package sim_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/sim"
)

// mixed is a workload of many lwps: clients that share pipes and files, sleep,
// poll, fork, exec and are ended by one another.
func mixed(t testing.TB, r *sim.Run, faults sim.Faults) {
	k := boot(t, r)
	defer k.Close()
	b := k.BaseKernel()
	held := b.Mem.Used()
	r.Inject(faults)
	root := attach(t, k, "root")
	rd, wr, err := root.Pipe()
	if err != nil { // memory may be refused
		r.Note(err.Error())
	}
	var tasks []*sim.Task
	for i := range clients {
		name := "client" + strconv.Itoa(i)
		c, err := root.Fork()
		if err != nil {
			t.Fatal(err)
		}
		tasks = append(tasks, r.Go(name, func() { one(r, c, name, rd, wr) }))
	}
	nap(root, 300*time.Millisecond)
	for _, c := range tasks {
		c.Wait()
	}
	r.Inject(sim.Faults{})
	tidy(root)
	_ = root.Exit()
	if n := b.Mem.Used(); n != held {
		t.Errorf("seed %d: %d bytes were reserved, now it is %d", r.Seed(), held, n)
	}
	if n := b.Procs.Len(); n != 2 {
		t.Errorf("seed %d: %d processes are left", r.Seed(), n-2)
	}
	if n := b.Init().Files().(*file.Table).Total(); n != 3 {
		t.Errorf("seed %d: %d descriptors are left", r.Seed(), n-3)
	}
}

const clients = 12

// tidy removes what the clients left.
func tidy(c *client.Client) {
	_ = c.Unlink("/f")
	for i := range clients {
		_ = c.Unlink("/gclient" + strconv.Itoa(i))
		_ = c.Rmdir("/dclient" + strconv.Itoa(i))
	}
}

// one is one client: it does this and that and ends.
func one(r *sim.Run, c *client.Client, name string, rd, wr int) {
	buf := make([]byte, 100)
	var helper *sim.Task
	for range 8 {
		switch r.Rand().IntN(9) {
		case 0:
			_, _ = c.Write(wr, []byte(name))
		case 1: // bounded, for nobody may write any more
			fds := []abi.Pollfd{{Fd: int32(rd), Events: abi.POLLIN}}
			if n, _ := c.Poll(fds, 20); n > 0 {
				_, _ = c.Fcntl(rd, abi.F_SETFL, client.Val(abi.O_NONBLOCK))
				_, _ = c.Read(rd, buf)
			}
		case 2:
			nap(c, time.Duration(r.Rand().IntN(50))*time.Millisecond)
		case 3:
			if fd, err := c.Open("/f", abi.O_RDWR|abi.O_CREAT|abi.O_APPEND, 0o644); err == nil {
				_, _ = c.Write(fd, []byte(name))
				_, _ = c.Pread(fd, buf, 0)
				_ = c.Close(fd)
			}
		case 4:
			if kid, err := c.Fork(); err == nil {
				_ = kid.Exec(name + "kid")
				_ = kid.Mkdir("/d"+name, 0o755)
				_ = kid.Exit()
			}
		case 5:
			_ = c.Rename("/f", "/g"+name)
		case 6: // a lwp that sleeps until the process ends
			if helper == nil {
				helper = r.Go(name+"'s", func() { nap(c, time.Hour) })
			}
		case 7:
			if fd, err := c.Open("/disk", abi.O_RDWR, 0); err == nil {
				_, _ = c.Pread(fd, buf, int64(r.Rand().IntN(1<<16)))
				_, _ = c.Pwrite(fd, buf, int64(r.Rand().IntN(1<<16)))
				_ = c.Close(fd)
			}
		case 8:
			if a, b, err := c.Pipe(); err == nil {
				if n, _ := c.Write(b, buf); n > 0 { // memory may be refused
					_, _ = c.Read(a, buf)
				}
				_ = c.Close(a)
				_ = c.Close(b)
			}
		}
	}
	_ = c.Exit()
	if helper != nil {
		helper.Wait()
	}
}

func nap(c *client.Client, d time.Duration) {
	ts := abi.Timespec{Sec: int64(d / time.Second), Nsec: int64(d % time.Second)}
	_ = c.Nanosleep(&ts, nil)
}
