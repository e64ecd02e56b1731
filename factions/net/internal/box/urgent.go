// Urgent data from one kernel to another.
package box

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Urgent sends urgent bytes from a to b and from b to a, behind other data and
// before, and finds each in its place.
func Urgent(t testing.TB, a, b *Box, to netip.AddrPort) {
	t.Helper()
	lfd := b.Listen(to)
	defer b.Close(lfd)
	afd := a.Dial(to)
	bfd, err := b.SysAccept(b.L, lfd, Nobody)
	b.OK(err)
	for n, size := range []int{0, 1, 5000, 20000, 0, 3} {
		body := bytes.Repeat([]byte("0123456789a"), size/11+1)[:size]
		urgent(t, a, b, afd, bfd, body, 'A'+byte(n))
		urgent(t, b, a, bfd, afd, body, 'a'+byte(n))
	}
	a.Close(afd)
	b.Close(bfd)
}

// urgent sends body and an urgent byte. The receiver was at the byte before, if
// any, until it reads on.
func urgent(t testing.TB, a, b *Box, afd, bfd int32, body []byte, last byte) {
	t.Helper()
	b.Timeout(bfd, 20*time.Second)
	a.OK(a.SendAll(a.L, afd, body))
	if n, err := a.SysSendto(a.L, afd, In([]byte{last}), abi.MSG_OOB, usermem.InBuf{}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	buf := make([]byte, len(body)+1)
	for got := 0; got < len(body); {
		n, err := b.Recv(b.L, bfd, buf)
		b.OK(err)
		if n == 0 || !bytes.Equal(buf[:n], body[got:min(got+n, len(body))]) {
			t.Fatalf("other bytes after %d of %d: %d", got, len(body), n)
		}
		got += n
	}
	var one [2]byte
	n, err := 0, error(abi.EWOULDBLOCK)
	for end := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
		n, err = b.SysRecvfrom(b.L, bfd, Out(one[:]), abi.MSG_OOB, Nobody)
	}
	if n != 1 || err != nil || one[0] != last {
		t.Fatalf("urgent: %q, %v, want %q", one[:n], err, last)
	}
	f, err := file.Get(b.L, bfd)
	b.OK(err)
	defer func() { _ = f.Drop(b.L) }()
	var mark uint32
	b.OK(f.Ops.Ioctl(b.L, f, abi.SIOCATMARK, &file.Arg{Data: usermem.BytesOf(&mark)}))
	if mark != 1 || f.Ops.Poll(f, abi.POLLPRI|abi.POLLIN) != abi.POLLPRI {
		t.Errorf("at mark: %d, ready: %#x", mark, f.Ops.Poll(f, abi.POLLPRI|abi.POLLIN))
	}
}
