//go:build versitygw

package provider_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// gateway is a real server of the S3 protocol, on a directory of the test.
type gateway struct {
	t                      *testing.T
	endpoint, data, region string
	key                    aws.Credentials
}

// startGateway starts the program that VERSITYGW names; make test-s3 builds it.
func startGateway(t *testing.T) *gateway {
	t.Helper()
	var listen net.ListenConfig
	free, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	g := &gateway{
		t: t, endpoint: "http://" + at, data: t.TempDir(), region: "us-east-1",
		key: aws.Credentials{AccessKeyID: "AKIDOFTHETEST", SecretAccessKey: "secret-of-the-test"},
	}
	cmd := exec.CommandContext(t.Context(), os.Getenv("VERSITYGW"), "--port", at, "--access", g.key.AccessKeyID, "--secret", g.key.SecretAccessKey,
		"--region", g.region, "--iam-dir", t.TempDir(), "posix", "--versioning-dir", t.TempDir(), g.data)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	eventually(t, "the gateway listens", func() bool {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", at)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return g
}

// send sends a signed request that the provider has no need of.
func (g *gateway) send(method, path, body string) {
	g.t.Helper()
	ctx := context.WithoutCancel(g.t.Context())
	req, err := http.NewRequestWithContext(ctx, method, g.endpoint+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("X-Amz-Content-Sha256", hexSum(body))
	if err := v4.NewSigner().SignHTTP(ctx, g.key, req, hexSum(body), "s3", g.region, time.Now()); err != nil {
		g.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.Body.Close() != nil || resp.StatusCode >= 300 {
		g.t.Fatalf("%s %s: %d %s, %v", method, path, resp.StatusCode, text, err)
	}
}

// bucket makes a bucket.
func (g *gateway) bucket(name string, versions bool) {
	g.t.Helper()
	g.send(http.MethodPut, "/"+name, "")
	if versions {
		g.send(http.MethodPut, "/"+name+"?versioning=", `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`)
	}
}

func (g *gateway) variables() []string {
	return []string{
		"AWS_ENDPOINT_URL_S3=" + g.endpoint, "AWS_REGION=" + g.region,
		"AWS_ACCESS_KEY_ID=" + g.key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + g.key.SecretAccessKey,
	}
}

// TestRealStore promotes through a real server, in a plain bucket and in one that keeps
// versions: what the simulator says is held against it.
func TestRealStore(t *testing.T) {
	g := startGateway(t)
	g.bucket("plain", false)
	g.bucket("versions", true)
	for _, bucket := range []string{"plain", "versions"} {
		t.Run(bucket, func(t *testing.T) {
			address := "s3://" + bucket + "/releases/1+ü %20/" + keyOf(t)
			s := inStore(t, exportInto(address, "remove_on_destroy = true"), importAt("asset_export.x.archive.path", "source_hash = asset_export.x.archive.sha256"))
			s.setenv(g.variables()...)
			s.apply(0)
			first, _ := s.archive("asset_export.x")["path"].(string)
			if strings.HasPrefix(first, address+"?versionId=") != (bucket == "versions") {
				t.Errorf("the archive is at %s", first)
			}
			s.nothingStaged()
			s.plan(false)
			p := configuredFromEnv(t, g.variables())
			found, said := p.read(t.Context(), t, "asset_archive", values{"path": first})
			if said != "" || found["sha256"] != s.archive("asset_export.x")["sha256"] || found["content_digest"] != s.archive("asset_export.x")["content_digest"] {
				t.Errorf("%v, %s", found, said)
			}
			s.setenv("TF_VAR_release=2")
			if bucket == "plain" {
				wants(t, s.apply(1), "Path is taken")
				s.setenv("TF_VAR_release=1")
			} else {
				s.apply(0)
				if second := s.archive("asset_export.x")["path"]; second == first {
					t.Errorf("two releases at %s", first)
				}
				wants(t, s.plan(false), "No changes")
			}
			expectCounts(t, s.server, map[string]string{"plain": "export 1, import 1", "versions": "export 2, import 2"}[bucket])
			if r := s.terraform("destroy", "-auto-approve"); r.code != 0 || strings.Contains(r.out, "could not remove") {
				t.Errorf("destroy ended with %d:\n%s", r.code, r.out)
			}
			_, said = p.read(t.Context(), t, "asset_archive", values{"path": address})
			if !strings.Contains(said, "Archive is not in the store") != (bucket == "versions") {
				t.Errorf("the object is still there: %s", said)
			}
		})
	}
	t.Run("a file that moves in and out", func(t *testing.T) {
		s := inStore(t, exportInto("x.zip"))
		s.setenv(g.variables()...)
		s.apply(0)
		for _, to := range []string{"s3://plain/moved.zip", "s3://versions/moved.zip", "back.zip"} {
			s.write("main.tf", storeHead+exportInto(to))
			s.apply(0)
			s.plan(false)
		}
		expectCounts(t, s.server, "export 1, download 1")
		if sum := hexSum(string(s.file("back.zip"))); sum != s.archive("asset_export.x")["sha256"] {
			t.Errorf("another archive came back: %s", sum)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for address, want := range map[string]string{"s3://no-such-bucket/a.zip": "there is no bucket", "s3://plain/a.zip": "refuses the credentials"} {
			s := inStore(t, exportInto(address))
			s.setenv(g.variables()...)
			if want != "there is no bucket" {
				s.setenv("AWS_SECRET_ACCESS_KEY=wrong")
			}
			wants(t, s.apply(1), want)
		}
	})
}

// configuredFromEnv is a provider without a block, in this environment.
func configuredFromEnv(t *testing.T, variables []string) *plugin {
	t.Helper()
	c := &core{w: &workspace{t: t, env: variables}}
	return c.plugins(&configuration{providers: map[string]hclsyntax.Attributes{"": nil}}, new(sayings))[""]
}
