// How much the host reads ahead.
package device

import (
	"bufio"
	"os"
	"strings"
)

// aheadKB is how many KiB of a file the host asks for before they are read. Left
// alone it is a quarter of what one request moves, and a request costs more than
// the bytes in it.
const aheadKB = "1024"

// tune sets it for the file system mounted on dir. Only root can; others do
// without.
func tune(dir string) {
	if dev := deviceOf(dir); dev != "" {
		_ = os.WriteFile(aheadFile(dev), []byte(aheadKB), 0)
	}
}

// aheadFile is the host's setting for a device.
func aheadFile(dev string) string { return "/sys/class/bdi/" + dev + "/read_ahead_kb" }

// deviceOf returns the device number of what is mounted on dir, as
// major:minor: "" if it is not found. It does not look at dir, which nobody
// serves yet.
func deviceOf(dir string) (dev string) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	// Names have blanks and the like in octal there.
	dir = strings.NewReplacer(`\`, `\134`, " ", `\040`, "\t", `\011`, "\n", `\012`).Replace(dir)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) > 4 && words[4] == dir {
			dev = words[2] // the last one lies on top
		}
	}
	return dev
}
