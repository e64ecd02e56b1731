package vfs

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// world makes what the table of errors is played in: files of root and of user
// 100, in directories that user may or may not write to.
func world(g *guest) (user *guest) {
	user = g.as(100, 100)
	g.mkdir("/open", 0o777)
	g.do("chmod", g.v.SysChmod(g.l, str("/open"), 0o777))
	g.mkdir("/shut", 0o700)
	g.put("/shut/f", "secret", 0o600)
	g.mkdir("/ro", 0o755)
	g.put("/ro/f", "root's", 0o644)
	g.do("sticky", g.v.SysMkdir(g.l, str("/sticky"), 0))
	g.do("chmod", g.v.SysChmod(g.l, str("/sticky"), 0o1777))
	g.put("/sticky/f", "root's", 0o666)
	user.put("/open/mine", "mine", 0o600)
	user.mkdir("/open/dir", 0o755)
	user.put("/open/dir/f", "f", 0o644)
	user.mkdir("/open/empty", 0o755)
	for _, ln := range [][2]string{{"mine", "/open/ln"}, {"loop2", "/open/loop1"}, {"loop1", "/open/loop2"},
		{"nowhere", "/open/dangling"}, {"dir", "/open/lndir"}} {
		user.do("symlink", user.v.SysSymlink(user.l, str(ln[0]), str(ln[1])))
	}
	return user
}

