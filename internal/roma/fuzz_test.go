package roma

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// hidden checks the text of an error: one line without the secrets of these tests.
func hidden(t *testing.T, err error, most int) {
	t.Helper()
	if err == nil {
		return
	}
	text := err.Error()
	if len(text) > most || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\r\x1b") {
		t.Fatalf("%d bytes: %q", len(text), text)
	}
	for _, secret := range []string{"ready-token", secretKey} {
		if strings.Contains(text, secret) {
			t.Fatalf("%q is in %q", secret, text)
		}
	}
}

// What a refusal means is decided in one way: a job is not both not sent and perhaps
// started, and nothing but the service itself says that a job or an archive is gone.
func FuzzRefusal(f *testing.F) {
	for _, seed := range []string{
		`{"error_code":"ROMA.10012","error_msg":"An asset task is running"}`, `{"error_code":"ROMA.00010012"}`, `{"error_code":"ROMA.+10012"}`, `{"error_code":"roma.10012x"}`,
		`{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: signature expired, signature time: 20250101T000000Z, server time: 20250102T000000Z ready-token"}`,
		`{"error_code":"ROMA.10099","error_msg":"The job does not exist"}`, `{"archive_id":"a"}`, `{"error":{"code":"ROMA.1000"}}`, `<html><title>ready-token`, "\xff\xfe{\x00", `{"error_code":"ROMA.99999999999999999999"}`,
	} {
		for _, status := range []int{400, 401, 404, 503} {
			f.Add(status, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 300 || status > 599 {
			return
		}
		c := newClient(t, tokenConfig(always(status, string(body))))
		_, err := c.Importer(instance, ImportOptions{}).Job(t.Context(), jobID)
		hidden(t, err, 16<<10)
		answer, ok := errors.AsType[*httpapi.Error](err)
		if !ok {
			t.Fatal(err)
		}
		known := regexp.MustCompile(`^(?i)(roma|apigw?|iam)\.[0-9]+$`).MatchString(answer.Own().Code)
		if got := codeOf(answer); got.family == familyROMA && !known {
			t.Fatalf("%q is %+v", answer.Own().Code, got)
		}
		start := startError(err)
		unsent, lost, busy := errors.Is(start, asset.ErrNotSent), errors.Is(start, asset.ErrOutcomeUnknown), errors.Is(start, asset.ErrBusy)
		if unsent && lost || busy && (unsent || lost || !known) || status >= 500 && !known && !lost {
			t.Fatalf("%d %q: %v", status, body, start)
		}
		if errors.Is(err, asset.ErrUnknownJob) && (!known || status != 404 && status != 400) {
			t.Fatalf("%d %q: %v", status, body, err)
		}
		_, err = c.download(t.Context(), instance, archiveID)
		hidden(t, err, 16<<10)
		if errors.Is(err, asset.ErrTaken) && (errors.Is(err, asset.ErrDenied) || status == 401 || status >= 500) {
			t.Fatalf("%d %q: %v", status, body, err)
		}
		if skew, ok := errors.AsType[*ClockSkewError](err); ok && (skew.SignatureTime.IsZero() || !errors.Is(err, asset.ErrDenied)) {
			t.Fatalf("%+v", skew)
		}
	})
}

// A download is passed on byte by byte or is no archive: then nothing of it is lost, and
// the error tells no secret, also where only a part of it was looked at.
func FuzzDownload(f *testing.F) {
	for _, seed := range []string{
		emptyZip, "PK\x03\x04", "PK", "", "\nPK\x03\x04rest", `{"error_code":"ROMA.10012"}`, strings.Repeat("x", 2040) + "ready-token and more", "<html><title>" + strings.Repeat("&nbsp;", 400) + "ready-token",
	} {
		f.Add([]byte(seed), "")
	}
	f.Add([]byte("\x1f\x8bPK\x03\x04"), "gzip, br\x1b")
	f.Fuzz(func(t *testing.T, body []byte, encoding string) {
		c := newClient(t, tokenConfig(always(200, string(body), "Content-Encoding", encoding)))
		stream, err := c.download(t.Context(), instance, archiveID)
		if err != nil {
			if !errors.Is(err, asset.ErrNoArchive) || bytes.HasPrefix(body, []byte("PK\x03\x04")) {
				t.Fatalf("%q: %v", body, err)
			}
			hidden(t, err, 16<<10)
			return
		}
		defer func() { _ = stream.Close() }()
		if got, err := io.ReadAll(stream); !bytes.Equal(got, body) || err != nil {
			t.Fatalf("%q, %v; want %q", got, err, body)
		}
	})
}

// Of an answer that is no archive the beginning is shown, without the half of a secret that
// it may end in.
func TestBeginningEndsInASecret(t *testing.T) {
	t.Parallel()
	config := keyConfig(nil)
	for cut := 5; cut < len(secretKey); cut++ {
		config.transport = always(200, strings.Repeat("x", excerptLength-cut)+secretKey)
		_, err := newClient(t, config).download(t.Context(), instance, archiveID)
		if !errors.Is(err, asset.ErrNoArchive) || cut >= 8 && strings.Contains(err.Error(), secretKey[:8]) {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}

// Whatever the metadata service and IAM answer, a key pair is one that requests can be
// signed with, and what is none is told without its bytes.
func FuzzKeyPair(f *testing.F) {
	pair := func(access, secret, token string) string {
		return `{"credential":{"access":"` + access + `","secret":"` + secret + `","securitytoken":"` + token + `","expires_at":"2999-01-01T00:00:00.000000Z"}}`
	}
	for _, seed := range []string{pair("AK", "SK", "T"), pair(`A\nK`, "SK", "T"), pair("AK", "SK", `a\u0000b`), pair("ready-token", "", "T"), `{"credential":[]}`, "\xef\xbb\xbf" + pair("AK", "SK", "T")} {
		f.Add("token", []byte(seed))
	}
	f.Add("<html>\r\nready-token", []byte("null"))
	f.Fuzz(func(t *testing.T, token string, body []byte) {
		network := &fakeNetwork{answer: func(r *http.Request, _ string) (int, string, http.Header) {
			for name, values := range r.Header {
				for _, value := range values {
					if strings.ContainsAny(value, "\r\n\x00") {
						t.Fatalf("%s is %q", name, value)
					}
				}
			}
			switch r.URL.Path {
			case metadataToken:
				return 200, token, nil
			case metadataKeys:
				return 200, string(body), nil
			}
			return 200, runningJob, nil
		}}
		config := tokenConfig(network)
		config.Credentials = Metadata{}
		job, err := newClient(t, config).Importer(instance, ImportOptions{}).Job(t.Context(), jobID)
		hidden(t, err, 8<<10)
		if err == nil {
			if job.ID != jobID {
				t.Fatalf("%+v", job)
			}
			return
		}
		if source, ok := errors.AsType[*SourceError](err); !ok || source.Source != "metadata" {
			t.Fatalf("%q, %q: %v", token, body, err)
		}
		if network.count("GET "+assetsPath+"jobs/"+jobID) != 0 {
			t.Fatalf("%q: sent in spite of %v", body, err)
		}
	})
}

// A file of an identity token gives a token that a request can hold, or an error that does
// not quote it.
func FuzzIDTokenFile(f *testing.F) {
	for _, seed := range []string{"eyJ.a.b\n", "\xef\xbb\xbfeyJ.a.b\r\n", "{\"value\":\"ready-token\"}", "", " ", "a\rb", "a\x00b", "ready-token ready-token", "\u0085x"} {
		f.Add([]byte(seed))
	}
	file := filepath.Join(f.TempDir(), "token")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		token, err := OIDC{IDTokenFile: file}.token()
		hidden(t, err, 1<<10)
		if err == nil && (token == "" || unsendable(token) != "" || len(token) > maxIDToken || !bytes.Contains(data, []byte(token))) {
			t.Fatalf("%q of %q", token, data)
		}
	})
}

// A region and a cloud lead to hosts of that cloud, or nowhere; an endpoint where it says.
func FuzzRegion(f *testing.F) {
	for _, seed := range []string{"cn-north-4", "eu-west-101", "evil.example.com/", "evil.example.com#", "a@b", "a:443", "a b", "a?b", "\u202ea", "-a", "a..b", ".", "%2f", "ä"} {
		f.Add(seed, "myhuaweicloud.com")
		f.Add("cn-north-4", seed)
	}
	f.Fuzz(func(t *testing.T, region, cloud string) {
		c, err := New(Config{Region: region, Cloud: cloud, ProjectID: projectOne, Credentials: Token("ready-token")})
		hidden(t, err, 1<<10)
		if err != nil {
			return
		}
		if cloud == "" {
			cloud = CloudOf(region)
		}
		for address, service := range map[string]string{c.Endpoint(): "roma", c.AuthURL(): "iam"} {
			u, err := url.Parse(address)
			if err != nil || u.Host != service+"."+region+"."+cloud || u.Path != "" || u.Scheme != "https" {
				t.Fatalf("%q and %q lead to %q, %v", region, cloud, address, err)
			}
		}
	})
}
