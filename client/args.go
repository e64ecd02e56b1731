// Arguments: how stubs put what Go programs have into a frame, and take it out.

package client

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// num makes slot i a number.
func (t *call) num(i int, v uint64) { t.Slot[i] = v }

// str makes slot i a string.
func (t *call) str(i int, s string) {
	t.Slot[i] = 0
	t.Mem[i] = usermem.BytesOfString(s)
}

// optStr makes slot i a string, or NULL if it is empty.
func (t *call) optStr(i int, s string) {
	t.Slot[i] = 0
	if s != "" {
		t.Mem[i] = usermem.BytesOfString(s)
	}
}

// mem makes slot i memory; nil is NULL.
func (t *call) mem(i int, b []byte) {
	t.Slot[i] = 0
	t.Mem[i] = b
}

// result makes slot i the first n bytes of out.
func (t *call) result(i, n int) {
	t.out = [2]uint64{}
	t.mem(i, usermem.BytesOf(&t.out)[:n])
}

// run makes the call; results are in Ret.
func (t *call) run(num int) error { return t.thread.Syscall(num, &t.Frame) }

// value is the first result as an int, -1 if the call failed.
func (t *call) value(err error) int {
	if err != nil {
		return -1
	}
	return int(t.Ret[0])
}

// pair is both results as ints, -1 if the call failed.
func (t *call) pair(err error) (int, int) {
	if err != nil {
		return -1, -1
	}
	return int(t.Ret[0]), int(t.Ret[1])
}

// status is the error of a call that leaves it in its first result.
func (t *call) status(err error) error {
	if err == nil && t.Ret[0] != 0 {
		return abi.Errno(t.Ret[0])
	}
	return err
}

// out32 is the int stored at word i of out.
func (t *call) out32(i int) int { return int(int32(t.out[i/2] >> (i % 2 * 32))) }
