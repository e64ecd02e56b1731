// The nodes of kern that tell of time.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// clockName is what the one time counter is called.
const clockName = "hostclock"

func (b *Base) sysctlClock(kern *sysctl.Node) {
	kern.Struct(abi.KERN_CLOCKRATE, "clockrate", "Kernel clock rates", 20, func(*proc.LWP) ([]byte, error) {
		return usermem.BytesOf(&abi.Clockinfo{Hz: hz, Tick: tick, Tickadj: tickadj, Stathz: 1, Profhz: 1}), nil
	})
	kern.Struct(abi.KERN_BOOTTIME, "boottime", "System boot time", 16, func(*proc.LWP) ([]byte, error) {
		ts := Timespec(b.BootTime())
		return usermem.BytesOf(&ts), nil
	})
	kern.IntFunc(abi.KERN_HARDCLOCK_TICKS, "hardclock_ticks", "Number of hardclock ticks",
		func() int32 { return int32(b.Uptime() / (tick * 1000)) })
	tc := kern.Node(sysctl.Auto, "timecounter", "Timecounter information")
	tc.ConstString(sysctl.Auto, "choice", "Available timecounters", clockName+"(q=0, f=1000000000 Hz)")
	tc.ConstString(sysctl.Auto, "hardware", "Timecounter in use", clockName)
}
