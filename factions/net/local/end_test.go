package local_test

import (
	"errors"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// TestEndMeanwhile closes one end of a connection while the other reads it: that
// is an end, as it is before and after, and nothing can be sent any more (EPIPE).
func TestEndMeanwhile(t *testing.T) {
	x := newBox(t)
	l, err := x.p.NewLWP(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range []int32{abi.SOCK_STREAM, abi.SOCK_SEQPACKET} {
		for range 300 {
			a, b := x.pair(typ)
			begin, done := make(chan struct{}), make(chan error, 1)
			go func() {
				<-begin
				for {
					_, err := x.recv(l, b, 9, abi.MSG_DONTWAIT)
					if err != abi.EAGAIN {
						sent := late(x, l, b)
						for err == nil && sent == nil {
							sent = late(x, l, b)
						}
						done <- errors.Join(err, other(sent, abi.EPIPE))
						return
					}
				}
			}()
			close(begin)
			x.close(a)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			x.close(b)
		}
	}
}

// late sends when the other side has gone, or is about to.
func late(x *box, l *proc.LWP, fd int32) error {
	buf := usermem.InBuf{Mem: usermem.Local([]byte("late"), nil)}
	_, err := x.SysSendto(l, fd, buf, abi.MSG_DONTWAIT|abi.MSG_NOSIGNAL, usermem.InBuf{})
	return err
}

// other returns err unless it is want.
func other(err, want error) error {
	if err == want {
		return nil
	}
	return err
}
