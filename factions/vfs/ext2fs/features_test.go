package ext2fs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestFeatures goes through what mkfs does not choose by itself.
func TestFeatures(t *testing.T) {
	for name, args := range map[string][]string{
		"meta_bg":      {"-t", "ext4", "-b", "1024", "-O", "meta_bg,^resize_inode"},
		"sparse2":      {"-t", "ext4", "-b", "1024", "-O", "sparse_super2,^resize_inode"},
		"2k":           {"-t", "ext4", "-b", "2048"},
		"64k":          {"-t", "ext4", "-b", "65536"},
		"csum_seed":    {"-t", "ext4", "-b", "1024", "-O", "metadata_csum_seed"},
		"orphan_file":  {"-t", "ext4", "-b", "1024", "-O", "orphan_file"},
		"large_dir":    {"-t", "ext4", "-b", "1024", "-O", "large_dir"},
		"no flex_bg":   {"-t", "ext4", "-b", "1024", "-O", "^flex_bg"},
		"no dir_index": {"-t", "ext4", "-b", "1024", "-O", "^dir_index"},
		"no filetype":  {"-t", "ext2", "-b", "1024", "-O", "^filetype"},
		"no journal":   {"-t", "ext4", "-b", "1024", "-O", "^has_journal"},
		"32-bit csum":  {"-t", "ext4", "-b", "1024", "-O", "^64bit,metadata_csum"},
		"inode 1024":   {"-t", "ext4", "-b", "1024", "-I", "1024"},
		"revision 0":   {"-t", "ext2", "-b", "1024", "-r", "0"},
		"tea":          {"-t", "ext4", "-b", "1024", "-E", "hash_seed=11111111-2222-3333-4444-555555555555"},
		"inline 1024":  {"-t", "ext4", "-b", "4096", "-I", "1024", "-O", "inline_data"},
		"inline plain": {"-t", "ext4", "-b", "1024", "-O", "inline_data,^dir_index,^metadata_csum,^extent,^64bit"},
		"ea_inode":     {"-t", "ext4", "-b", "1024", "-O", "ea_inode,^metadata_csum"},
		"bigalloc":     {"-t", "ext4", "-b", "1024", "-O", "bigalloc"},
		"bigalloc 4k":  {"-t", "ext4", "-b", "4096", "-C", "16384", "-O", "bigalloc,ea_inode,inline_data,^metadata_csum"},
		"blocks group": {"-t", "ext4", "-b", "1024", "-g", "1024"},
	} {
		t.Run(name, func(t *testing.T) {
			image := mkfs(t, 200<<20, append(args, "-N", "6000")...)
			if name == "tea" {
				run(t, nil, "debugfs", "-w", "-R", "ssv def_hash_version 2", image)
			}
			g := boot(t, image, kernel.Config{})
			m := newModel(5)
			for range 2 {
				g.mount(0)
				for range 150 {
					m.step(g)
				}
				m.check(g)
				g.unmount()
				fsck(t, image)
			}
			m.checkByHost(t, image)
		})
	}
}

// TestReadOnlyFeatures: what cannot be written can be read.
func TestReadOnlyFeatures(t *testing.T) {
	for name, args := range map[string][]string{
		"quota": {"-t", "ext4", "-b", "1024", "-O", "quota"},
	} {
		t.Run(name, func(t *testing.T) {
			g := boot(t, mkfs(t, 64<<20, args...), kernel.Config{})
			g.mount(0)
			if _, err := g.open("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o600); err != abi.EROFS {
				t.Errorf("create: %v", err)
			}
			if got := g.list("/mnt", 512); len(got) != 1 {
				t.Errorf("it holds %q", got)
			}
			g.unmount()
		})
	}
	for name, args := range map[string][]string{
		"encrypt":     {"-t", "ext4", "-b", "1024", "-O", "encrypt"},
		"casefold":    {"-t", "ext4", "-b", "1024", "-O", "casefold"},
		"journal_dev": {"-b", "1024", "-O", "journal_dev"},
	} {
		t.Run(name, func(t *testing.T) {
			g := boot(t, mkfs(t, 64<<20, args...), kernel.Config{})
			if err := g.mountOf("/disk", abi.MNT_RDONLY); err != abi.EINVAL {
				t.Errorf("mount: %v", err)
			}
		})
	}
}

// TestTimes: nanoseconds, and years that need more than 32 bits.
func TestTimes(t *testing.T) {
	image := mkfs(t, 16<<20, "-t", "ext4", "-b", "1024")
	g := boot(t, image, kernel.Config{})
	g.mount(0)
	g.put("/mnt/f", nil)
	want := []abi.Timespec{{Sec: -12345, Nsec: 678}, {Sec: 1<<33 + 5, Nsec: 999_999_999}, {Sec: 1 << 31, Nsec: 1}, {Sec: 1<<32 + 1<<31, Nsec: 0}}
	for _, ts := range want {
		n, done := g.attrs("/mnt/f")
		n.raw.setTime(inMtime, inMtimeExtra, ts.Sec*1e9+ts.Nsec)
		if got := timespec(n.raw.time(inMtime, inMtimeExtra)); got.Sec != ts.Sec || got.Nsec != ts.Nsec {
			t.Errorf("%d.%09d comes back as %d.%09d", ts.Sec, ts.Nsec, got.Sec, got.Nsec)
		}
		done()
	}
	g.unmount()
	fsck(t, image)
}
