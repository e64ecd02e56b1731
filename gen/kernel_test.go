package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestKernel makes, builds and runs kernels in modules of somebody else's.
func TestKernel(t *testing.T) {
	if testing.Short() {
		t.Skip("builds kernels")
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/kernel",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", filepath.Dir(wd))
			env.Setenv("GOFLAGS", "-mod=mod")
			env.Setenv("GOPROXY", "off")
			env.Setenv("CGO_ENABLED", "0")
			for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
				value, err := goCommand(".", "env", name)
				if err != nil {
					return err
				}
				env.Setenv(name, value)
			}
			return nil
		},
	})
}
