// The exchanges as they look on the wire, byte for byte.
package sysproxy_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

func TestBanner(t *testing.T) {
	if sysproxy.Banner != "RUMPSP-0.4-NetBSD-7.99.34/amd64\n" {
		t.Errorf("%q", sysproxy.Banner)
	}
}

// introduce sends the handshake of a guest called "demo", numbered 0.
func introduce(p *peer) {
	p.sendHex(`1d00000000000000 0000000000000000 0000000000000000 64656d6f00`)
	p.expectHex(`1c00000000000000 0000000000000000 0100000000000000 00000000`)
}

func TestGuestAndGetpid(t *testing.T) {
	p := boot(t, sysproxy.Options{}).dial()
	introduce(p)
	p.sendHex(`1800000000000000 0100000000000000 0000010014000000`)
	p.expectHex(`3000000000000000 0100000000000000 0100010000000000
		0000000000000000 0200000000000000 0100000000000000`)
}

func TestOpenAsksForThePath(t *testing.T) {
	p := bootVFS(t).dial()
	introduce(p)
	// open("/x", O_RDWR|O_CREAT, 0644), the path at 0x10000
	p.sendHex(`3000000000000000 0200000000000000 0000010005000000
		0000010000000000 0202000000000000 a401000000000000`)
	p.expectHex(`2800000000000000 0000000000000000 0000030000000000
		0004000000000000 0000010000000000`)
	p.sendHex(`1b00000000000000 0000000000000000 0100020000000000 2f7800`)
	p.expectHex(`3000000000000000 0200000000000000 0100010000000000
		0000000000000000 0300000000000000 0000000000000000`)
	// __fstat50(3, 0x30000): 152 bytes of struct stat and the answer
	p.send(call(3, 440, 3, 0x30000))
	h, b := p.next()
	want := sp.Header{Len: 192, Reqno: 1, Class: sp.Req, Type: sp.Copyout}
	if h != want || sp.Uint64(b) != 152 || sp.Uint64(b[8:]) != 0x30000 {
		t.Fatalf("%+v %x", h, b)
	}
	if e, _, _ := p.result(3); e != 0 {
		t.Fatalf("fstat: errno %d", e)
	}
	// open("/none", O_RDONLY): ENOENT
	p.send(call(4, 5, 0x10000, 0, 0))
	p.expect(sp.Header{Type: sp.CopyinStr, Reqno: 2}, "\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00")
	p.send(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin, Reqno: 2}, "/none\x00"))
	if e, r0, r1 := p.result(4); e != 2 || r0 != 0 || r1 != 0 {
		t.Errorf("errno %d, %d %d", e, r0, r1)
	}
}

func TestPipeFillsBothRegisters(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	p.send(call(7, 42))
	if e, r0, r1 := p.result(7); e != 0 || r0 != 3 || r1 != 4 {
		t.Errorf("errno %d, %d %d", e, r0, r1)
	}
}

func TestWriteAsksForTheData(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	p.send(call(2, 4, 1, 0x1000, 3))
	p.expectHex(`2800000000000000 0000000000000000 0000020000000000
		0300000000000000 0010000000000000`)
	p.sendHex(`1b00000000000000 0000000000000000 0100020000000000 68690a`)
	if e, n, _ := p.result(2); e != 0 || n != 3 {
		t.Errorf("errno %d, %d bytes", e, n)
	}
}

func TestReadStoresTheData(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	p.send(call(2, 42))
	p.result(2)
	p.send(call(3, 4, 4, 0x1000, 5))
	p.next()
	p.send(frame(sp.Header{Class: sp.Resp, Type: sp.Copyin}, "hello"))
	p.result(3)
	p.send(call(4, 3, 3, 0x2000, 100))
	p.expectHex(`2d00000000000000 0100000000000000 0000040000000000
		0500000000000000 0020000000000000 68656c6c6f
		3000000000000000 0400000000000000 0100010000000000
		0000000000000000 0500000000000000 0000000000000000`)
}

func TestSignalGoesAheadOfTheAnswer(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	p.send(call(2, 14)) // a module's row that nothing serves
	p.expectHex(`1800000000000000 0000000000000000 000008000c000000
		3000000000000000 0200000000000000 0100010000000000
		4e00000000000000 0000000000000000 0000000000000000`)
	p.send(call(3, 511)) // no row
	if e, _, _ := p.result(3); e != 78 {
		t.Errorf("errno %d", e)
	}
}

func TestExecFrames(t *testing.T) {
	p := boot(t, sysproxy.Options{}).guest()
	p.sendHex(`2000000000000000 0900000000000000 0000000003000000 6e657770726f6700`)
	p.expectHex(`1c00000000000000 0900000000000000 0100000000000000 00000000`)
}
