// What is done in a kernel: files, a TCP connection, devices. Each step is a
// few calls of the generated stubs.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// step is one thing to do; it returns what to show of its result.
type step struct {
	what string
	do   func(c *client.Client) (string, error)
}

func steps() []step {
	return []step{
		{"make the directory /demo", makeDir},
		{"write the file /demo/hello", writeHello},
		{"list /demo", listDemo},
		{"read /demo/hello", readHello},
		{"open a TCP connection to 127.0.0.1, send, receive", exchange},
		{"read 8 bytes of /dev/random", func(c *client.Client) (string, error) { return device(c, "/dev/random") }},
		{"read 8 bytes of /dev/zero", func(c *client.Client) (string, error) { return device(c, "/dev/zero") }},
	}
}

// show does the steps and prints what each gave.
func (d *demo) show(c *client.Client, list []step) error {
	for _, s := range list {
		result, err := s.do(c)
		if err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		d.printf("  %-52s %s\n", s.what, result)
	}
	return nil
}

const greeting = "Hello from a kernel in a process.\n"

func makeDir(c *client.Client) (string, error) {
	if err := c.Mkdir("/demo", 0o755); err != nil {
		return "", fmt.Errorf("mkdir: %w", err)
	}
	var st abi.Stat
	if err := c.Stat("/demo", &st); err != nil {
		return "", fmt.Errorf("stat: %w", err)
	}
	return fmt.Sprintf("inode %d, mode %o", st.Ino, st.Mode&abi.ALLPERMS), nil
}

func writeHello(c *client.Client) (string, error) {
	fd, err := c.Open("/demo/hello", abi.O_CREAT|abi.O_TRUNC|abi.O_WRONLY, 0o644)
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	defer c.Close(fd)
	n, err := c.Write(fd, []byte(greeting))
	if err != nil {
		return "", fmt.Errorf("write: %w", err)
	}
	return fmt.Sprintf("%d bytes", n), nil
}

func readHello(c *client.Client) (string, error) {
	b, err := read(c, "/demo/hello", 4096)
	if err == nil && string(b) != greeting {
		err = fmt.Errorf("read %q, but %q was written", b, greeting)
	}
	return fmt.Sprintf("%q", strings.TrimSpace(string(b))), err
}

// read opens a file and reads at most n bytes of it.
func read(c *client.Client, path string, n int) ([]byte, error) {
	fd, err := c.Open(path, abi.O_RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer c.Close(fd)
	buf := make([]byte, n)
	if n, err = c.Read(fd, buf); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return buf[:n], nil
}

// listDemo lists the directory: the names in what getdents(2) returns.
func listDemo(c *client.Client) (string, error) {
	fd, err := c.Open("/demo", abi.O_RDONLY, 0)
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	defer c.Close(fd)
	buf := make([]byte, 4096)
	n, err := c.Getdents(fd, buf)
	if err != nil {
		return "", fmt.Errorf("getdents: %w", err)
	}
	var names []string
	for b := buf[:n]; len(b) > abi.DirentNameOffset; b = b[binary.LittleEndian.Uint16(b[8:]):] {
		name := b[abi.DirentNameOffset:][:binary.LittleEndian.Uint16(b[10:])]
		if !bytes.HasPrefix(name, []byte(".")) {
			names = append(names, string(name))
		}
	}
	return strings.Join(names, "  "), nil
}

func device(c *client.Client, path string) (string, error) {
	b, err := read(c, path, 8)
	return fmt.Sprintf("% x", b), err
}

// exchange connects two sockets of the kernel and sends a line each way.
func exchange(c *client.Client) (string, error) {
	pair, err := connect(c)
	if err != nil {
		return "", err
	}
	defer pair.close(c)
	for _, way := range [][2]int{{pair.client, pair.server}, {pair.server, pair.client}} {
		if _, err := c.Write(way[0], []byte("ping")); err != nil {
			return "", fmt.Errorf("write: %w", err)
		}
		b := make([]byte, 16)
		n, err := c.Read(way[1], b)
		if err != nil {
			return "", fmt.Errorf("read: %w", err)
		}
		if !bytes.Equal(b[:n], []byte("ping")) {
			return "", fmt.Errorf("sent %q, received %q", "ping", b[:n])
		}
	}
	return fmt.Sprintf("port %d, 4 bytes each way", pair.port), nil
}

// connection is both ends of a TCP connection, and the socket it came in on.
type connection struct{ listener, client, server, port int }

func (p *connection) close(c *client.Client) {
	for _, fd := range []int{p.client, p.server, p.listener} {
		if fd >= 0 {
			_ = c.Close(fd)
		}
	}
}

// connect makes a TCP connection over the kernel's loopback interface.
func connect(c *client.Client) (*connection, error) {
	p := &connection{listener: -1, client: -1, server: -1}
	if err := p.open(c); err != nil {
		p.close(c)
		return nil, err
	}
	return p, nil
}

func (p *connection) open(c *client.Client) (err error) {
	addr := []byte{16, abi.AF_INET, 0, 0, 127, 0, 0, 1, 15: 0}
	if p.listener, err = c.Socket(abi.AF_INET, abi.SOCK_STREAM, 0); err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	if err := c.Bind(p.listener, addr); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	if err := c.Listen(p.listener, 1); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	size := uint32(len(addr))
	if err := c.Getsockname(p.listener, addr, &size); err != nil {
		return fmt.Errorf("getsockname: %w", err)
	}
	p.port = int(binary.BigEndian.Uint16(addr[2:]))
	if p.client, err = c.Socket(abi.AF_INET, abi.SOCK_STREAM, 0); err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	if err := c.Connect(p.client, addr); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if p.server, err = c.Accept(p.listener, nil, nil); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}