func TestErrors(t *testing.T) {
	long := strings.Repeat("x", 256)
	deep := "/open/" + strings.Repeat("d/", 600)
	open := func(path string, flags int32) func(*guest) error {
		return func(g *guest) error {
			fd, err := g.open(path, flags, 0o644)
			if err == nil {
				g.close(fd)
			}
			return err
		}
	}
	mkdir := func(path string) func(*guest) error {
		return func(g *guest) error { return g.v.SysMkdir(g.l, str(path), 0o755) }
	}
	unlink := func(path string) func(*guest) error {
		return func(g *guest) error { return g.v.SysUnlink(g.l, str(path)) }
	}
	rmdir := func(path string) func(*guest) error {
		return func(g *guest) error { return g.v.SysRmdir(g.l, str(path)) }
	}
	rename := func(from, to string) func(*guest) error {
		return func(g *guest) error { return g.v.SysRename(g.l, str(from), str(to)) }
	}
	link := func(from, to string) func(*guest) error {
		return func(g *guest) error { return g.v.SysLink(g.l, str(from), str(to)) }
	}
	symlink := func(to, at string) func(*guest) error {
		return func(g *guest) error { return g.v.SysSymlink(g.l, str(to), str(at)) }
	}
	chmod := func(path string, mode uint32) func(*guest) error {
		return func(g *guest) error { return g.v.SysChmod(g.l, str(path), mode) }
	}
	chown := func(path string, uid, gid uint32) func(*guest) error {
		return func(g *guest) error { return g.v.SysChown(g.l, str(path), uid, gid) }
	}
	access := func(path string, mode int32) func(*guest) error {
		return func(g *guest) error { return g.v.SysAccess(g.l, str(path), mode) }
	}
	truncate := func(path string, n int64) func(*guest) error {
		return func(g *guest) error { return g.v.SysTruncate(g.l, str(path), n) }
	}
	mknod := func(path string, mode uint32) func(*guest) error {
		return func(g *guest) error { return g.v.SysMknod50(g.l, str(path), mode, 0) }
	}
	chdir := func(path string) func(*guest) error {
		return func(g *guest) error { return g.v.SysChdir(g.l, str(path)) }
	}
	readlink := func(path string) func(*guest) error {
		return func(g *guest) error {
			_, err := g.v.SysReadlink(g.l, str(path), out(make([]byte, 10)))
			return err
		}
	}
	const ok = abi.Errno(0)
	for _, c := range []struct {
		name string
		call func(*guest) error
		want abi.Errno // as the user; ok is success
	}{
		{"open nothing", open("/open/none", abi.O_RDONLY), abi.ENOENT},
		{"open empty path", open("", abi.O_RDONLY), abi.ENOENT},
		{"open below a file", open("/open/mine/x", abi.O_RDONLY), abi.ENOTDIR},
		{"open file with slash", open("/open/mine/", abi.O_RDONLY), abi.ENOTDIR},
		{"open directory with slashes", open("//open///dir//", abi.O_RDONLY), ok},
		{"open long name", open("/open/"+long, abi.O_RDONLY), abi.ENAMETOOLONG},
		{"open longest name", open("/open/"+long[1:], abi.O_RDONLY), abi.ENOENT},
		{"open long path", open(deep, abi.O_RDONLY), abi.ENAMETOOLONG},
		{"open loop", open("/open/loop1", abi.O_RDONLY), abi.ELOOP},
		{"open dangling", open("/open/dangling", abi.O_RDONLY), abi.ENOENT},
		{"open no search", open("/shut/f", abi.O_RDONLY), abi.EACCES},
		{"open no search, none", open("/shut/none", abi.O_RDONLY), abi.EACCES},
		{"open no write", open("/ro/f", abi.O_WRONLY), abi.EACCES},
		{"open truncate, no write", open("/ro/f", abi.O_RDONLY|abi.O_TRUNC), abi.EACCES},
		{"open read", open("/ro/f", abi.O_RDONLY), ok},
		{"open directory to write", open("/open/dir", abi.O_WRONLY), abi.EISDIR},
		{"open O_DIRECTORY", open("/open/mine", abi.O_RDONLY|abi.O_DIRECTORY), abi.ENOTDIR},
		{"open O_NOFOLLOW", open("/open/ln", abi.O_RDONLY|abi.O_NOFOLLOW), abi.EFTYPE},
		{"open O_NOFOLLOW in the middle", open("/open/lndir/f", abi.O_RDONLY|abi.O_NOFOLLOW), ok},
		{"open both ways wrong", open("/open/mine", abi.O_ACCMODE), abi.EINVAL},
		{"create exists", open("/open/mine", abi.O_RDWR|abi.O_CREAT), ok},
		{"create exclusive exists", open("/open/mine", abi.O_RDWR|abi.O_CREAT|abi.O_EXCL), abi.EEXIST},
		{"create exclusive symlink", open("/open/dangling", abi.O_RDWR|abi.O_CREAT|abi.O_EXCL), abi.EEXIST},
		{"create no permission", open("/ro/new", abi.O_RDWR|abi.O_CREAT), abi.EACCES},
		{"create with slash", open("/open/new/", abi.O_RDWR|abi.O_CREAT), abi.ENOENT},
		{"create in nothing", open("/open/none/new", abi.O_RDWR|abi.O_CREAT), abi.ENOENT},
		{"create through symlink", open("/open/dangling", abi.O_RDWR|abi.O_CREAT), ok},
		{"created through symlink", open("/open/nowhere", abi.O_RDWR), ok},

		{"mkdir exists", mkdir("/open/dir"), abi.EEXIST},
		{"mkdir over symlink", mkdir("/open/loop1"), abi.EEXIST},
		{"mkdir root", mkdir("/"), abi.EEXIST},
		{"mkdir dot", mkdir("/open/."), abi.EEXIST},
		{"mkdir dotdot", mkdir("/open/.."), abi.EEXIST},
		{"mkdir with slash", mkdir("/open/d2/"), ok},
		{"mkdir no permission", mkdir("/ro/d"), abi.EACCES},
		{"mkdir below a file", mkdir("/open/mine/d"), abi.ENOTDIR},
		{"mkdir long name", mkdir("/open/" + long), abi.ENAMETOOLONG},

		{"unlink nothing", unlink("/open/none"), abi.ENOENT},
		{"unlink directory", unlink("/open/empty"), abi.EPERM},
		{"unlink no permission", unlink("/ro/f"), abi.EACCES},
		{"unlink sticky", unlink("/sticky/f"), abi.EPERM},
		{"unlink file with slash", unlink("/open/mine/"), abi.ENOTDIR},
		{"unlink root", unlink("/"), abi.EBUSY},
		{"rmdir file", rmdir("/open/mine"), abi.ENOTDIR},
		{"rmdir full", rmdir("/open/dir"), abi.ENOTEMPTY},
		{"rmdir dot", rmdir("/open/empty/."), abi.EINVAL},
		{"rmdir dotdot", rmdir("/open/empty/.."), abi.ENOTEMPTY},
		{"rmdir root", rmdir("/"), abi.EBUSY},
		{"rmdir symlink", rmdir("/open/lndir"), abi.ENOTDIR},
		{"rmdir no permission", rmdir("/dev"), abi.EACCES},

		{"rename nothing", rename("/open/none", "/open/x"), abi.ENOENT},
		{"rename to itself", rename("/open/mine", "/open/mine"), ok},
		{"rename directory over file", rename("/open/empty", "/open/mine"), abi.ENOTDIR},
		{"rename file over directory", rename("/open/mine", "/open/empty"), abi.EISDIR},
		{"rename over full directory", rename("/open/empty", "/open/dir"), abi.ENOTEMPTY},
		{"rename into itself", rename("/open/dir", "/open/dir/sub"), abi.EINVAL},
		{"rename deep into itself", rename("/open", "/open/dir/sub"), abi.EINVAL},
		{"rename over parent", rename("/open/dir/f", "/open/dir"), abi.ENOTEMPTY},
		{"rename dot", rename("/open/dir/.", "/open/x"), abi.EINVAL},
		{"rename to dotdot", rename("/open/mine", "/open/dir/.."), abi.EINVAL},
		{"rename no permission from", rename("/ro/f", "/open/x"), abi.EACCES},
		{"rename no permission to", rename("/open/mine", "/ro/x"), abi.EACCES},
		{"rename out of sticky", rename("/sticky/f", "/open/x"), abi.EPERM},
		{"rename over sticky", rename("/open/mine", "/sticky/f"), abi.EPERM},
		{"rename file with slash", rename("/open/mine", "/open/x/"), abi.ENOTDIR},

		{"link nothing", link("/open/none", "/open/x"), abi.ENOENT},
		{"link directory", link("/open/dir", "/open/x"), abi.EPERM},
		{"link exists", link("/open/mine", "/open/dir"), abi.EEXIST},
		{"link no permission", link("/open/mine", "/ro/x"), abi.EACCES},
		{"link with slash", link("/open/mine", "/open/x/"), abi.ENOENT},
		{"symlink exists", symlink("x", "/open/mine"), abi.EEXIST},
		{"symlink no permission", symlink("x", "/ro/x"), abi.EACCES},
		{"readlink file", readlink("/open/mine"), abi.EINVAL},
		{"readlink nothing", readlink("/open/none"), abi.ENOENT},

		{"chmod not owner", chmod("/ro/f", 0o777), abi.EPERM},
		{"chmod own", chmod("/open/mine", 0o640), ok},
		{"chmod sticky file", chmod("/open/mine", 0o1640), abi.EFTYPE},
		{"chmod setgid own group", chmod("/open/mine", 0o2640), abi.EPERM},
		{"chown give away", chown("/open/mine", 0, ^uint32(0)), abi.EPERM},
		{"chown nothing", chown("/open/mine", ^uint32(0), ^uint32(0)), ok},
		{"chown own group", chown("/open/mine", 100, 100), ok},
		{"chown foreign group", chown("/open/mine", 100, 5), abi.EPERM},

		{"access bad mode", access("/open/mine", 8), abi.EINVAL},
		{"access exists", access("/ro/f", abi.F_OK), ok},
		{"access write", access("/ro/f", abi.W_OK), abi.EACCES},
		{"access execute", access("/ro/f", abi.X_OK), abi.EACCES},
		{"truncate negative", truncate("/open/mine", -1), abi.EINVAL},
		{"truncate directory", truncate("/open/dir", 0), abi.EISDIR},
		{"truncate no permission", truncate("/ro/f", 0), abi.EACCES},
		{"truncate far too long", truncate("/open/mine", 1<<63-1), abi.EFBIG},
		{"mknod as user", mknod("/open/dev", abi.S_IFCHR|0o600), abi.EPERM},
		{"mknod directory", mknod("/open/dev", abi.S_IFDIR|0o600), abi.EINVAL},
		{"mknod file", mknod("/open/reg", abi.S_IFREG|0o600), ok},
		{"mknod fifo", mknod("/open/fifo", abi.S_IFIFO|0o600), ok},
		{"open fifo", open("/open/fifo", abi.O_RDWR), ok},
		{"open fifo, nobody reads", open("/open/fifo", abi.O_WRONLY|abi.O_NONBLOCK), abi.ENXIO},
		{"chdir file", chdir("/open/mine"), abi.ENOTDIR},
		{"chdir no search", chdir("/shut"), abi.EACCES},
	} {
		t.Run(c.name, func(t *testing.T) {
			user := world(boot(t, kernel.Config{}))
			if strings.HasPrefix(c.name, "open fifo") {
				user.do("mkfifo", user.v.SysMkfifo(user.l, str("/open/fifo"), 0o600))
			}
			if strings.HasPrefix(c.name, "created") {
				user.put("/open/dangling", "x", 0o600)
			}
			err := c.call(user)
			if c.want == ok && err == nil {
				return
			}
			if err != c.want {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestNullPointers(t *testing.T) {
	g := boot(t, kernel.Config{})
	null := str("")
	null.Mem = in(nil).Mem
	if _, err := g.v.SysOpen(g.l, null, 0, 0); err != abi.EFAULT {
		t.Errorf("open of NULL: %v", err)
	}
	if err := g.v.SysRename(g.l, str("/tmp/x"), null); err != abi.EFAULT {
		t.Errorf("rename to NULL: %v", err)
	}
}
