// Package poll waits for files to become ready: what poll(2) and select(2) do
// with the events of files.
package poll

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// always is the events that are reported unasked.
const always event.Mask = abi.POLLERR | abi.POLLHUP

// Item is one file to wait for.
type Item struct {
	// Fd is its descriptor; a negative one is passed over.
	Fd int32
	// Events are those asked for, Ready those found: POLLNVAL when the
	// descriptor is not open.
	Events, Ready event.Mask
}

// Wait looks at the items, sleeps until one is ready or timeout has passed
// (proc.Forever: no limit), and returns how many are ready. EINTR when the
// sleep was interrupted.
func Wait(l *proc.LWP, items []Item, timeout time.Duration) (int, error) {
	var few [Few]*file.File
	files := few[:]
	if len(items) > Few {
		files = make([]*file.File, len(items))
	}
	files = files[:len(items)]
	hold(l, files, items)
	defer drop(l, files)
	if n := scan(files, items); n > 0 || timeout == 0 {
		return n, nil
	}
	entries := enter(l, files, items)
	defer leave(entries)
	return sleep(l, files, items, timeout)
}

// Few is how many items are waited for without allocating, when one of them is
// ready or nobody waits.
const Few = 16

// hold takes a reference to each file. An item whose descriptor is not open
// has none.
func hold(l *proc.LWP, files []*file.File, items []Item) {
	t := file.Of(l)
	for i, it := range items {
		if it.Fd >= 0 {
			files[i], _ = t.Get(it.Fd)
		}
	}
}

func drop(l *proc.LWP, files []*file.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Drop(l)
		}
	}
}

// scan asks every file and returns how many items are ready.
func scan(files []*file.File, items []Item) (n int) {
	for i := range items {
		it := &items[i]
		switch f := files[i]; {
		case f != nil:
			it.Ready = f.Ops.Poll(f, it.Events|always) & (it.Events | always)
		case it.Fd >= 0:
			it.Ready = abi.POLLNVAL
		}
		if it.Ready != 0 {
			n++
		}
	}
	return n
}

// enter puts l into the queue of each file.
func enter(l *proc.LWP, files []*file.File, items []Item) []*event.Entry {
	entries := make([]*event.Entry, len(items))
	wake := func(event.Mask) { l.Wake() }
	for i, f := range files {
		if f == nil {
			continue
		}
		if q := f.Ops.Events(f); q != nil {
			entries[i] = event.NewEntry(items[i].Events|always, wake)
			q.Add(entries[i])
		}
	}
	return entries
}

// leave takes l out of the queues.
func leave(entries []*event.Entry) {
	for _, e := range entries {
		if e != nil {
			e.Leave()
		}
	}
}

// sleep scans and sleeps in turn.
func sleep(l *proc.LWP, files []*file.File, items []Item, timeout time.Duration) (int, error) {
	host := l.Proc().Table().Host()
	end := host.Mono() + int64(timeout)
	for {
		if n := scan(files, items); n > 0 {
			return n, nil
		}
		left := proc.Forever
		if timeout >= 0 {
			left = time.Duration(end - host.Mono())
			if left <= 0 {
				return 0, nil
			}
		}
		if err := l.Sleep(left); err != nil {
			return 0, err
		}
	}
}
