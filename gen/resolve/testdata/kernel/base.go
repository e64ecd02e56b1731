// Package kernel stands in for the base kernel.
package kernel

import "github.com/rumpkit/rumpkit/kernel/proc"

// Base is the base.
type Base struct{}

// SysGetpidWithPpid serves row 20.
func (*Base) SysGetpidWithPpid(*proc.LWP) (int32, int32, error) { return 0, 0, nil }

// Compat50SysMknod serves row 14.
func (*Base) Compat50SysMknod(l *proc.LWP, path usermemString, mode, dev uint32) error { return nil }

// Syscall is named like no handler, nor is Sysctl.
func (*Base) Syscall() {}

// Sysctl is no handler.
func (*Base) Sysctl() {}
