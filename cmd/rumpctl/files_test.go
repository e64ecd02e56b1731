package main

import (
	"strings"
	"testing"
)

func TestFileNamesThatCouldLeadElsewhere(t *testing.T) {
	for _, bad := range []string{"..", ".", "", "../x", "a/b", "/etc", "a\x00b"} {
		if names, err := fileNames([]string{"a", bad}); err == nil {
			t.Errorf("%q was taken: %q", bad, names)
		}
	}
	names, err := fileNames([]string{"a", "a", "b", "..c", "c"})
	if err != nil || strings.Join(names, " ") != "a b ..c c" {
		t.Errorf("%q, %v", names, err)
	}
}

func TestKernelPath(t *testing.T) {
	for operand, want := range map[string]string{"/a": "/a", ":/a": "/a", ":": "/", "a": "a", ":a:b": "a:b"} {
		if got := kernelPath(operand); got != want {
			t.Errorf("kernelPath(%q) = %q, want %q", operand, got, want)
		}
	}
}

func TestInside(t *testing.T) {
	tests := []struct {
		name, dir string
		want      bool
	}{
		{"/a", "/a", true}, {"/a/b", "/a", true}, {"/ab", "/a", false}, {"/a/../b", "/a", false}, {"/x", "/", true},
	}
	for _, tt := range tests {
		if got := inside(tt.name, tt.dir); got != tt.want {
			t.Errorf("inside(%q, %q) = %v", tt.name, tt.dir, got)
		}
	}
}
