package asset

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	temporaryMark = ".asset-part-"
	keptMark      = ".asset-"
	// longestName is how many bytes a file name has at most, on all the file
	// systems in wide use.
	longestName = 255
	// longestRandom is how many digits os.CreateTemp makes of a 32-bit number.
	longestRandom = 10
)

// temporary creates a file (0600) beside path whose name says what it is.
func temporary(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), temporaryPrefix(path)+"*")
}

func temporaryPrefix(path string) string {
	return "." + shortened(filepath.Base(path), longestName-len(".")-len(temporaryMark)-longestRandom) + temporaryMark
}

// keptName is the name, without its directory, under which the archive of a job is kept
// that cannot be put at path: ".orders.zip.asset-JOB.zip".
func keptName(path, label string) string {
	if !plainLabel.MatchString(label) {
		sum := sha256.Sum256([]byte(label))
		label = hex.EncodeToString(sum[:8])
	}
	tail := keptMark + label + ".zip"
	return "." + shortened(filepath.Base(path), longestName-len(".")-len(tail)) + tail
}

// plainLabel are the job ids that can be part of a file name on every system.
var plainLabel = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// shortened is the beginning of a name, of at most so many bytes.
func shortened(name string, most int) string {
	if len(name) <= most {
		return name
	}
	for most > 0 && !utf8.RuneStart(name[most]) {
		most--
	}
	return name[:most]
}

// leftovers are temporary files for path to which nobody wrote for an hour.
func leftovers(path string) []string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		// The directory will tell when the file is created in it.
		return nil
	}
	var found []string
	prefix := temporaryPrefix(path)
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), prefix) || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) >= abandoned {
			found = append(found, filepath.Join(filepath.Dir(path), entry.Name()))
		}
	}
	return found
}

// Key is equal for two paths that name one file: it is absolute, and its
// directory is the one that it really is in, whatever links lead there. What is not there yet
// has the name that it would get.
func Key(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	dir, rest := filepath.Dir(abs), filepath.Base(abs)
	for {
		if resolved, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(resolved, rest)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return abs
		}
		dir, rest = parent, filepath.Join(filepath.Base(dir), rest)
	}
}
