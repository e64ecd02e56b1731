// Sockets that nobody can receive any more: only messages hold them, in
// inboxes of sockets that are lost as well.
package local

import (
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// DescriptorClosed implements net.Watcher: that may have been the last way to
// a socket which messages hold.
func (e *end) DescriptorClosed(f *file.File) { e.lo.lookAfter(f, true) }

// lookShare bounds how much is looked through for each socket that may have
// got lost: with more on its way, several are waited for.
const lookShare = 64

// lookAfter looks for lost sockets after a reference to f has gone, or just
// before when it is closing.
func (lo *Local) lookAfter(f *file.File, closing bool) {
	fl := &lo.flight
	if fl.total.Load() == 0 || endOf(f) == nil {
		return
	}
	fl.mu.Lock()
	held := fl.count[f] > 0
	if held {
		fl.asked++
	}
	look := held && fl.asked*lookShare >= len(fl.count)
	fl.mu.Unlock()
	if !look {
		return
	}
	if !closing {
		f = nil
	}
	lo.collect(f)
}

// collect ends lost sockets. closing is a file whose descriptor is just being
// closed.
func (lo *Local) collect(closing *file.File) {
	fl := &lo.flight
	fl.mu.Lock()
	fl.asked = 0
	var files []*file.File
	for e := range fl.lost(lo, closing) {
		files = append(files, fl.takeAll(e)...)
	}
	fl.mu.Unlock()
	lo.discard(files)
}

// lost returns the ends of lost sockets, and those that wait to be accepted by
// such. Preconditions: mu is held, so that none of them can be reached
// meanwhile.
func (fl *flight) lost(lo *Local, closing *file.File) map[*end]struct{} {
	lost := map[*end]struct{}{}
	for f, n := range fl.count {
		if f == closing {
			n++
		}
		if e := endOf(f); e != nil && f.Refs() == n {
			lost[e] = struct{}{}
		}
	}
	if len(lost) == 0 {
		return nil
	}
	boxes := lo.boxes(fl.holders)
	var todo []*end
	for owner, list := range boxes {
		if _, maybe := lost[owner]; !maybe {
			todo = append(todo, list...)
			delete(boxes, owner)
		}
	}
	for len(todo) > 0 {
		h := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, f := range h.files() {
			e := endOf(f)
			delete(lost, e)
			todo = append(todo, boxes[e]...)
			delete(boxes, e)
		}
	}
	for _, list := range boxes { // those of lost ones
		for _, h := range list {
			lost[h] = struct{}{}
		}
	}
	return lost
}

// boxes returns which inboxes with files belong to each end: its own, and
// those of connections that wait to be accepted by it.
func (lo *Local) boxes(holders map[*end]struct{}) map[*end][]*end {
	lo.mu.Lock()
	defer lo.mu.Unlock()
	m := make(map[*end][]*end, len(holders))
	for h := range holders {
		owner := h
		if h.head != nil {
			owner = h.head
		}
		m[owner] = append(m[owner], h)
	}
	return m
}

// files returns the files in e's inbox.
func (e *end) files() (files []*file.File) {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	for i := range e.in.queue {
		files = append(files, e.in.queue[i].rights...)
	}
	return files
}

// endOf returns the end behind a file, nil when it is another kind of file.
func endOf(f *file.File) *end {
	if s, ok := f.Ops.(*net.Socket); ok {
		e, _ := s.Endpoint().(*end)
		return e
	}
	return nil
}
