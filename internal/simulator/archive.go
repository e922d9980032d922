package simulator

import (
	"archive/zip"
	"compress/flate"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// The layout of an asset package is not documented. These are the names in
// the packages of the Simulator.
const (
	manifestName  = "asset.json"
	appFolder     = "apps/"
	taskFolder    = "tasks/"
	payloadFolder = "payload/"
	assetVersion  = "1.0"
)

// manifest is the list of assets that an import reads from a package.
type manifest struct {
	Version string   `json:"version"`
	Apps    []string `json:"apps"`
	Tasks   []string `json:"tasks"`
}

// archive is a package that waits for its one download. Its bytes are made
// when it is sent: a package may be larger than the memory.
type archive struct {
	id   string
	inst *instance
	made time.Time
	// kept is when the export ended, from which on the package waits.
	kept  time.Time
	mark  string
	apps  []App
	tasks []Task
	// taken is when the download began, expired when the life of the package
	// ended before that; zero as long as neither was.
	taken, expired time.Time
}

// gone tells that the package cannot be downloaded any more.
func (a *archive) gone() bool {
	return !a.taken.IsZero() || !a.expired.IsZero()
}

// newArchive copies what is exported; the caller holds mu.
func newArchive(in *instance, sel selection, now time.Time) *archive {
	// The mark makes two packages differ although their content is the same.
	a := &archive{inst: in, made: now, mark: "package " + randomHex(8)}
	for _, one := range unique(sel.Apps) {
		if app := in.appByID(one.ID); app != nil {
			a.apps = append(a.apps, app.App)
		}
	}
	for _, one := range unique(sel.Tasks) {
		if task := in.taskByID(one.ID); task != nil {
			a.tasks = append(a.tasks, task.Task)
		}
	}
	return a
}

// unique drops what was selected twice.
func unique(all []selected) []selected {
	var once []selected
	for _, one := range all {
		if !slices.Contains(once, one) {
			once = append(once, one)
		}
	}
	return once
}

// zeroes stands for the payload while the size of a package is measured.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// payloadOf is an endless stream that depends on nothing but the id.
func payloadOf(id string) io.Reader {
	return rand.NewChaCha8(sha256.Sum256([]byte(id)))
}

// size measures the package: payload is stored, so its bytes do not matter.
func (a *archive) size() (int64, error) {
	var n counter
	err := a.write(&n, func(string) io.Reader { return zeroes{} })
	return int64(n), err
}

// counter counts what is written to it.
type counter int64

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}

// writeTo sends the package.
func (a *archive) writeTo(w io.Writer) error {
	return a.write(w, payloadOf)
}

func (a *archive) write(w io.Writer, payload func(id string) io.Reader) error {
	zw := zip.NewWriter(w)
	zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.DefaultCompression)
	})
	list := manifest{Version: assetVersion, Apps: []string{}, Tasks: []string{}}
	for _, app := range a.apps {
		list.Apps = append(list.Apps, app.ID)
	}
	for _, task := range a.tasks {
		list.Tasks = append(list.Tasks, task.ID)
	}
	if err := a.addJSON(zw, manifestName, list); err != nil {
		return err
	}
	for _, app := range a.apps {
		// The size is that of the payload entry, and permission stays here.
		if err := a.addJSON(zw, appFolder+entryName(app.ID)+".json", App{ID: app.ID, Name: app.Name, Remark: app.Remark}); err != nil {
			return err
		}
	}
	for _, task := range a.tasks {
		if err := a.addJSON(zw, taskFolder+entryName(task.ID)+".json", task); err != nil {
			return err
		}
	}
	for _, app := range a.apps {
		if app.Size == 0 {
			continue
		}
		name := payloadFolder + entryName(app.ID) + ".bin"
		if err := a.add(zw, name, zip.Store, io.LimitReader(payload(app.ID), app.Size)); err != nil {
			return err
		}
	}
	if err := zw.SetComment(a.mark); err != nil {
		return fmt.Errorf("comment: %w", err)
	}
	return zw.Close()
}

// entryName is an id as the name of a file: ids are free text.
func entryName(id string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r < ' ' {
			return '_'
		}
		return r
	}, id)
}

func (a *archive) addJSON(zw *zip.Writer, name string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	return a.add(zw, name, zip.Deflate, strings.NewReader(string(data)+"\n"))
}

func (a *archive) add(zw *zip.Writer, name string, method uint16, content io.Reader) error {
	w, err := zw.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: a.made})
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	// Large pieces keep the hashing of gigabytes cheap.
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{content}, make([]byte, 256<<10)); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}
