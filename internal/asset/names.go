package asset

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// dirOf is the directory of a path as the system walks it. It is not cleaned:
// "link/../a.zip" lies beside what the link leads to, and "new/../a.zip" nowhere
// while new is not there.
func dirOf(path string) string {
	dir, _ := filepath.Split(path)
	if dir == "" {
		return "."
	}
	root := len(filepath.VolumeName(dir)) + 1
	for len(dir) > root && os.IsPathSeparator(dir[len(dir)-1]) {
		dir = dir[:len(dir)-1]
	}
	return dir
}

// inDir is the path of a name in a directory, which is not cleaned either.
func inDir(dir, name string) string {
	switch {
	case dir == ".":
		return name
	case os.IsPathSeparator(dir[len(dir)-1]):
		return dir + name
	}
	return dir + string(filepath.Separator) + name
}

// temporary creates a file (0600) beside path whose name says what it is.
func temporary(path string) (*os.File, error) {
	return os.CreateTemp(dirOf(path), temporaryPrefix(path)+"*")
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

// isWhole says whether a file is a complete archive: it may be the only copy.
func isWhole(path string) bool {
	archive, err := OpenArchive(path)
	if err != nil {
		return false
	}
	// Nothing was written.
	_ = archive.Close()
	return true
}

// leftovers are temporary files for path to which nobody wrote for an hour, and that
// are no complete archive.
func leftovers(path string) []string {
	return slices.DeleteFunc(temporaries(path), func(name string) bool {
		info, err := os.Lstat(name)
		return err != nil || time.Since(info.ModTime()) < abandoned || isWhole(name)
	})
}

// temporaries are the temporary files for path, also those that are written to now.
func temporaries(path string) []string {
	return beside(path, func(name string) bool { return strings.HasPrefix(name, temporaryPrefix(path)) })
}

// Strays are the files beside path that runs made for it and that are still there: temporary ones, and
// archives that were kept because they could not be put there. Nothing is said of whether somebody needs them.
func Strays(path string) []string {
	kept := "." + filepath.Base(path) + keptMark
	return beside(path, func(name string) bool {
		return strings.HasPrefix(name, temporaryPrefix(path)) || strings.HasPrefix(name, kept) && strings.HasSuffix(name, ".zip")
	})
}

// beside are the regular files in the directory of path that have such a name.
func beside(path string, is func(name string) bool) []string {
	entries, err := os.ReadDir(dirOf(path))
	if err != nil {
		// The directory will tell when the file is created in it.
		return nil
	}
	var found []string
	for _, entry := range entries {
		if is(entry.Name()) && entry.Type().IsRegular() {
			found = append(found, inDir(dirOf(path), entry.Name()))
		}
	}
	return found
}
