package ctest

// Each C stub against its row of the table.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
)

// stubsHead stands in for the connection: it prints each call's slots.
const stubsHead = `
#include <stdio.h>
#include "zrump_syscalls.h"
int rumpclient_syscall(int num, const uint64_t *a, size_t n, int64_t ret[2]);
int rumpclient_syscall(int num, const uint64_t *a, size_t n, int64_t ret[2])
{
	printf("%d", num);
	for (size_t i = 0; i < n; i++)
		printf(" %llu", (unsigned long long)a[i]);
	printf("\n");
	ret[0] = ret[1] = 0;
	return 0;
}
int main(void)
{
	int fd[2];
	(void)fd;
`

// TestStubs calls each stub with an argument of its own in each slot and holds
// what it would send against the table.
func TestStubs(t *testing.T) {
	table, err := master.ParseFile("../../../syscalls.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	var program, want bytes.Buffer
	program.WriteString(stubsHead)
	for i := range table.Entries {
		if e := &table.Entries[i]; e.Rump {
			program.WriteString("\t(void)" + call(e) + ";\n")
			want.WriteString(slots(e))
		}
	}
	program.WriteString("\treturn 0;\n}\n")
	dir := t.TempDir()
	source := filepath.Join(dir, "stubs.c")
	if err := os.WriteFile(source, program.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	exe := compile(t, source, "../zrump_syscalls.c")
	got, err := exec.Command(exe).Output()
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(want.String(), "\n")
	for i := range wantLines {
		if i >= len(gotLines) || gotLines[i] != wantLines[i] {
			t.Fatalf("call %d of the program sends %q, want %q", i, gotLines[min(i, len(gotLines)-1)], wantLines[i])
		}
	}
}

// call is a call of a row's stub; the argument in slot i is 1000+i.
func call(e *master.Entry) string {
	var args []string
	for i, a := range e.Args {
		switch {
		case a.Pad:
		case strings.Contains(a.Type, "*"):
			args = append(args, fmt.Sprintf("(void *)(uintptr_t)%d", 1000+i))
		default:
			args = append(args, fmt.Sprint(1000+i))
		}
	}
	if e.Name == "pipe" {
		args = []string{"fd"}
	}
	return emit.CStubName(e) + "(" + strings.Join(args, ", ") + ")"
}

// slots is what the stub should send.
func slots(e *master.Entry) string {
	s := fmt.Sprint(e.Number)
	for i, a := range e.Args {
		if a.Pad {
			s += " 0"
		} else {
			s += fmt.Sprint(" ", 1000+i)
		}
	}
	return s + "\n"
}
