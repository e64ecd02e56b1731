// Frames on their way out.
package ether

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// WritePackets implements stack.LinkWriter. The headers are in place.
func (l *Link) WritePackets(pkts stack.PacketBufferList) (int, tcpip.Error) {
	frames := pkts.AsSlice()
	for _, f := range frames {
		l.fillTooBig(f)
		showFragment(f)
	}
	if b := l.bridge.Load(); b != nil && b.Output(l, frames) {
		return len(frames), nil
	}
	l.Transmit(frames)
	return len(frames), nil
}

// Transmit sends frames by this interface, past a bridge. They are the
// caller's; none may change later.
func (l *Link) Transmit(frames []*Frame) {
	if !l.up.Load() {
		l.Dropped(len(frames))
		return
	}
	if l.cfg.Offload && !anyUrgent(frames) || allFinished(frames) {
		l.send(frames)
		return
	}
	var room [superSize / MTU * 2]*Frame
	done := room[:0]
	for _, f := range frames {
		done = Finish(done, f)
	}
	l.send(done)
	release(done)
}

// anyUrgent reports unfinished frames of our own with urgent data. Who cuts them
// later may give all parts the same pointer.
func anyUrgent(frames []*Frame) bool {
	for _, f := range frames {
		if h := header.TCP(f.TransportHeader().Slice()); len(h) >= header.TCPMinimumSize && !finished(f) && h.Flags()&header.TCPFlagUrg != 0 {
			return true
		}
	}
	return false
}

func (l *Link) send(frames []*Frame) {
	for _, f := range frames {
		l.see(f, true)
		l.Sent(f)
	}
	l.cfg.Driver.Send(frames)
}

// release drops a reference of each frame.
func release(frames []*Frame) {
	for _, f := range frames {
		f.DecRef()
	}
}

// Header returns the Ethernet header of a frame, which may not be parsed yet, to
// be read only. The frame stays as it is: others may look at it at the same
// time. ok is false for one that is too short.
func Header(f *Frame) (eth header.Ethernet, ok bool) {
	views, at := f.AsViewList()
	for v := views.Front(); v != nil; v = v.Next() {
		b := v.AsSlice()
		b = b[min(at, len(b)):]
		at -= min(at, v.Size())
		if eth == nil && len(b) >= HeaderSize {
			return b[:HeaderSize], true
		}
		eth = append(eth, b[:min(len(b), HeaderSize-len(eth))]...)
		if len(eth) == HeaderSize {
			return eth, true
		}
	}
	return nil, false
}
