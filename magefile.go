//go:build mage

// The targets of rumpkit: go tool mage -l lists them. Each is a line here; the
// work is in internal/targets, where tests see it.
package main

import (
	"context"

	"github.com/rumpkit/rumpkit/internal/targets"
)

// Generate writes every generated file: the table, the eight kernels, the stubs, the reference.
func Generate(ctx context.Context) error { return targets.Generate(ctx) }

// Check says which generated files are out of date, and fails if any is.
func Check(ctx context.Context) error { return targets.Check(ctx) }

// Kernel builds one kernel into bin/: vfs,net or vfs/tmpfs,net/inet or all or base, or parts by import path.
func Kernel(ctx context.Context, selection string) error { return targets.Kernel(ctx, selection) }

// Kernels builds the eight standard kernels and rumpctl into bin/.
func Kernels(ctx context.Context) error { return targets.Kernels(ctx) }

// Rumpctl builds the program that looks into a running kernel, bin/rumpctl.
func Rumpctl(ctx context.Context) error { return targets.Rumpctl(ctx) }

// Size prints what each part costs in bytes of a stripped binary.
func Size(ctx context.Context) error { return targets.Size(ctx) }

// Demo builds the kernels, runs one as a program and one in process, and prints what each holds.
func Demo(ctx context.Context) error { return targets.Demo(ctx) }

// Test runs everything CI runs: format, vet, staticcheck, generated files, unit and end-to-end tests with the race detector, short fuzzing.
func Test(ctx context.Context) error { return targets.Test(ctx) }

// Bench measures calls, boots, sizes and memory beside the native ones, and writes bin/bench.txt for benchstat.
func Bench(ctx context.Context) error { return targets.Bench(ctx) }

// Clean removes what was built.
func Clean() error { return targets.Clean() }
