// The rows of the network: what is done over the host's loopback, and over
// each way of ours.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// task is something done over a path.
type task struct {
	name  string
	setup func(path) (body, func(), error)
	// goals are the ratios to reach, by the path's name.
	goals map[string]float64
}

func netTasks() []task {
	trip := func(p path) (body, func(), error) {
		b, _, done, err := p.datagrams()
		return b, done, err
	}
	flood := func(p path) (body, func(), error) {
		_, b, done, err := p.datagrams()
		return b, done, err
	}
	return []task{
		{"TCP, one stream, 64 KiB", func(p path) (body, func(), error) { return p.streams(1) },
			map[string]float64{"loopback": 1, "link": 1, "shmif": 1 / 0.12}},
		{"TCP, eight streams, 64 KiB each", func(p path) (body, func(), error) { return p.streams(8) },
			map[string]float64{"loopback": 1, "link": 1}},
		{"TCP, 64 B there and back", path.echoes, map[string]float64{"loopback": 1, "link": 1}},
		{"TCP, connect and close", path.connections, map[string]float64{"loopback": 1, "link": 1}},
		{"UDP, 64 B there and back", trip, map[string]float64{"loopback": 1, "link": 1}},
		{"UDP, 32 datagrams of 64 B", flood, map[string]float64{"loopback": 1, "link": 1}},
	}
}

// netRows measures every task over every path, printing each as it is done.
func netRows(ctx context.Context, tmp string) (results []result, err error) {
	fmt.Println("\n  network, against the host's loopback")
	for _, open := range []func() (path, error){
		loopPath,
		linkPath,
		func() (path, error) { return shmifPath(tmp) },
		func() (path, error) { return uplinkPath(ctx, 0) },
		func() (path, error) { return tapPath(ctx) },
	} {
		p, err := open()
		if errors.Is(err, errSkipped) {
			fmt.Println("  " + err.Error())
			continue
		}
		if err != nil {
			return nil, err
		}
		more, err := overPath(p)
		p.close()
		if err != nil {
			return nil, err
		}
		results = append(results, more...)
	}
	more, err := besideRows(ctx)
	return append(results, more...), err
}

// runNet measures the network only.
func runNet(ctx context.Context, out string) error {
	tmp, err := os.MkdirTemp(memoryDir(), "rumpkit-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	results, err := netRows(ctx, tmp)
	return errors.Join(err, save(out, results))
}

// overPath measures every task over one path.
func overPath(p path) ([]result, error) {
	var cl closers
	defer func() { cl.close() }()
	var rows []row
	for _, t := range netTasks() {
		ours, done, err := t.setup(p)
		cl.add(done)
		if err != nil {
			return nil, fmt.Errorf("%s over %s: %w", t.name, p.name, err)
		}
		native, done, err := t.setup(hostPath())
		cl.add(done)
		if err != nil {
			return nil, fmt.Errorf("%s over the host's loopback: %w", t.name, err)
		}
		rows = append(rows, row{name: p.name + ": " + t.name, ours: ours, native: native, goal: t.goals[p.name]})
	}
	return measure(rows)
}
