// What the environment says of host files as block devices: their sector size,
// and how many transfers fail; and what is counted.
package vfs

import (
	"encoding/binary"
	"errors"
	"strconv"
	"sync"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/evcnt"
)

// blkParams is the parameters of the driver.
type blkParams struct {
	// sector is the size of a sector in bytes.
	sector int64
	// fail of failOf transfers end with EIO.
	fail uint32

	mu   sync.Mutex
	rand uint32 // state of the generator that picks them
}

// Bounds of the parameters.
const (
	failOf        = 10000
	minSectShift  = 9
	maxSectShift  = 16
	failSeedBytes = 4
)

// load reads RUMP_BLKSECTSHIFT, RUMP_BLKFAIL and RUMP_BLKFAIL_SEED. An error
// says which is wrong, and what would be right.
func (p *blkParams) load(b *kernel.Base) error {
	shift, err := envNumber(b, "RUMP_BLKSECTSHIFT", minSectShift, minSectShift, maxSectShift)
	if err != nil {
		return err
	}
	p.sector = 1 << shift
	fail, err := envNumber(b, "RUMP_BLKFAIL", 0, 0, 1<<32-1)
	if err != nil || fail == 0 {
		return err
	}
	p.fail = uint32(min(fail, failOf))
	var seed [failSeedBytes]byte
	if err := b.Host.Random(seed[:]); err != nil {
		return err
	}
	n, err := envNumber(b, "RUMP_BLKFAIL_SEED", uint64(binary.LittleEndian.Uint32(seed[:])), 0, 1<<32-1)
	if err != nil {
		return err
	}
	p.rand = uint32(n)
	b.Printf("rumpblk: " + strconv.Itoa(int(p.fail)) + " of " + strconv.Itoa(failOf) +
		" transfers fail, RUMP_BLKFAIL_SEED=" + strconv.FormatUint(n, 10) + "\n")
	return nil
}

// envNumber returns a parameter, which lies between low and high; unset is what
// an absent one is.
func envNumber(b *kernel.Base, name string, unset, low, high uint64) (uint64, error) {
	s := b.Config.Env(name)
	if s == "" {
		return unset, nil
	}
	n, err := strconv.ParseUint(s, 0, 64)
	if err != nil || n < low || n > high {
		return 0, errors.New(name + "=" + s + ": use a number from " +
			strconv.FormatUint(low, 10) + " to " + strconv.FormatUint(high, 10))
	}
	return n, nil
}

// fails picks the transfers that fail.
func (p *blkParams) fails() bool {
	if p.fail == 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rand = (p.rand*1103515245 + 12345) & (1<<31 - 1)
	return p.rand%failOf < p.fail
}

// blkCounters is the event counters of the driver. Nothing is transferred
// behind a caller's back, so those of asynchronous transfers stay at 0.
type blkCounters struct {
	reqs, async, read, written, writtenAsync *evcnt.Counter
}

func (c *blkCounters) attach(r *evcnt.Registry) {
	count := func(name string) *evcnt.Counter { return r.Attach(evcnt.Misc, blkName, name) }
	c.reqs, c.async = count("I/O reqs"), count("async I/O")
	c.read, c.written, c.writtenAsync = count("bytes read"), count("bytes written"), count("bytes written async")
}

func (c *blkCounters) detach(r *evcnt.Registry) {
	for _, n := range [...]*evcnt.Counter{c.reqs, c.async, c.read, c.written, c.writtenAsync} {
		r.Detach(n)
	}
}

// begin counts a transfer: EIO when it is one of those that fail.
func (r *rumpBlk) begin() error {
	r.counters.reqs.Add(1)
	if r.params.fails() {
		return abi.EIO
	}
	return nil
}
