package simulator

import (
	"archive/zip"
	"bytes"
	"testing"
)

// Files of these kinds may be in an archive (Configuration Guide of CSA 4.70); others make its import fail.
func TestCSAAllowedFiles(t *testing.T) {
	t.Parallel()
	for name, allowed := range map[string]bool{
		"options.jsp": true, "inc.JSPF": true, "COMPONENTTYPE_A.json": true, "TOPOLOGY_A b.xml": true, "icon.png": true,
		"run.sh": false, "a.exe": false, "none": false,
	} {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		zr, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		pack := new(csaPackage)
		pack.checkFile(zr, name)
		if (len(pack.problems) == 0) != allowed {
			t.Errorf("%s: %v", name, pack.problems)
		}
	}
}
