// How much the host reads ahead, and may hold back of what is written.
package device

import (
	"bufio"
	"os"
	"strings"
)

// settings are the host's for a file system, in /sys/class/bdi. It reads ahead
// more than a request moves: left alone it is a quarter of one, and a request costs
// more than the bytes in it. And what is written and not yet here may take up a
// fifth of the memory that it may of all file systems, not a hundredth.
var settings = [...]struct{ name, value string }{{"read_ahead_kb", "1024"}, {"max_ratio", "20"}}

// tune makes the settings for the file system mounted on dir. Only root can;
// others do without.
func tune(dir string) {
	dev := deviceOf(dir)
	for _, s := range settings {
		if dev != "" {
			_ = os.WriteFile("/sys/class/bdi/"+dev+"/"+s.name, []byte(s.value), 0)
		}
	}
}

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
