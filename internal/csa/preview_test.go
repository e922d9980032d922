package csa

import (
	"net/http"
	"testing"
)

// TestPreviewAlone sends the archive once, with the flag, whatever the answer.
func TestPreviewAlone(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		preview http.HandlerFunc
		want    string
	}{
		"good":    {answer(200, importBody("SUCCESS", "Would be imported.")), ""},
		"failure": {answer(200, importBody("FAILURE", "Flow is missing.")), "refused"},
		"ids":     {answer(200, importBody("SUCCESS", sampleMessages...)), "imported"},
	} {
		s := serve(t, map[string]http.HandlerFunc{importLine: row.preview})
		archive, data := newArchive(t)
		err := newClient(t, s.known()).Preview(t.Context(), archive, ImportOptions{Mode: Update})
		got := s.got()
		if len(got) != 1 || got[0].query != "previewImport=true&update=true&userIdentifier="+personID {
			t.Fatalf("%s: %v", name, s.lines())
		}
		checkForm(t, got[0], data)
		if row.want == "" && err != nil || row.want != "" && previewErrorKind(t, err) != row.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
