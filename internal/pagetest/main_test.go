package pagetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/chromedp/chromedp"
)

// screenshots is where TestScreenshots writes.
var screenshots = flag.String("screenshots", "", "`directory` for the pictures of the page; a temporary one when empty")

// names are those under which systems have Chromium, and Chrome, which is it.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

const needed = "these tests need Chromium: install the package of your system (Debian: apt-get install chromium), " +
	"or set CHROMIUM to the path of chromium or chrome"

var (
	// openTab makes a tab of the one browser, with cookies and storage of its own.
	openTab func() (context.Context, context.CancelFunc)
	// simulator is the program under test.
	simulator string
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pagetest:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	program, err := findChromium()
	if err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "pagetest")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	simulator = filepath.Join(dir, "asset-simulator")
	if runtime.GOOS == "windows" {
		simulator += ".exe"
	}
	// In a container the checkout may be somebody else's, whom git does not trust.
	build := exec.CommandContext(context.Background(), "go", "build", "-C", "../..", "-buildvcs=false", "-o", simulator, "./internal/simulator/cmd/asset-simulator")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("build the simulator: %w", err)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.DisableGPU,
		chromedp.ExecPath(program), chromedp.UserDataDir(filepath.Join(dir, "profile")),
		// Nothing but loopback is reached, whatever the browser would like to do.
		chromedp.Flag("host-resolver-rules", "MAP rebound.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("font-render-hinting", "none"),
	}
	if os.Geteuid() == 0 {
		// Chromium refuses to run as root with a sandbox; what it opens here is
		// the page of the simulator.
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	opened, end := chromedp.NewContext(allocator)
	defer end()
	openTab = func() (context.Context, context.CancelFunc) {
		return chromedp.NewContext(opened, chromedp.WithNewBrowserContext())
	}
	if err := chromedp.Do(opened); err != nil {
		return 1, fmt.Errorf("start %s: %w", program, err)
	}
	return m.Run(), nil
}

// findChromium answers a path.
func findChromium() (string, error) {
	if program := os.Getenv("CHROMIUM"); program != "" {
		path, err := exec.LookPath(program)
		if err != nil {
			return "", fmt.Errorf("CHROMIUM: %w; %s", err, needed)
		}
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New(needed)
}
