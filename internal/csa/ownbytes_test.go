package csa

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// TestStatusBehindManyMessages: an answer's own bytes are parsed, not what is
// shown of them. A success that contradicts its HTTP status says nothing, however
// long its messages are; neither does an answer that broke off before its
// status.
func TestStatusBehindManyMessages(t *testing.T) {
	t.Parallel()
	long := make([]string, 100)
	for i := range long {
		long[i] = "Something of no importance " + strings.Repeat("x", 30)
	}
	for name, row := range map[string]struct {
		body    string
		unknown bool
	}{
		"short success": {importBody("SUCCESS", "x"), true},
		"long success":  {importBody("SUCCESS", long...), true},
		"long failure":  {importBody("FAILURE", long...), false},
		"cut off":       {importBody("SUCCESS", long...)[:3000], true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = w.Write([]byte(row.body))
			}))
			t.Cleanup(server.Close)
			c, err := New(Config{Endpoint: server.URL, Username: "someAccount", Password: "secretsecret", UserIdentifier: "90cec2ff3dc1d73b013dc1df0b750028"})
			if err != nil {
				t.Fatal(err)
			}
			body, err := httpapi.NewUpload("file", "archive.zip", 1, func() io.Reader { return strings.NewReader("x") })
			if err != nil {
				t.Fatal(err)
			}
			done, err := c.sendImport(t.Context(), body, nil)
			if row.unknown != errors.Is(err, asset.ErrOutcomeUnknown) || !row.unknown && (err != nil || done.job.Status != asset.Failed || len(done.job.Reasons) != len(long)+1) {
				t.Errorf("%+v, %v", done.job.Status, err)
			}
		})
	}
}
