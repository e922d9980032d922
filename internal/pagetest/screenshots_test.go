package pagetest

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// largestPicture keeps pictures in the repository small, in bytes.
const largestPicture = 150 << 10

// scheme makes the browser prefer light or dark.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return chromedp.Void{}, err
	}
}

// TestScreenshots takes the pictures of the documentation: a promotion in the
// middle, with a failure and a fault behind it.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	dir := *screenshots
	if dir == "" {
		dir = t.TempDir()
	}
	s := start(t, "-job-time", "5s")
	s.control("POST", "faults", `{"on": "export", "do": "fail_job"}`)
	s.export()
	s.control("POST", "finish", "")
	job := s.export()
	s.control("POST", "finish", "")
	file := s.download(job)
	s.control("POST", "faults", `{"on": "download", "do": "cut", "bytes": 1000}`)
	pages := []*tab{s.open(scheme("light")), s.open(scheme("dark"))}
	s.upload(file)
	for i, name := range []string{"light", "dark"} {
		p := pages[i]
		p.until(`document.querySelector('#job-list progress')?.value >= 0.3`)
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		taken, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		picture := smaller(t, taken)
		if len(picture) > largestPicture {
			t.Errorf("%s: %d bytes", name, len(picture))
		}
		if err := os.WriteFile(filepath.Join(dir, "page-"+name+".png"), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// smaller writes a picture with its most frequent colours only.
func smaller(t *testing.T, file []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	counts := make(map[color.Color]int)
	area := full.Bounds()
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			counts[full.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int { return counts[b] - counts[a] })
	const most = 256
	indexed := image.NewPaletted(area, colours[:min(len(colours), most)])
	draw.Draw(indexed, area, full, area.Min, draw.Src)
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, indexed); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
