package client

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// A descriptor that a call uses is closed when that call is over, and once.
func TestCloseDuringRead(t *testing.T) {
	k, c := newFake(t)
	inside, release := make(chan bool), make(chan bool)
	closes := 0
	k.answer = func(num int, f *sysent.Frame) error {
		switch num {
		case sysent.SYS_read:
			inside <- true
			<-release
			f.Ret[0] = 1
		case sysent.SYS_close:
			closes++
		}
		return nil
	}
	f := c.NewFile(3, "pipe")
	read := make(chan error)
	go func() {
		_, err := f.Read(make([]byte, 1))
		read <- err
	}()
	<-inside
	if err := f.Close(); err != nil || closes != 0 {
		t.Errorf("Close = %v, %d descriptors closed under a call", err, closes)
	}
	if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("second Close = %v", err)
	}
	close(release)
	if err := <-read; err != nil || closes != 1 {
		t.Errorf("Read = %v, %d descriptors closed after it", err, closes)
	}
}
