package capture

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// written is a file with a packet.
func written(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, "shmif0", abi.DLT_EN10MB)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Packet(time.Unix(1700000000, 123456000), frame(t, udpDNS), 46); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBlocks walks the blocks of a file from both ends.
func TestBlocks(t *testing.T) {
	b := written(t)
	var types []uint32
	for len(b) > 0 {
		n := binary.LittleEndian.Uint32(b[4:])
		if n%4 != 0 || int(n) > len(b) || binary.LittleEndian.Uint32(b[n-4:]) != n {
			t.Fatalf("a block of %d bytes", n)
		}
		types = append(types, binary.LittleEndian.Uint32(b))
		b = b[n:]
	}
	if len(types) != 3 || types[0] != blockSection || types[1] != blockInterface || types[2] != blockPacket {
		t.Errorf("blocks %#x", types)
	}
}

// TestTshark has Wireshark read the file, where it is installed.
func TestTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	path := filepath.Join(t.TempDir(), "x.pcapng")
	if err := os.WriteFile(path, written(t), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tshark, "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.interface_name", "-e", "ip.dst", "-e", "udp.dstport").Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != "1700000000.123456000\tshmif0\t10.1.0.2\t53" {
		t.Errorf("%q, %v", got, err)
	}
}
