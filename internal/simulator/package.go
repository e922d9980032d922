package simulator

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// maxEntry is far above what the definition of an app or task needs; payload
// is not read at all.
const maxEntry = 1 << 20

// errNoZip marks a file that cannot be opened as a zip.
var errNoZip = errors.New("not a zip file")

// assetPackage is what an import takes from a package.
type assetPackage struct {
	apps  []App
	tasks []Task
}

// readPackage reads the manifest and the definitions that it lists.
func readPackage(file *spooled) (*assetPackage, error) {
	zr, err := zip.NewReader(file, file.size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoZip, err)
	}
	var list manifest
	if err := readEntry(zr, manifestName, &list); err != nil {
		return nil, err
	}
	if list.Version != assetVersion {
		return nil, fmt.Errorf("asset version %q is not supported", list.Version)
	}
	if len(list.Apps) > maxSelected || len(list.Tasks) > maxSelected {
		return nil, errors.New("more than 100 applications or tasks")
	}
	sizes := payloadSizes(zr)
	pack := new(assetPackage)
	for _, id := range list.Apps {
		var app App
		if err := readEntry(zr, appFolder+entryName(id)+".json", &app); err != nil {
			return nil, err
		}
		app.Size = sizes[payloadFolder+entryName(id)+".bin"]
		pack.apps = append(pack.apps, app)
	}
	for _, id := range list.Tasks {
		var task Task
		if err := readEntry(zr, taskFolder+entryName(id)+".json", &task); err != nil {
			return nil, err
		}
		pack.tasks = append(pack.tasks, task)
	}
	return pack, nil
}

func readEntry(zr *zip.Reader, name string, into any) error {
	file, err := zr.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the package has no entry %s", name)
	}
	if err != nil {
		return fmt.Errorf("entry %s: %w", name, err)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxEntry))
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("entry %s: %w", name, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("entry %s: %w", name, err)
	}
	return nil
}

func payloadSizes(zr *zip.Reader) map[string]int64 {
	sizes := make(map[string]int64)
	for _, f := range zr.File {
		if strings.HasPrefix(f.Name, payloadFolder) {
			sizes[f.Name] = int64(f.UncompressedSize64)
		}
	}
	return sizes
}
