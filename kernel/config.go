// What a kernel is told before it boots.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Config is the parameters of a kernel. The zero value boots one on the real
// host with that host's processors and no memory limit.
type Config struct {
	// Host is where the kernel runs; nil is the real host.
	Host hypercall.Host
	// Hostname is kern.hostname; "" is rump-PID.HOST.
	Hostname string
	// NCPU bounds how many lwps run at once (RUMP_NCPU); 0 does not.
	NCPU int
	// MemLimit bounds the memory of caches, buffers and tables, in bytes
	// (RUMP_MEMLIMIT); 0 does not.
	MemLimit int64
	// Verbose prints the boot messages on the console (RUMP_VERBOSE).
	Verbose bool
	// Howto is the boot flags (RB_ and AB_); AB_VERBOSE is Verbose.
	Howto int32
	// SigModel says what becomes of signals; the zero value gives them to the
	// caller.
	SigModel proc.SigModel
	// MaxProc bounds the number of processes; 0 is 16384.
	MaxProc int
	// Etfs are host files shown in the root file system, when there is one.
	Etfs []Etfs
	// Getenv looks up further parameters of parts (RUMP_NVNODES,
	// RUMP_BLKFAIL, …); nil has none.
	Getenv func(name string) (string, bool)
	// OnSignal is given the signals of local processes that have no handler
	// of their own; nil drops them.
	OnSignal func(pid, sig int32)
}

// Etfs is one host file to show in the root file system.
type Etfs struct {
	// Key is where, from the root: "/disk.img".
	Key string
	// HostPath is the host's name of it.
	HostPath string
	// Type is how it is shown.
	Type EtfsType
	// Begin and Size are the window of the host file that is shown, in
	// bytes; Size 0 is to the end.
	Begin, Size int64
}

// EtfsType is how a host file is shown (RUMP_ETFS_).
type EtfsType int32

// The types of etfs entries.
const (
	EtfsReg EtfsType = iota
	EtfsBlk
	EtfsChr
	EtfsDir
	EtfsDirSubdirs
)

// Env returns a further parameter, "" when it is not set.
func (c *Config) Env(name string) string {
	if c.Getenv == nil {
		return ""
	}
	v, _ := c.Getenv(name)
	return v
}
