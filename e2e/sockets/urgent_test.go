package sockets_test

import (
	"os"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestUrgentSignal has SIGURG sent to who owns a socket, and wakes who polls.
func TestUrgentSignal(t *testing.T) {
	if os.Getenv("RUMPKIT_URL") != "" {
		t.Skip("another kernel's signals come by its own way")
	}
	m := newKernel(t)(t)
	defer m.end()
	sigs := make(chan abi.Signal, 100)
	m.c.OnSignal(func(s abi.Signal) { sigs <- s })
	for _, line := range [][]string{
		{"socket", "INET", "STREAM", "l"}, {"bind", "l", "4:0"}, {"listen", "l", "5"},
		{"socket", "INET", "STREAM", "c"}, {"connect", "c", "4:l"}, {"await", "l", "IN"}, {"accept", "l", "d"},
	} {
		m.run(line)
	}
	pid := int32(m.c.Getpid())
	for _, owner := range []struct {
		cmd uint64
		id  int32
		who bool // somebody
	}{
		{abi.SIOCSPGRP, pid, true},
		{abi.SIOCSPGRP, 0, false},
		{abi.FIOSETOWN, pid, true},
	} {
		if err := m.c.Ioctl(m.fd("d"), owner.cmd, client.Struct(&owner.id)); err != nil {
			t.Fatal(err)
		}
		woken := make(chan error, 1)
		go func() {
			th, err := m.c.NewThread()
			if err == nil {
				p := []abi.Pollfd{{Fd: int32(m.fd("d")), Events: abi.POLLPRI}}
				_, err = th.Poll(p, -1)
				th.Release()
			}
			woken <- err
		}()
		m.run([]string{"send", "c", "plain"})
		m.run([]string{"send", "c", "u", "MSG_OOB"})
		if err := <-woken; err != nil {
			t.Error(err)
		}
		if owner.who {
			if s := <-sigs; s != abi.SIGURG {
				t.Errorf("the signal is %v", s)
			}
		}
		m.run([]string{"await", "d", "URG", "5"})
		m.run([]string{"recv", "d", "9"})
		m.run([]string{"send", "c", "x"})
		m.run([]string{"await", "d", "IN", "1"})
		m.run([]string{"recv", "d", "9"})
	}
	if len(sigs) != 0 {
		t.Errorf("%d further signals", len(sigs))
	}
}
