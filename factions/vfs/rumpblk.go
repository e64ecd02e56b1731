// Host files as block devices (rumpblk): what etfs shows as BLK or CHR.
package vfs

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const (
	blkName   = "rumpblk"
	blkMajor  = 197
	blkUnits  = 16
	blkSector = 512
)

// rumpBlk is the units of the driver.
type rumpBlk struct {
	mu       sync.Mutex
	attached bool
	units    []*blkUnit
}

// blkUnit is one host file. It is opened when it is registered.
type blkUnit struct {
	path     string
	f        hypercall.File
	readOnly bool
	win      window
}

// register returns the device number for a host file: the one it has, or a new
// one. EBUSY when there is no unit left.
func (r *rumpBlk) register(v *VFS, path string, w window) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, u := range r.units {
		if u.path == path {
			return abi.Makedev(blkMajor, uint32(i)), nil
		}
	}
	if len(r.units) == blkUnits {
		return 0, abi.EBUSY
	}
	if !r.attached {
		d := devsw.Driver{Name: blkName, Char: blkMajor, Block: blkMajor, Open: r.open}
		if err := v.b.Devsw.Attach(d); err != nil {
			return 0, err
		}
		r.attached = true
	}
	f, ro, err := openHost(v.b.Host, path)
	if err != nil {
		return 0, err
	}
	r.units = append(r.units, &blkUnit{path: path, f: f, readOnly: ro, win: w})
	return abi.Makedev(blkMajor, uint32(len(r.units)-1)), nil
}

// detach closes the host files.
func (r *rumpBlk) detach(v *VFS) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, u := range r.units {
		_ = u.f.Close()
	}
	r.units = nil
	if r.attached {
		v.b.Devsw.Detach(blkName)
		r.attached = false
	}
}

// open opens a unit: ENXIO when there is none, EACCES for writing one that the
// host lets us only read.
func (r *rumpBlk) open(_ *proc.LWP, minor uint32, _ bool, flags uint32) (devsw.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if int(minor) >= len(r.units) {
		return nil, abi.ENXIO
	}
	u := r.units[minor]
	if u.readOnly && flags&file.FWRITE != 0 {
		return nil, abi.EACCES
	}
	return &blkDev{blkUnit: u, minor: minor}, nil
}

// blkDev is one open unit.
type blkDev struct {
	*blkUnit
	minor uint32
}

// clip cuts a transfer of n bytes at off to what is there: EINVAL when it is
// not in whole sectors or begins beyond the end.
func (d *blkDev) clip(n int, off int64) (int, error) {
	if n%blkSector != 0 || off%blkSector != 0 || off > d.win.size {
		return 0, abi.EINVAL
	}
	return int(min(int64(n), d.win.size-off)), nil
}

func (d *blkDev) Read(_ *proc.LWP, p []byte, off int64, _ bool) (int, error) {
	n, err := d.clip(len(p), off)
	if n == 0 || err != nil {
		return 0, err
	}
	return d.f.ReadAt(p[:n], d.win.begin+off)
}

func (d *blkDev) Write(_ *proc.LWP, p []byte, off int64, _ bool) (int, error) {
	if d.readOnly {
		return 0, abi.EROFS
	}
	n, err := d.clip(len(p), off)
	if n == 0 || err != nil {
		return 0, err
	}
	return d.f.WriteAt(p[:n], d.win.begin+off)
}

// Ioctl knows the disk's label and size.
func (d *blkDev) Ioctl(_ *proc.LWP, cmd uint32, arg *file.Arg) error {
	switch cmd {
	case abi.DIOCGDINFO:
		label := d.label()
		copy(arg.Data, usermem.BytesOf(&label))
	case abi.DIOCGMEDIASIZE:
		size := d.win.size
		copy(arg.Data, usermem.BytesOf(&size))
	case abi.DIOCGSECTORSIZE:
		n := uint32(blkSector)
		copy(arg.Data, usermem.BytesOf(&n))
	case abi.DIOCCACHESYNC:
		return d.f.Sync()
	case abi.FIONBIO, abi.FIOASYNC:
	default:
		return abi.ENOTTY
	}
	return nil
}

// label makes up a label: one partition, numbered as the unit, holds all.
func (d *blkDev) label() abi.Disklabel {
	sectors := uint32(min(d.win.size/blkSector, 1<<32-1))
	l := abi.Disklabel{
		Magic: abi.DISKMAGIC, Magic2: abi.DISKMAGIC, Type: abi.DKTYPE_RUMPD,
		Secsize: blkSector, Nsectors: sectors, Ntracks: 1, Ncylinders: 1,
		Secpercyl: sectors, Secperunit: sectors, Rpm: 11, Interleave: 1,
		Npartitions: uint16(d.minor + 1),
	}
	copy(l.Typename[:], "rumpd")
	copy(l.Un[:], "fictitious")
	l.Partitions[d.minor] = abi.Partition{Size: sectors, Fstype: abi.FS_UNUSED}
	return l
}

// Size returns the size in bytes.
func (d *blkDev) Size() int64 { return d.win.size }

func (d *blkDev) Poll(events event.Mask) event.Mask {
	return events & (abi.POLLIN | abi.POLLOUT | abi.POLLRDNORM | abi.POLLWRNORM)
}

func (d *blkDev) Events() *event.Queue { return nil }

func (d *blkDev) Close(*proc.LWP) error { return nil }
