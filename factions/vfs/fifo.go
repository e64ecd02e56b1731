// Open fifos: a vnode that names a pipe.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/pipe"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// fifoOps is the operations of open fifos.
type fifoOps struct{ v *VFS }

// fifoFile is one open fifo: Data of its file.
type fifoFile struct {
	vp   *vnode.Vnode // with a reference
	pipe *pipe.Pipe
	r, w file.Ops
}

// openFifo opens a fifo, whose reference it takes over, and waits for the other
// end: ENXIO for O_NONBLOCK and writing when nobody reads, EINTR.
func (v *VFS) openFifo(l *proc.LWP, vp *vnode.Vnode, fflags uint32) (*file.File, error) {
	p := v.fifoOf(vp)
	if err := p.Join(l, fflags); err != nil {
		vp.Unref()
		return nil, err
	}
	f := &fifoFile{vp: vp, pipe: p, r: p.Reader(), w: p.Writer()}
	return file.New(&v.fifos, file.KindPipe, f, fflags), nil
}

// fifoOf returns the pipe of a fifo, made when it is first opened. It stays
// with the vnode, and holds memory only while it is open.
func (v *VFS) fifoOf(vp *vnode.Vnode) *pipe.Pipe {
	e := vp.Extra()
	if p := e.Fifo.Load(); p != nil {
		return p
	}
	e.Fifo.CompareAndSwap(nil, pipe.NewFifo(pipe.Config{Mem: v.b.Mem, Now: v.now}))
	return e.Fifo.Load()
}

func fifo(f *file.File) *fifoFile { return f.Data.(*fifoFile) }

// Read waits for data: 0 when there is no writer.
func (o *fifoOps) Read(l *proc.LWP, f *file.File, p []byte) (int, error) {
	return fifo(f).r.Read(l, f, p)
}

// Write waits for room: EPIPE when there is no reader.
func (o *fifoOps) Write(l *proc.LWP, f *file.File, p []byte) (int, error) {
	return fifo(f).w.Write(l, f, p)
}

// Ioctl tells how much can be read or written.
func (o *fifoOps) Ioctl(l *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	if f.Readable() {
		return fifo(f).r.Ioctl(l, f, cmd, arg)
	}
	return fifo(f).w.Ioctl(l, f, cmd, arg)
}

// Poll asks the ends that are open.
func (o *fifoOps) Poll(f *file.File, events event.Mask) (ready event.Mask) {
	if f.Readable() {
		ready = fifo(f).r.Poll(f, events)
	}
	if f.Writable() {
		ready |= fifo(f).w.Poll(f, events)
	}
	return ready
}

// Events returns the queue of the end that is open: the reader's tells of both.
func (o *fifoOps) Events(f *file.File) *event.Queue {
	if f.Readable() {
		return fifo(f).r.Events(f)
	}
	return fifo(f).w.Events(f)
}

// Notes returns the queue that is told of changes of the node.
func (o *fifoOps) Notes(f *file.File) *event.Queue { return &fifo(f).vp.Extra().Notes }

// Stat fills st from the node.
func (o *fifoOps) Stat(_ *proc.LWP, f *file.File, st *abi.Stat) error {
	return statInto(fifo(f).vp, st)
}

// Pathconf answers fpathconf(2).
func (o *fifoOps) Pathconf(_ *proc.LWP, f *file.File, name int32) (int64, error) {
	return pathconf(fifo(f).vp, name)
}

// Close closes the ends.
func (o *fifoOps) Close(_ *proc.LWP, f *file.File) error {
	d := fifo(f)
	o.v.unlockFile(f, d.vp)
	d.pipe.Leave(f.Flags())
	d.vp.Unref()
	return nil
}
