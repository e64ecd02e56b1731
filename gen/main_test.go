package main

// The command as a person runs it: each file below testdata is a script.

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gen": main})
}

func TestTable(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/table",
		Setup: func(env *testscript.Env) error {
			env.Setenv("MASTER", root+"/../syscalls.master")
			return nil
		},
	})
}
