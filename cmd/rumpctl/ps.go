// The command ps: list the processes of the kernel.
package main

import (
	"slices"
	"strconv"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func psCommand() *command {
	return &command{
		name:     "ps",
		doc:      "list the processes of the kernel",
		more:     "A process stands for a client, or a child that a client has made. Pid 0 is the\nkernel, pid 1 the parent of all clients.",
		examples: []string{"rumpctl ps"},
		run: func(k *ctl, _ options, _ []string) error {
			procs, err := k.processes()
			if err != nil {
				return err
			}
			rows := [][]string{{"PID", "PPID", "UID", "LWPS", "STATE", "STARTED", "COMMAND"}}
			for i := range procs {
				rows = append(rows, psRow(&procs[i]))
			}
			k.table(rows, ">>>><<<")
			return nil
		},
	}
}

// processes returns all processes in the order of their pids.
func (k *ctl) processes() ([]abi.KinfoProc2, error) {
	size := len(usermem.BytesOf(new(abi.KinfoProc2)))
	mib := []int32{abi.CTL_KERN, abi.KERN_PROC2, abi.KERN_PROC_ALL, 0, int32(size), maxProcs}
	b, err := k.sysctlRead(mib)
	if err != nil {
		return nil, err
	}
	list := make([]abi.KinfoProc2, len(b)/size)
	for i := range list {
		copy(usermem.BytesOf(&list[i]), b[i*size:])
	}
	slices.SortFunc(list, func(a, b abi.KinfoProc2) int { return int(a.Pid) - int(b.Pid) })
	return list, nil
}

// maxProcs is how many processes one call may return.
const maxProcs = 1 << 16

func psRow(p *abi.KinfoProc2) []string {
	return []string{
		strconv.Itoa(int(p.Pid)), strconv.Itoa(int(p.Ppid)), strconv.Itoa(int(p.Uid)),
		strconv.FormatUint(p.Nlwps, 10), psState(p), psStarted(p), cstring(p.Comm[:]),
	}
}

// psState says what a process is doing; one that waits, for what.
func psState(p *abi.KinfoProc2) string {
	switch p.Stat {
	case abi.LSSLEEP:
		if w := cstring(p.Wmesg[:]); w != "" {
			return "waits: " + w
		}
		return "waits"
	case abi.LSSTOP:
		return "stopped"
	case abi.LSZOMB, abi.LSDEAD:
		return "ended"
	}
	return "runs"
}

func psStarted(p *abi.KinfoProc2) string {
	if p.UstartSec == 0 {
		return "-"
	}
	return time.Unix(int64(p.UstartSec), 0).Format("15:04:05")
}
