package main

import (
	"context"
	"testing"
)

// TestPaths does everything once over each path.
func TestPaths(t *testing.T) {
	for name, open := range map[string]func() (path, error){
		"host":     func() (path, error) { return hostPath(), nil },
		"loopback": loopPath,
		"link":     linkPath,
		"shmif":    func() (path, error) { return shmifPath(t.TempDir()) },
		"uplink":   func() (path, error) { return uplinkPath(context.Background()) },
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
