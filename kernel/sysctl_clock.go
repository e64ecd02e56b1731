// The nodes of kern that tell of time.
package kernel

import (
	"encoding/binary"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// clockName is what the one time counter is called.
const clockName = "hostclock"

func (b *Base) sysctlClock(kern *sysctl.Node) {
	kern.Struct(abi.KERN_CLOCKRATE, "clockrate", "Kernel clock rates", 20, func(*proc.LWP) ([]byte, error) {
		return usermem.BytesOf(&abi.Clockinfo{Hz: hz, Tick: tick, Tickadj: tickadj, Stathz: 1, Profhz: 1}), nil
	}).Loose()
	kern.Struct(abi.KERN_BOOTTIME, "boottime", "System boot time", 16, func(*proc.LWP) ([]byte, error) {
		ts := Timespec(b.BootTime())
		return usermem.BytesOf(&ts), nil
	})
	kern.IntFunc(abi.KERN_HARDCLOCK_TICKS, "hardclock_ticks", "Number of hardclock ticks",
		func() int32 { return int32(b.Uptime() / (tick * 1000)) }).Loose()
	kern.Add(sysctl.Spec{
		Num: abi.KERN_CP_TIME, Name: "cp_time", Desc: "Clock ticks spent in different CPU states",
		Type: abi.CTLTYPE_STRUCT, Handler: b.cpTimeNode,
	})
	tc := kern.Node(sysctl.Auto, "timecounter", "Timecounter information")
	tc.String(sysctl.Auto, "choice", "Available timecounters", 0,
		func() string { return clockName + "(q=0, f=1000000000 Hz)" }, nil)
	tc.String(sysctl.Auto, "hardware", "Timecounter in use", 64, func() string { return clockName },
		func(v string) error {
			if v != clockName {
				return abi.EINVAL
			}
			return nil
		})
}

// cpTimeNode answers kern.cp_time: the ticks of all processors together to
// who asks for the size, or has room for one, or else of each; and
// kern.cp_time.N: ENOENT when there is no processor N.
func (b *Base) cpTimeNode(c *sysctl.Call) error {
	n := b.NCPU()
	switch {
	case len(c.Name) > 1:
		return abi.EINVAL
	case len(c.Name) == 1 && (c.Name[0] < 0 || int(c.Name[0]) >= n):
		return abi.ENOENT
	}
	one := b.cpTime(n)
	size := len(usermem.BytesOf(&one))
	sum := len(c.Name) == 0 && (!c.Wanted() || c.Room() == size)
	return c.Exchange(func(*proc.LWP) ([]byte, error) {
		if sum {
			return usermem.BytesOf(&one), nil
		}
		for i := range one {
			one[i] /= uint64(n)
		}
		var all []byte
		for range max(1, n*(1-len(c.Name))) {
			all = append(all, usermem.BytesOf(&one)...)
		}
		return all, nil
	}, nil)
}

// cpTime returns the ticks of n processors: of the host's process while it
// computed, which counts as the system's, and idle. A host that does not tell
// was idle.
func (b *Base) cpTime(n int) (ticks [abi.CPUSTATES]uint64) {
	var busy time.Duration
	if h, ok := b.Host.(hypercall.CPUTimer); ok {
		busy = h.CPUTime()
	}
	const each = time.Second / hz
	ticks[abi.CP_SYS] = uint64(busy / each)
	ticks[abi.CP_IDLE] = uint64(max(0, time.Duration(b.Uptime())*time.Duration(n)-busy) / each)
	return ticks
}

// le64 returns the bytes of a 64-bit value.
func le64(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }
