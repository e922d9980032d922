package provider_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// trusting is a provider block for a simulator with a certificate, and some
// values more. The addresses name the host.
func trusting(server *simulator.Server, platform, host string, more values) values {
	info := server.Info
	if platform == "csa" {
		csa := info.CSA["dev"]
		block := values{"endpoint": strings.Replace(csa.Endpoint, "127.0.0.1", host, 1), "username": csa.Username, "password": csa.Password}
		maps.Copy(block, more)
		return values{"csa": block}
	}
	block := address(info.ROMA)
	for _, name := range []string{"endpoint", "auth_url"} {
		text, _ := block[name].(string)
		block[name] = strings.Replace(text, "127.0.0.1", host, 1)
	}
	block["user_name"], block["password"], block["domain_name"] = info.ROMA.UserName, info.ROMA.Password, info.ROMA.DomainName
	maps.Copy(block, more)
	return values{"roma": block}
}

// question reads the inventory of a platform.
func question(t *testing.T, block values) string {
	t.Helper()
	p, said := configuredOn(t, nil, "", block)
	if said != "" {
		t.Fatal(said)
	}
	config := values{}
	for platform := range block {
		config[platform] = values{}
	}
	_, said = p.read(t.Context(), t, "asset_inventory", config)
	return said
}

func TestCertificatesThatAreAccepted(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"roma", "csa"} {
		for name, row := range map[string]struct {
			fault simulator.CertificateFault
			more  func(*simulator.Server) values
		}{
			"ca_file":  {"", func(s *simulator.Server) values { return values{"ca_file": s.Info.CAFile} }},
			"insecure": {simulator.CertificateExpired, func(*simulator.Server) values { return values{"insecure": true} }},
		} {
			t.Run(platform+" "+name, func(t *testing.T) {
				t.Parallel()
				server := serve(t, simulator.Options{TLSDir: t.TempDir(), Certificate: row.fault})
				if said := question(t, trusting(server, platform, "127.0.0.1", row.more(server))); said != "" {
					t.Error(said)
				}
			})
		}
	}
}

// TestCertificatesThatAreRefused: the message names the host, what is wrong
// and the attribute that helps, and nothing was sent.
func TestCertificatesThatAreRefused(t *testing.T) {
	t.Parallel()
	trusted := func(s *simulator.Server) values { return values{"ca_file": s.Info.CAFile} }
	for name, row := range map[string]struct {
		fault simulator.CertificateFault
		more  func(*simulator.Server) values
		roma  []string
	}{
		"unknown authority": {
			"", func(*simulator.Server) values { return nil },
			[]string{"an authority that is not trusted here has issued it", "Write the path of a PEM file with that authority's certificate in roma.ca_file (HW_CA_FILE)"},
		},
		"self-signed": {
			simulator.CertificateSelfSigned, func(*simulator.Server) values { return nil },
			[]string{"nobody but itself has issued it", "with this very certificate in roma.ca_file (HW_CA_FILE)"},
		},
		"expired": {simulator.CertificateExpired, trusted, []string{"it is valid from ", "The time of this machine is ", "Check the clock of this machine, or have the certificate renewed"}},
		"not yet": {simulator.CertificateNotYet, trusted, []string{"it is valid from ", "The time of this machine is "}},
		"other host": {
			simulator.CertificateOtherHost, trusted,
			[]string{"it is not for this name, but for roma.example.com", "Write a name of the certificate in roma.endpoint (ROMA_ENDPOINT)"},
		},
	} {
		for _, platform := range []string{"roma", "csa"} {
			t.Run(platform+" "+name, func(t *testing.T) {
				t.Parallel()
				server := serve(t, simulator.Options{TLSDir: t.TempDir(), Certificate: row.fault})
				begin := time.Now()
				said := question(t, trusting(server, platform, "127.0.0.1", row.more(server)))
				for _, want := range append(row.roma, "Error: Certificate not accepted", "The certificate of 127.0.0.1 was not accepted", "No credential was sent.") {
					if platform == "csa" {
						want = strings.NewReplacer("roma.ca_file (HW_CA_FILE)", "csa.ca_file (CSA_CA_FILE)", "roma.endpoint (ROMA_ENDPOINT)", "csa.endpoint (CSA_ENDPOINT)").Replace(want)
					}
					if !strings.Contains(said, want) {
						t.Errorf("it lacks %q:\n%s", want, said)
					}
				}
				if !strings.Contains(said, "The time of this machine") {
					golden(t, "certificate "+platform+" "+name, said)
				}
				if got := counts(server); got != "" || time.Since(begin) > 5*time.Second {
					t.Errorf("requests %q in %s: a refused certificate is not tried again", got, time.Since(begin))
				}
			})
		}
	}
}

// TestCertificateOfIAM: the attribute that helps is that of the address.
func TestCertificateOfIAM(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := serve(t, simulator.Options{TLSDir: dir, Certificate: simulator.CertificateOtherHost})
	block := trusting(server, "roma", "localhost", values{"ca_file": filepath.Join(dir, "ca.pem"), "endpoint": "https://roma.example.com"})
	if said := question(t, block); !strings.Contains(said, "The certificate of localhost") || !strings.Contains(said, "in roma.auth_url (HW_AUTH_URL)") {
		t.Error(said)
	}
}

// TestRedirectsAreNotFollowed: whatever the status, no request arrives where
// the server points to, be it the platform or IAM.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		platform, on string
		status       int
	}{
		"list of ROMA Connect": {"roma", "apps", 307},
		"login":                {"roma", "login", 302},
		"list of CSA":          {"csa", "csa_catalogs", 308},
		"person of CSA":        {"csa", "csa_login", 301},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, other := serve(t, simulator.Options{}), serve(t, simulator.Options{})
			order(t, server, simulator.Fault{On: row.on, Do: "redirect", Location: other.URL, Status: row.status})
			said := question(t, trusting(server, row.platform, "127.0.0.1", nil))
			if !strings.Contains(said, "(redirect to "+strings.TrimPrefix(other.URL, "http://")+"/") || !strings.Contains(said, ", not followed)") {
				t.Errorf("said %q", said)
			}
			if got := other.Simulator.Requests(); len(got) > 0 {
				t.Errorf("%d requests followed the redirect", len(got))
			}
		})
	}
}

var clocksTold = regexp.MustCompile(`the time of this machine was (.*), that of the server (.*)\.\n`)

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05 UTC", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestClocks: both times are told, also of a pair that could be renewed.
func TestClocks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"key pair", "role", "metadata service"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{ClockSkew: -20 * time.Minute, Metadata: simulator.MetadataOptional})
			_, said := waysIn()[name].enter(t, server.Info.ROMA).read(t.Context(), t, "asset_inventory", values{"roma": values{}})
			told := clocksTold.FindStringSubmatch(said)
			if told == nil || !strings.HasPrefix(said, "Error: Clocks differ") || !strings.Contains(said, "Set the clock of this machine") {
				t.Fatal(said)
			}
			ours, theirs := moment(t, told[1]), moment(t, told[2])
			if apart := ours.Sub(theirs).Round(time.Minute); apart != 20*time.Minute || time.Since(ours).Abs() > time.Minute {
				t.Errorf("told %s and %s", ours, theirs)
			}
			n := 0
			for _, r := range server.Simulator.Requests() {
				if r.Status == 401 {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d refused requests: a clock is no matter of credentials", n)
			}
		})
	}
}
