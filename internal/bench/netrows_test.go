package main

import (
	"context"
	"errors"
	"testing"
)

// TestPaths does everything once over each path.
func TestPaths(t *testing.T) {
	for name, open := range map[string]func() (path, error){
		"host":     func() (path, error) { return hostPath(), nil },
		"loopback": loopPath,
		"link":     linkPath,
		"shmif":    func() (path, error) { return shmifPath(t.TempDir()) },
		"uplink":   func() (path, error) { return uplinkPath(context.Background(), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			p, err := open()
			if err != nil {
				t.Fatal(err)
			}
			defer p.close()
			for _, task := range netTasks() {
				fn, done, err := task.setup(p)
				if err == nil {
					err = fn(2)
				}
				done()
				if err != nil {
					t.Errorf("%s: %v", task.name, err)
				}
			}
		})
	}
}

// TestBeside sends over the uplink at both MTUs, beside the host's loopback in
// place of another program.
func TestBeside(t *testing.T) {
	for _, mtu := range besideMTUs {
		p, err := uplinkPath(t.Context(), mtu)
		if err != nil {
			t.Fatal(err)
		}
		r, done, err := besideRow(p, hostPath(), mtu)
		if err == nil {
			err = errors.Join(r.ours(2), r.native(2))
		}
		done()
		p.close()
		if err != nil {
			t.Errorf("MTU %d: %v", mtu, err)
		}
	}
}

// TestMissing asks for a program that the host does not have.
func TestMissing(t *testing.T) {
	j := joiner{name: "no-such-program"}
	if _, err := j.path(t.Context(), 1500); !errors.Is(err, errSkipped) {
		t.Errorf("%v, want that it is skipped", err)
	}
}
