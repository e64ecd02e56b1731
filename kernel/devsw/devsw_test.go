package devsw_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

func driver(name string, char int32, nodes ...devsw.Node) devsw.Driver {
	return devsw.Driver{
		Name: name, Char: char, Block: devsw.None, Nodes: nodes,
		Open: func(*proc.LWP, uint32, bool, uint32) (devsw.Device, error) { return nil, nil },
	}
}

func TestMajors(t *testing.T) {
	s := devsw.New()
	if err := s.Attach(driver("mem", 2)); err != nil {
		t.Fatal(err)
	}
	if err := s.Attach(driver("other", 2)); err != abi.EEXIST {
		t.Errorf("a taken major: %v", err)
	}
	for _, name := range []string{"a", "b"} {
		if err := s.Attach(driver(name, devsw.Any)); err != nil {
			t.Fatal(err)
		}
	}
	for major, want := range map[uint32]error{2: nil, 255: nil, 256: nil, 257: abi.ENXIO, 3: abi.ENXIO} {
		if _, err := s.Open(nil, abi.Makedev(major, 0), false, 0); err != want {
			t.Errorf("open of major %d: %v, want %v", major, err, want)
		}
	}
	if _, err := s.Open(nil, abi.Makedev(2, 0), true, 0); err != abi.ENXIO {
		t.Errorf("its block side: %v", err)
	}
	s.Detach("mem")
	if _, err := s.Open(nil, abi.Makedev(2, 0), false, 0); err != abi.ENXIO {
		t.Errorf("after Detach: %v", err)
	}
}

func TestWatcherSeesEveryNodeOnce(t *testing.T) {
	s := devsw.New()
	seen := map[string]int{}
	watch := func(e devsw.NodeEvent) {
		if e.Gone {
			seen[e.Path]--
		} else {
			seen[e.Path]++
		}
	}
	if err := s.Attach(driver("early", 2, devsw.Node{Path: "null", Minor: 2})); err != nil {
		t.Fatal(err)
	}
	s.Watch(watch)
	if err := s.Attach(driver("late", 5, devsw.Node{Path: "tty"})); err != nil {
		t.Fatal(err)
	}
	if seen["null"] != 1 || seen["tty"] != 1 {
		t.Errorf("seen %v", seen)
	}
	s.Detach("late")
	if seen["tty"] != 0 {
		t.Errorf("after Detach: %v", seen)
	}
}
