package client

// Each stub against its row of the table.

import (
	"reflect"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/gen/master"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

func table(t *testing.T) *master.Table {
	t.Helper()
	table, err := master.ParseFile("../syscalls.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// sample is an argument for a stub's parameter, never zero or nil.
func sample(typ reflect.Type, i int) reflect.Value {
	v := reflect.New(typ).Elem()
	switch {
	case typ == reflect.TypeFor[Arg]():
		v.Set(reflect.ValueOf(Buf(make([]byte, 10+i))))
	case typ.Kind() == reflect.String:
		v.SetString(strings.Repeat("s", i+1))
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Pointer:
		v.Set(reflect.MakeSlice(typ, 10+i, 10+i))
	case typ.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(typ, 10+i, 10+i))
	case typ.Kind() == reflect.Pointer:
		v.Set(reflect.New(typ.Elem()))
	case v.CanInt():
		v.SetInt(int64(1000 + i))
	default:
		v.SetUint(uint64(1000 + i))
	}
	return v
}

// callStub calls the stub of e with samples, and returns its results.
func callStub(t *testing.T, c *Client, e *master.Entry) []reflect.Value {
	m := reflect.ValueOf(c).MethodByName(e.StubName)
	if !m.IsValid() {
		t.Fatalf("no stub %s", e.StubName)
	}
	args := make([]reflect.Value, m.Type().NumIn())
	for i := range args {
		args[i] = sample(m.Type().In(i), i)
	}
	return m.Call(args)
}

// TestFrames calls each stub and holds the frame that reaches the kernel
// against the row.
func TestFrames(t *testing.T) {
	n := 0
	for _, e := range table(t).Entries {
		if !e.Rump {
			continue
		}
		n++
		t.Run(e.StubName, func(t *testing.T) {
			k, c := newFake(t)
			k.answer = func(num int, f *sysent.Frame) error {
				if num != e.Number {
					t.Errorf("call %d, want %d", num, e.Number)
				}
				checkFrame(t, &e, f)
				f.Ret = [2]int64{41, 42}
				return nil
			}
			// The frame is dirty, as after a call with other arguments.
			frame := c.enter()
			for i := range frame.Slot {
				frame.Slot[i] = 0xdeadbeef
			}
			c.leave(frame)
			callStub(t, c, &e)
			for i, m := range c.enter().Mem {
				if m != nil {
					t.Errorf("memory of slot %d is kept", i)
				}
			}
		})
	}
	if n != 218 {
		t.Errorf("%d stubs, want 218", n)
	}
}

// checkFrame holds a frame that samples filled against the row: numbers where
// numbers are, memory where pointers are, zero in pads, lengths that are right.
func checkFrame(t *testing.T, e *master.Entry, f *sysent.Frame) {
	index := make(map[string]int)
	for i, a := range e.Args {
		index[a.Name] = i
	}
	for i, a := range e.Args {
		pointer := strings.Contains(a.Type, "*")
		switch {
		case a.Pad:
			if f.Slot[i] != 0 || f.Mem[i] != nil {
				t.Errorf("pad %d is %#x, %v", i, f.Slot[i], f.Mem[i])
			}
		case pointer:
			if f.Mem[i] == nil || f.Slot[i] != 0 {
				t.Errorf("pointer %s is %#x, %v", a.Name, f.Slot[i], f.Mem[i])
			}
		case f.Mem[i] != nil || f.Slot[i] == 0 || f.Slot[i] == 0xdeadbeef:
			t.Errorf("number %s is %#x, %v", a.Name, f.Slot[i], f.Mem[i])
		}
		if j, ok := index[a.Len]; ok {
			checkLength(t, &a, f.Mem[i], f.Slot[j])
		}
	}
	for i := len(e.Args); i < sysent.MaxSlots; i++ {
		if f.Mem[i] != nil {
			t.Errorf("memory in slot %d, behind the last", i)
		}
	}
}

func checkLength(t *testing.T, a *master.Arg, mem []byte, n uint64) {
	if n == 0 || uint64(len(mem))%n != 0 || a.Shape == master.Bytes && uint64(len(mem)) != n {
		t.Errorf("%s is %d bytes, its length %d", a.Name, len(mem), n)
	}
}

// TestErrors: an error of the kernel is the stub's error, and values are -1.
func TestErrors(t *testing.T) {
	for _, e := range table(t).Entries {
		if !e.Rump {
			continue
		}
		k, c := newFake(t)
		k.answer = func(_ int, f *sysent.Frame) error {
			f.Ret[0] = 7
			return abi.EDOM
		}
		results := callStub(t, c, &e)
		if len(results) == 0 {
			continue
		}
		last := results[len(results)-1]
		if last.Type() != reflect.TypeFor[error]() {
			if e.Type != "NOERR" || last.Int() != -1 {
				t.Errorf("%s has no error, or gives %v", e.StubName, last)
			}
			continue
		}
		if last.Interface() != abi.EDOM {
			t.Errorf("%s: error %v, want EDOM", e.StubName, last)
		}
		if v := results[0]; e.RetValues > 0 && v.CanInt() && v.Int() != -1 {
			t.Errorf("%s: value %v beside an error", e.StubName, v)
		}
	}
}
