package year_test

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
	_ "time/tzdata" // a machine may have no zones
)

// TestMain gives the nights a directory and a zone with summer time: both belong to the whole process, of
// which the year is the only test.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "year-")
	if err == nil {
		err = atHome(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	runtime.MemProfileRate = sampled
	// As Serve has it.
	debug.SetGCPercent(400)
	code := m.Run()
	_ = os.Chdir(os.TempDir())
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// atHome makes dir everything that a process writes to. No login is left in its environment.
func atHome(dir string) error {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	time.Local = zone
	os.Clearenv()
	for name, folder := range map[string]string{"TMPDIR": "tmp", "TMP": "tmp", "TEMP": "tmp", "HOME": "home", "USERPROFILE": "home"} {
		if err := os.MkdirAll(dir+"/"+folder, 0o700); err != nil {
			return err
		}
		if err := os.Setenv(name, dir+"/"+folder); err != nil {
			return err
		}
	}
	return os.Chdir(dir)
}
