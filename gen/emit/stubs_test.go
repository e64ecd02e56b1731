package emit

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/gen/master"
)

// shapesTable is a table of the shapes that only stubs tell apart.
func shapesTable(t *testing.T) *master.Table {
	t.Helper()
	table, err := master.ParseFile("testdata/shapes.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// nativeTable is the project's table.
func nativeTable(t *testing.T) *master.Table {
	t.Helper()
	table, err := master.ParseFile("../../syscalls.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestStubs(t *testing.T) {
	files, err := Stubs(&Input{Table: shapesTable(t)})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, files)
}

// Each row that clients may call has one stub in Go and one in C, and no two
// share a name.
func TestEveryStub(t *testing.T) {
	table := nativeTable(t)
	goFiles, err := Stubs(&Input{Table: table})
	if err != nil {
		t.Fatal(err)
	}
	cFiles, err := CStubs(&Input{Table: table})
	if err != nil {
		t.Fatal(err)
	}
	var goText, cText strings.Builder
	for _, f := range goFiles {
		goText.Write(f.Data)
	}
	for _, f := range cFiles {
		cText.Write(f.Data)
	}
	rows := 0
	for i := range table.Entries {
		e := &table.Entries[i]
		if !e.Rump {
			continue
		}
		rows++
		if n := strings.Count(goText.String(), "func (c *Client) "+e.StubName+"("); n != 1 {
			t.Errorf("%d Go stubs of %s", n, e.Name)
		}
		if n := strings.Count(cText.String(), "\n"+CStubName(e)+"("); n != 1 {
			t.Errorf("%d C stubs of %s", n, e.Name)
		}
	}
	if rows != 218 || strings.Count(goText.String(), "\nfunc ") != rows {
		t.Errorf("%d rows, %d Go stubs", rows, strings.Count(goText.String(), "\nfunc "))
	}
}

func TestCStubs(t *testing.T) {
	files, err := CStubs(&Input{Table: shapesTable(t)})
	if err != nil {
		t.Fatal(err)
	}
	goldenText(t, files[1:]) // the first is of package abi more than of the table
}

func TestDocs(t *testing.T) {
	k := miniKernel(t)
	files, err := Docs(&Input{Table: k.Table, Parts: k.Parts})
	if err != nil {
		t.Fatal(err)
	}
	goldenText(t, files)
}
