package client

// A kernel that does nothing but remember, for tests of stubs.

import (
	"errors"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// fakeKernel answers every call through answer, if it is set.
type fakeKernel struct {
	mu      sync.Mutex
	answer  func(num int, f *sysent.Frame) error
	raise   func(int32)
	threads int
	open    int
	fail    error
}

func (k *fakeKernel) Attach(name string, raise func(int32)) (sysent.Process, error) {
	k.raise = raise
	return &fakeProcess{k: k, name: name}, nil
}

type fakeProcess struct {
	k      *fakeKernel
	name   string
	closed bool
}

func (p *fakeProcess) Pid() int32 { return 2 }

func (p *fakeProcess) NewThread() (sysent.Thread, error) {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	if p.k.fail != nil {
		return nil, p.k.fail
	}
	p.k.threads++
	p.k.open++
	return &fakeThread{k: p.k}, nil
}

func (p *fakeProcess) Fork() (sysent.Process, error) { return &fakeProcess{k: p.k}, nil }

func (p *fakeProcess) Exec(name string) error {
	p.name = name
	return nil
}

func (p *fakeProcess) Close() error {
	if p.closed {
		return errors.New("closed twice")
	}
	p.closed = true
	return nil
}

type fakeThread struct {
	k      *fakeKernel
	inside bool
}

func (t *fakeThread) Syscall(num int, f *sysent.Frame) error {
	if t.inside {
		panic("two calls on one lwp")
	}
	t.inside = true
	defer func() { t.inside = false }()
	f.Ret = [2]int64{}
	if t.k.answer == nil {
		return nil
	}
	return t.k.answer(num, f)
}

func (t *fakeThread) Close() {
	t.k.mu.Lock()
	defer t.k.mu.Unlock()
	t.k.open--
}
