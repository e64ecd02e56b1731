// Host files as block devices (rumpblk): what etfs shows as BLK or CHR.
package vfs

import (
	"slices"
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
	blkName  = "rumpblk"
	blkMajor = 197
	blkUnits = 16
)

// rumpBlk is the units of the driver.
type rumpBlk struct {
	mu       sync.Mutex
	attached bool
	units    [blkUnits]*blkUnit
	params   blkParams
	counters blkCounters
}

// blkUnit is one host file. It is opened when it is registered.
type blkUnit struct {
	blk      *rumpBlk
	minor    uint32
	path     string
	f        hypercall.File
	readOnly bool
	win      window
	users    int // keys and opens; protected by rumpBlk.mu
}

// register returns the device number for a host file: the one it has, or a new
// one. EBUSY when there is no unit left.
func (r *rumpBlk) register(v *VFS, path string, w window) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, u := range r.units {
		if u != nil && u.path == path {
			u.users++
			return abi.Makedev(blkMajor, uint32(i)), nil
		}
	}
	i := slices.Index(r.units[:], nil)
	if i < 0 {
		return 0, abi.EBUSY
	}
	if err := r.attach(v); err != nil {
		return 0, err
	}
	f, ro, err := v.host().open(path)
	if err != nil {
		return 0, err
	}
	r.units[i] = &blkUnit{blk: r, minor: uint32(i), path: path, f: f, readOnly: ro, win: w, users: 1}
	return abi.Makedev(blkMajor, uint32(i)), nil
}

// attach enters the driver, once. Preconditions: r.mu is held.
func (r *rumpBlk) attach(v *VFS) error {
	if r.attached {
		return nil
	}
	d := devsw.Driver{Name: blkName, Char: blkMajor, Block: blkMajor, Open: r.open}
	if err := v.b.Devsw.Attach(d); err != nil {
		return err
	}
	r.attached = true
	r.counters.attach(v.b.Evcnt)
	return nil
}

// release ends a use of a unit; with the last one its host file is closed.
func (r *rumpBlk) release(u *blkUnit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u.users--; u.users == 0 {
		_ = u.f.Close()
		r.units[u.minor] = nil
	}
}

// unit returns a unit, nil when there is none.
func (r *rumpBlk) unit(minor uint32) *blkUnit {
	r.mu.Lock()
	defer r.mu.Unlock()
	if minor >= blkUnits {
		return nil
	}
	return r.units[minor]
}

// detach closes the host files.
func (r *rumpBlk) detach(v *VFS) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, u := range r.units {
		if u != nil {
			_ = u.f.Close()
			u.users = 0 // who has it open closes it in vain
		}
	}
	clear(r.units[:])
	if r.attached {
		v.b.Devsw.Detach(blkName)
		r.counters.detach(v.b.Evcnt)
		r.attached = false
	}
}

// open opens a unit: ENXIO when there is none, EACCES for writing one that the
// host lets us only read.
func (r *rumpBlk) open(_ *proc.LWP, minor uint32, _ bool, flags uint32) (devsw.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if minor >= blkUnits || r.units[minor] == nil {
		return nil, abi.ENXIO
	}
	u := r.units[minor]
	if u.readOnly && flags&file.FWRITE != 0 {
		return nil, abi.EACCES
	}
	u.users++
	return &blkDev{u}, nil
}

// blkDev is one open unit.
type blkDev struct{ *blkUnit }

// clip cuts a transfer of n bytes at off to what is there: EINVAL when it is
// not in whole sectors or begins beyond the end.
func (d *blkDev) clip(n int, off int64) (int, error) {
	sector := d.blk.params.sector
	if int64(n)%sector != 0 || off%sector != 0 || off > d.win.size {
		return 0, abi.EINVAL
	}
	return int(min(int64(n), d.win.size-off)), nil
}

func (d *blkDev) Read(_ *proc.LWP, p []byte, off int64, _ bool) (int, error) {
	n, err := d.clip(len(p), off)
	if n == 0 || err != nil {
		return 0, err
	}
	if err := d.blk.begin(); err != nil {
		return 0, err
	}
	n, err = d.f.ReadAt(p[:n], d.win.begin+off)
	d.blk.counters.read.Add(uint64(max(n, 0)))
	return n, err
}

func (d *blkDev) Write(_ *proc.LWP, p []byte, off int64, _ bool) (int, error) {
	if d.readOnly {
		return 0, abi.EROFS
	}
	n, err := d.clip(len(p), off)
	if n == 0 || err != nil {
		return 0, err
	}
	if err := d.blk.begin(); err != nil {
		return 0, err
	}
	n, err = d.f.WriteAt(p[:n], d.win.begin+off)
	d.blk.counters.written.Add(uint64(max(n, 0)))
	return n, err
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
	case abi.DIOCGPARTINFO:
		part := d.partition()
		copy(arg.Data, usermem.BytesOf(&part))
	case abi.DIOCGSECTORSIZE:
		n := uint32(d.blk.params.sector)
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
	sectors := uint32(min(d.sectors(), 1<<32-1))
	l := abi.Disklabel{
		Magic: abi.DISKMAGIC, Magic2: abi.DISKMAGIC, Type: abi.DKTYPE_RUMPD,
		Secsize: uint32(d.blk.params.sector), Nsectors: sectors, Ntracks: 1, Ncylinders: 1,
		Secpercyl: sectors, Secperunit: sectors, Rpm: 11, Interleave: 1,
		Npartitions: uint16(d.minor + 1),
	}
	copy(l.Typename[:], "rumpd")
	copy(l.Un[:], "fictitious")
	l.Partitions[d.minor] = abi.Partition{Size: sectors, Fstype: abi.FS_UNUSED}
	return l
}

// partition describes the partition, all of the disk.
func (d *blkDev) partition() abi.Partinfo {
	return abi.Partinfo{
		Size: uint64(d.sectors()), Secsize: uint32(d.blk.params.sector),
		Bsize: blkIOSize, Fstype: abi.FS_UNUSED,
	}
}

// blkIOSize is the size in bytes in which a disk is best read (BLKDEV_IOSIZE).
const blkIOSize = 2048

func (u *blkUnit) sectors() int64 { return u.win.size / u.blk.params.sector }

// Size returns the size in bytes.
func (d *blkDev) Size() int64 { return d.win.size }

func (d *blkDev) Poll(events event.Mask) event.Mask {
	return events & (abi.POLLIN | abi.POLLOUT | abi.POLLRDNORM | abi.POLLWRNORM)
}

func (d *blkDev) Events() *event.Queue { return nil }

// Close ends a use of the unit.
func (d *blkDev) Close(*proc.LWP) error {
	d.blk.release(d.blkUnit)
	return nil
}
