package client_test

import (
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/tailored/all"
)

// Files below a directory that no name leads out of.
func ExampleRoot() {
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
	if err := c.MkdirAll("/srv/upload", 0o755); err != nil {
		log.Fatal(err)
	}
	r, err := c.OpenRoot("/srv/upload")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	fmt.Println(r.WriteFile("hello", []byte("hello"), 0o644))
	err = r.WriteFile("../motd", []byte("hello"), 0o644)
	fmt.Println(errors.Is(err, client.ErrEscapes), err)
	// Output:
	// <nil>
	// true open ../motd: path escapes from parent
}

// A file, with the methods that os.File has.
func ExampleFile() {
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
	f, err := c.OpenFile("/log", abi.O_RDWR|abi.O_CREAT, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintf(f, "%d lines\n", 1)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		log.Fatal(err)
	}
	text, err := io.ReadAll(f)
	info, _ := f.Stat()
	fmt.Printf("%q %v %v %d\n", text, err, info.Mode(), info.Size())
	// Output: "1 lines\n" <nil> -rw------- 8
}
