package roma

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSwappedKeyPair: the gateway quotes the access key, which is the secret
// one if the halves of the pair were swapped.
func TestSwappedKeyPair(t *testing.T) {
	t.Parallel()
	const secret, access = "s3cretOfThePairThatIsLong", "AKOFTHEPAIR"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Access=")
		id, _, _ = strings.Cut(id, ",")
		http.Error(w, `{"error_code":"APIGW.0301","error_msg":"access key `+id+` is unknown, not `+access+`"}`, http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	c, err := New(Config{Endpoint: server.URL, ProjectID: "p", Credentials: KeyPair{AccessKey: secret, SecretKey: access}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Exporter("i", ExportOptions{Apps: []string{"a"}}).Start(t.Context())
	if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), access) || !strings.Contains(err.Error(), "access key *** is unknown") {
		t.Errorf("got %v", err)
	}
}

// TestContentForAFile: what should be in a file, and stands where its name
// should, is not quoted.
func TestContentForAFile(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJwcm9qZWN0X3BhdGgifQ.c2lnbmF0dXJl"
	if _, err := (OIDC{IDTokenFile: token}).token(); err == nil || strings.Contains(err.Error(), token) ||
		!strings.Contains(err.Error(), "id_token_file holds content where a path belongs") {
		t.Errorf("identity token: %v", err)
	}
	const profile = `{"current":"a","profiles":[{"name":"a","secretAccessKey":"s3cret"}]}`
	_, err := ReadProfile(profile, "")
	if p, ok := errors.AsType[*ProfileError](err); !ok || strings.Contains(err.Error(), "s3cret") || p.Problem != "holds content where a path belongs" {
		t.Errorf("profile: %v", err)
	}
	// What the endpoint of GitHub answers is not the token, but holds it.
	answer := filepath.Join(t.TempDir(), "answer")
	if err := os.WriteFile(answer, []byte(`{"count":2046,"value":"`+token+`"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (OIDC{IDTokenFile: answer}).token(); err == nil || strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), `"value" alone`) {
		t.Errorf("an answer of GitHub: %v", err)
	}
	// What leads to no file may be a secret that looks like none.
	_, err = (OIDC{IDTokenFile: filepath.Join(t.TempDir(), "none")}).token()
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "id_token_file names a file that cannot be read: ") || strings.Contains(err.Error(), "none") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestIdentityTokenAtHome: "~" is the home directory, as people write it.
func TestIdentityTokenAtHome(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	if err := os.WriteFile(filepath.Join(home, "id-token"), []byte("a.b.c\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if token, err := (OIDC{IDTokenFile: "~/id-token"}).token(); token != "a.b.c" || err != nil {
		t.Errorf("got %q, %v", token, err)
	}
}
