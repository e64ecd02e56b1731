// Commands of bpf(4).
package bpf

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/rumpkit/rumpkit/factions/net/bpf/filter"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// statSize is the length of struct bpf_stat.
const statSize = 128

func statBytes(received, dropped, captured uint64) []byte {
	st := abi.BpfStat{Recv: received, Drop: dropped, Capt: captured}
	return bytes.Clone(usermem.BytesOf(&st))
}

// Ioctl implements devsw.Device: EINVAL for an unknown command, and for those
// that ask for an interface when there is none.
func (d *device) Ioctl(_ *proc.LWP, cmd uint32, arg *file.Arg) error {
	switch cmd {
	case abi.BIOCSETIF:
		return d.bind(arg.Data)
	case abi.BIOCSETF:
		return d.setFilter(arg)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if get, v := d.get(cmd); get {
		binary.LittleEndian.PutUint32(arg.Data, v)
		return nil
	}
	switch cmd {
	case abi.FIONBIO:
	case abi.BIOCFLUSH:
		d.reset()
	case abi.BIOCGSTATS:
		copy(arg.Data, statBytes(d.received, d.dropped, d.captured))
	case abi.BIOCGSTATSOLD:
		binary.LittleEndian.PutUint32(arg.Data, uint32(d.received))
		binary.LittleEndian.PutUint32(arg.Data[4:], uint32(d.dropped))
	case abi.BIOCVERSION:
		v := abi.BpfVersion{Major: abi.BPF_MAJOR_VERSION, Minor: abi.BPF_MINOR_VERSION}
		copy(arg.Data, usermem.BytesOf(&v))
	case abi.BIOCGRTIMEOUT:
		tv := abi.Timeval{Sec: int64(d.timeout / time.Second), Usec: int32(d.timeout % time.Second / time.Microsecond)}
		copy(arg.Data, usermem.BytesOf(&tv))
	case abi.BIOCSRTIMEOUT:
		return d.setTimeout(arg.Data)
	default:
		return d.set(cmd, arg)
	}
	return nil
}

// get answers commands that return a number. Preconditions: d.mu is held.
func (d *device) get(cmd uint32) (ok bool, v uint32) {
	flag := func(b bool) (bool, uint32) {
		if b {
			return true, 1
		}
		return true, 0
	}
	switch cmd {
	case abi.FIONREAD:
		return true, uint32(len(d.store) + len(d.hold))
	case abi.BIOCGBLEN:
		return true, uint32(d.size)
	case abi.BIOCGDLT:
		return d.tapped != nil, d.linkType()
	case abi.BIOCGHDRCMPLT:
		return flag(d.complete)
	case abi.BIOCGSEESENT:
		return flag(d.seeSent)
	case abi.BIOCGFEEDBACK:
		return flag(d.feedback)
	}
	return false, 0
}

// set performs commands that take a number, and those that need an interface.
// Preconditions: d.mu is held.
func (d *device) set(cmd uint32, arg *file.Arg) error {
	v := uint32(0)
	if len(arg.Data) >= 4 {
		v = binary.LittleEndian.Uint32(arg.Data)
	}
	switch cmd {
	case abi.BIOCIMMEDIATE:
		d.immediate = v != 0
		return nil
	case abi.BIOCSHDRCMPLT:
		d.complete = v != 0
		return nil
	case abi.BIOCSSEESENT:
		d.seeSent = v != 0
		return nil
	case abi.BIOCSFEEDBACK:
		d.feedback = v != 0
		return nil
	case abi.BIOCSBLEN:
		if d.tapped != nil {
			return abi.EINVAL
		}
		d.size = int(min(max(v, abi.BPF_MINBUFSIZE), uint32(d.b.maxBuf.Load())))
		binary.LittleEndian.PutUint32(arg.Data, uint32(d.size))
		return nil
	}
	if d.tapped == nil {
		return abi.EINVAL
	}
	switch cmd {
	case abi.BIOCPROMISC:
		if d.link != nil && !d.promisc {
			d.promisc = true
			d.link.Promiscuous(true)
		}
	case abi.BIOCGETIF:
		clear(arg.Data[:abi.IFNAMSIZ])
		copy(arg.Data[:abi.IFNAMSIZ-1], d.ifname)
	case abi.BIOCSDLT:
		if v != d.linkType() {
			return abi.EINVAL
		}
	case abi.BIOCGDLTLIST:
		return d.linkTypes(arg)
	default:
		return abi.EINVAL
	}
	return nil
}

// linkType is DLT_EN10MB, or DLT_NULL of a loopback.
func (d *device) linkType() uint32 {
	if d.link == nil {
		return abi.DLT_NULL
	}
	return abi.DLT_EN10MB
}

// linkTypes answers BIOCGDLTLIST: ENOMEM when the list has no room.
func (d *device) linkTypes(arg *file.Arg) error {
	var list abi.BpfDltlist
	copy(usermem.BytesOf(&list), arg.Data)
	if list.List != 0 {
		if list.Len < 1 {
			return abi.ENOMEM
		}
		b := binary.LittleEndian.AppendUint32(nil, d.linkType())
		if err := arg.User.Follow(list.List, len(b)).CopyOut(b); err != nil {
			return err
		}
	}
	list.Len = 1
	copy(arg.Data, usermem.BytesOf(&list))
	return nil
}

// maxTimeout bounds a read's timeout.
const maxTimeout = 24 * 365 * time.Hour

// setTimeout performs BIOCSRTIMEOUT.
func (d *device) setTimeout(b []byte) error {
	var tv abi.Timeval
	copy(usermem.BytesOf(&tv), b)
	if tv.Sec < 0 || tv.Usec < 0 || tv.Usec >= 1e6 || tv.Sec > int64(maxTimeout/time.Second) {
		return abi.EINVAL
	}
	d.timeout = time.Duration(tv.Sec)*time.Second + time.Duration(tv.Usec)*time.Microsecond
	return nil
}

// setFilter performs BIOCSETF; a program of no instructions wants everything.
func (d *device) setFilter(arg *file.Arg) error {
	var p abi.BpfProgram
	copy(usermem.BytesOf(&p), arg.Data)
	var prog filter.Program
	if p.Len > abi.BPF_MAXINSNS || p.Len == 0 && p.Insns != 0 {
		return abi.EINVAL
	}
	if p.Len > 0 {
		insns := make([]abi.BpfInsn, p.Len)
		b := make([]byte, 8*len(insns))
		if err := arg.User.Follow(p.Insns, len(b)).CopyIn(b); err != nil {
			return err
		}
		for i := range insns {
			copy(usermem.BytesOf(&insns[i]), b[8*i:])
		}
		var err error
		if prog, err = filter.Check(insns); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.prog = prog
	d.reset()
	return nil
}
