package master_test

import (
	"fmt"

	"github.com/rumpkit/rumpkit/gen/master"
)

func ExampleParse() {
	src := `An example.
%%
0 STD RUMP { ssize_t|sys||read(int fd, _Out_writes_bytes_(nbyte) void *buf, size_t nbyte); }
1 STD RUMP { int|sys|50|stat(_In_z_ const char *path, _Out_ struct stat *ub); }
`
	table, err := master.Parse("example.master", []byte(src), master.Native())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range table.Entries {
		fmt.Println(e.Number, e.Name, e.Handler, e.GoName, e.StubName)
		for _, a := range e.Args {
			fmt.Printf("  %s: %s (%s)\n", a.String(), a.Direction, a.Len)
		}
	}
	// Output:
	// 0 read sys_read SysRead Read
	//   int fd: value ()
	//   void *buf: out (nbyte)
	//   size_t nbyte: value ()
	// 1 __stat50 sys___stat50 SysStat50 Stat
	//   const char *path: in ()
	//   struct stat *ub: out ()
}

func ExampleError() {
	_, err := master.Parse("bad.master", []byte("bad\n%%\n0 STD { int|sys||close(int); }\n"), master.Native())
	fmt.Println(err)
	// Output: bad.master:3:27: found ")", expected an argument: its type and its name
}
