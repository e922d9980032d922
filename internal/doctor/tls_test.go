package doctor

import (
	"crypto/tls"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestCertificates: what is wrong with a certificate is told, and what would help.
func TestCertificates(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		fault   simulator.CertificateFault
		caFile  bool
		env     map[string]string
		status  int
		differs []string
		seen    string
	}{
		"trusted":      {caFile: true, seen: "trusted"},
		"no authority": {status: Fails, differs: []string{"way.certificate"}, seen: "unknown authority"},
		"insecure":     {env: map[string]string{"HW_INSECURE": "true"}, seen: "not verified, as was set"},
		"expired":      {fault: simulator.CertificateExpired, caFile: true, status: Fails, differs: []string{"way.certificate"}, seen: "out of date"},
		"other host":   {fault: simulator.CertificateOtherHost, caFile: true, status: Fails, differs: []string{"way.certificate"}, seen: "for another name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			server, err := simulator.Serve(t.Context(), "127.0.0.1:0", simulator.Options{TLSDir: dir, Certificate: row.fault, Assets: assets()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := server.Close(); err != nil {
					t.Error(err)
				}
			})
			r := &rig{sim: server.Simulator, info: server.Info}
			r.at(server.URL)
			if row.caFile {
				r.env["HW_CA_FILE"] = filepath.Join(dir, "ca.pem")
			}
			maps.Copy(r.env, row.env)
			if status := r.run(t, ""); status != row.status || !slices.Equal(r.differs(), row.differs) && len(row.differs)+len(r.differs()) > 0 {
				t.Errorf("status %d, differs %q\n%s", status, r.differs(), r.printed)
			}
			// The chain was looked at, refused or not.
			if got := r.fact(t, "way.certificate"); got.Seen[0] != row.seen || got.Note == "" || r.fact(t, "way.tls").Seen[0] != "TLS 1.3" {
				t.Errorf("%+v\n%s", got, r.printed)
			}
			if row.status == Fails && len(server.Simulator.Requests()) > 0 {
				t.Error("something was sent")
			}
			r.checkSecrets(t)
		})
	}
}

// TestOldTLS: the provider refuses TLS 1.0, and the doctor says that it is what the server speaks.
func TestOldTLS(t *testing.T) {
	t.Parallel()
	r := newRig(t, simulator.Options{})
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: everySuite()}
	server.StartTLS()
	t.Cleanup(server.Close)
	r.at(server.URL)
	r.o.UseCSA = true
	if status := r.run(t, ""); status != Fails || !slices.Equal(r.fact(t, "way.tls").Seen, []string{"TLS 1.0"}) {
		t.Errorf("status %d\n%s", status, r.printed)
	}
	if r.fact(t, "way.tls").Means[:len(wouldFail)] != wouldFail {
		t.Errorf("%+v", r.fact(t, "way.tls"))
	}
}

// TestNobody: without a server there is nothing to judge.
func TestNobody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for _, useCSA := range []bool{true, false} {
		r := newRig(t, simulator.Options{})
		r.at(server.URL)
		r.o.UseCSA = useCSA
		if status := r.run(t, ""); status != NotRun || r.report.StoppedBy != "not reached" || r.fact(t, "way.connection").Seen[0] != "not reached" {
			t.Errorf("status %d by %s\n%s", status, r.report.StoppedBy, r.printed)
		}
	}
	u, err := url.Parse("https://127.0.0.1:1")
	if err != nil || probe(t.Context(), u) != nil {
		t.Errorf("somebody is there: %v", err)
	}
}
