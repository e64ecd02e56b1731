// The client's memory without a call: what is stored there later.
package sysproxy

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// lasting is a usermem.Space that only stores.
type lasting struct{ c *conn }

// Lasting implements usermem.Lasting.
func (w *worker) Lasting() usermem.Space { return lasting{w.c} }

// CopyOut sends src to the client: EFAULT when it is gone.
func (s lasting) CopyOut(addr uint64, src []byte) error {
	for len(src) > 0 {
		if addr == 0 || s.c.isDead() {
			return abi.EFAULT
		}
		n := min(len(src), maxPiece)
		var head [sp.CopyHeader]byte
		frame := sp.AppendCopy(head[:0], sp.Copyout, s.c.reqno.Add(1)-1, uint64(n), addr, uint64(n))
		if s.c.send(nil, frame, src[:n]) != nil {
			s.c.fail()
			return abi.EFAULT
		}
		src, addr = src[n:], addr+uint64(n)
	}
	return nil
}

func (lasting) CopyIn([]byte, uint64) error           { return abi.EFAULT }
func (lasting) CopyInStr(uint64, int) (string, error) { return "", abi.EFAULT }
func (lasting) Window(n int) []byte                   { return make([]byte, min(n, maxPiece)) }

// Commit implements usermem.Space.
func (s lasting) Commit(win []byte, addr uint64, n int) error { return s.CopyOut(addr, win[:n]) }
