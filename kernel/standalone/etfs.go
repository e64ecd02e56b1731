// Host files shown in the kernel's root file system (--etfs).
package standalone

import (
	"errors"
	"strings"

	"github.com/rumpkit/rumpkit/kernel"
)

const etfsForm = "key=/k,hostpath=/f,type=blk[,offset=N][,size=N]"

// parseEtfs parses key=/k,hostpath=/f,type=blk[,offset=N][,size=N].
func parseEtfs(v string) (kernel.Etfs, error) {
	e := kernel.Etfs{Type: -1}
	for word := range strings.SplitSeq(v, ",") {
		name, value, _ := strings.Cut(word, "=")
		if err := setEtfs(&e, name, value); err != nil {
			return e, errors.New("--etfs " + v + ": " + err.Error())
		}
	}
	if e.Key == "" || e.HostPath == "" || e.Type < 0 {
		return e, errors.New("--etfs " + v + ": give " + etfsForm)
	}
	return e, nil
}

func setEtfs(e *kernel.Etfs, name, value string) (err error) {
	switch name {
	case "key":
		if !strings.HasPrefix(value, "/") {
			return errors.New("a key begins with /")
		}
		e.Key = value
	case "hostpath":
		e.HostPath = value
	case "type":
		e.Type, err = parseType(value)
	case "offset":
		if e.Begin, err = parseSize(value); err != nil {
			return errors.New("offset is a number of bytes")
		}
	case "size":
		if value == "host" {
			return nil
		}
		if e.Size, err = parseSize(value); err != nil {
			return errors.New("size is a number of bytes")
		}
	default:
		return errors.New("unknown word " + name + ": the form is " + etfsForm)
	}
	return err
}

func parseType(v string) (kernel.EtfsType, error) {
	switch v {
	case "blk":
		return kernel.EtfsBlk, nil
	case "chr":
		return kernel.EtfsChr, nil
	case "reg":
		return kernel.EtfsReg, nil
	case "dir":
		return kernel.EtfsDir, nil
	case "dirs":
		return kernel.EtfsDirSubdirs, nil
	}
	return -1, errors.New("type is blk, chr, reg, dir or dirs")
}
