package client_test

import (
	"fmt"
	"io"
	"io/fs"
	"log"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/tailored/all"
)

// A kernel in this process, and calls as golang.org/x/sys/unix has them.
func Example() {
	k, err := all.Boot(kernel.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer k.Close()
	c, err := client.New(k, "example")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Exit()

	fd, err := c.Open("/greeting", abi.O_CREAT|abi.O_RDWR, 0o644)
	if err != nil {
		log.Fatal(err)
	}
	n, err := c.Write(fd, []byte("hello"))
	fmt.Println(fd, n, err)

	_, err = c.Open("/none", abi.O_RDONLY, 0)
	fmt.Println(err == abi.ENOENT, err)
	// Output:
	// 3 5 <nil>
	// true no such file or directory
}

// The files of a kernel, for everything that takes an fs.FS.
func ExampleClient_FS() {
	k, err := all.Boot(kernel.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer k.Close()
	c, err := client.New(k, "example")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Exit()
	if err := c.MkdirAll("/srv/doc", 0o755); err != nil {
		log.Fatal(err)
	}
	if err := c.WriteFile("/srv/doc/a.txt", []byte("text"), 0o644); err != nil {
		log.Fatal(err)
	}
	_ = fs.WalkDir(c.FS("/srv"), ".", func(path string, d fs.DirEntry, err error) error {
		fmt.Println(path, d.IsDir())
		return err
	})
	// Output:
	// . true
	// doc true
	// doc/a.txt false
}

// A server and a client on the network of a kernel.
func ExampleClient_Net() {
	k, err := all.Boot(kernel.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer k.Close()
	c, err := client.New(k, "example")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Exit()
	l, err := c.Net().Listen("tcp", "127.0.0.1:8080")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		if conn, err := l.Accept(); err == nil {
			_, _ = io.WriteString(conn, "welcome")
			_ = conn.Close()
		}
	}()
	conn, err := c.Net().Dial("tcp", "127.0.0.1:8080")
	if err != nil {
		log.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	fmt.Println(string(text), err, conn.RemoteAddr())
	// Output: welcome <nil> 127.0.0.1:8080
}
