// What the files hold.
package kernfs

import (
	"strconv"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// entry is one value; set is nil for one that cannot be set.
type entry struct {
	name string
	get  func(b *kernel.Base) string
	set  func(b *kernel.Base, text string) error
}

// entries returns the values in the order they are listed.
func entries() []entry {
	return []entry{
		{name: "boottime", get: func(b *kernel.Base) string { return decimal(b.BootTime()/1e9) + "\n" }},
		{name: "hostname", get: func(b *kernel.Base) string { return b.Hostname() + "\n" }, set: setHostname},
		{name: "hz", get: line("100")},
		{name: "loadavg", get: line("0 0 0 " + strconv.Itoa(abi.FSCALE))},
		{name: "msgbuf", get: func(b *kernel.Base) string { return string(b.Msgbuf.Bytes()) }},
		{name: "pagesize", get: line(strconv.Itoa(pageSize))},
		{name: "physmem", get: func(b *kernel.Base) string { return decimal(memory(b)/pageSize) + "\n" }},
		{name: "time", get: now},
		{name: "version", get: line(kernel.Version)},
	}
}

const pageSize = 4096

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// line returns a value that never changes.
func line(s string) func(*kernel.Base) string {
	return func(*kernel.Base) string { return s + "\n" }
}

// now is seconds and microseconds since 1970.
func now(b *kernel.Base) string {
	ns := b.Now()
	return decimal(ns/1e9) + " " + decimal(ns%1e9/1e3) + "\n"
}

// memory returns hw.physmem64, in bytes.
func memory(b *kernel.Base) int64 {
	var n int64
	mem := usermem.Local(usermem.BytesOf(&n), nil)
	_, _ = b.Sysctl.Sysctl(b.BootLWP(), []int32{abi.CTL_HW, abi.HW_PHYSMEM64}, mem, mem.Len(), usermem.InBuf{})
	return n
}

// setHostname sets kern.hostname.
func setHostname(b *kernel.Base, text string) error {
	newv := usermem.InBuf{Mem: usermem.Local(append([]byte(text), 0), nil)}
	_, err := b.Sysctl.Sysctl(b.BootLWP(), []int32{abi.CTL_KERN, abi.KERN_HOSTNAME}, usermem.Mem{}, 0, newv)
	return err
}
