package local_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestEndMeanwhile closes one end of a connection while the other reads it: that
// is an end, as it is before and after.
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
						done <- err
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
