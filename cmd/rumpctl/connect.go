// Finding the kernel, and what to say when there is none.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"github.com/rumpkit/rumpkit/client"
)

// dialTime bounds how long a kernel may take to answer.
const dialTime = 10 * time.Second

// connect makes this run a client of the kernel, unless it is one.
func (k *ctl) connect() error {
	if k.c != nil {
		return nil
	}
	if k.url == "" {
		return usagef("which kernel? Say -s URL or set RUMP_SERVER.\n" +
			"To start one:  bin/rump-all unix:///tmp/k.sock &\n" +
			"               export RUMP_SERVER=unix:///tmp/k.sock")
	}
	ctx, cancel := context.WithTimeout(context.Background(), dialTime)
	defer cancel()
	c, err := client.Dial(ctx, k.url, "rumpctl")
	if err != nil {
		return k.unreachable(err)
	}
	k.c = c
	return nil
}

// unreachable says why there is no kernel, and how to start one.
func (k *ctl) unreachable(err error) error {
	reason := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		reason = "there is no such socket"
	case errors.Is(err, syscall.ECONNREFUSED):
		reason = "nothing listens there"
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s did not answer within %v", k.url, dialTime)
	default:
		return err
	}
	return fmt.Errorf("no kernel at %s: %s. To start one: bin/rump-all %s", k.url, reason, k.url)
}
