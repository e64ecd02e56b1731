// The files that the cases are about.
package posixtest

import (
	"path"
	"strings"
)

// build makes what the names in a fresh directory begin with.
func (p *place) build(names ...string) {
	made := map[string]bool{}
	for _, name := range names {
		top, _, _ := strings.Cut(path.Clean(name), "/")
		p.buildTop(top, made)
	}
}

// buildTop makes a name that is not made yet, and what it points to.
func (p *place) buildTop(name string, made map[string]bool) {
	if made[name] {
		return
	}
	made[name] = true
	target, isLink := map[string]string{"link": "file", "dangling": "none", "loop": "loop", "dirlink": "full"}[name]
	if !isLink {
		p.buildOne(name)
		return
	}
	if p.can.Symlinks {
		p.do("symlink", p.c.Symlink(target, name))
	}
	p.buildTop(target, made)
}

// buildAll makes all the names there are.
func (p *place) buildAll() {
	p.build("file", "secret", "empty", "full", "shut", "open", "sticky", "link", "dangling", "loop", "dirlink")
}

// buildOne makes a file, or a directory and what is in it; nothing for a name that
// cases make.
func (p *place) buildOne(name string) {
	switch name {
	case "file":
		p.put("file", "contents", 0o644)
	case "secret":
		p.put("secret", "x", 0o600)
	case "empty":
		p.mkdir("empty", 0o755)
	case "full":
		p.mkdir("full", 0o777)
		p.put("full/file", "x", 0o644)
	case "shut":
		p.mkdir("shut", 0o700)
		p.put("shut/file", "x", 0o666)
	case "open":
		p.mkdir("open", 0o777)
		p.byUser(func() {
			p.put("open/mine", "x", 0o644)
			p.mkdir("open/ro", 0o555)
		})
	case "sticky":
		p.mkdir("sticky", 0o1777)
		p.put("sticky/root", "x", 0o666)
		p.byUser(func() { p.put("sticky/mine", "x", 0o644) })
	}
}

// byUser makes files that belong to the user, if that can be.
func (p *place) byUser(build func()) {
	if p.can.Owners && p.user != nil {
		p.c = p.user
		build()
		p.c = p.root
	}
}
