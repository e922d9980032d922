package provider_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestStoreWaysIn reads an object of OBS with each way to log in, and no setting but where
// OBS is. A token is exchanged for a key pair that is limited to the bucket; what ends is renewed.
func TestStoreWaysIn(t *testing.T) {
	t.Parallel()
	for name, way := range waysIn() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{Metadata: simulator.MetadataOptional})
			text := goldenArchive(t)
			if err := server.Simulator.PutObject("obs", storeBucket, "orders.zip", []byte(text), map[string]string{"asset-sha256": hexSum(text)}); err != nil {
				t.Fatal(err)
			}
			p := way.enterWith(t, server.Info.ROMA, map[string]string{"OBS_ENDPOINT": server.Info.OBS.Endpoint})
			ask := func() {
				t.Helper()
				found, said := p.read(t.Context(), t, "asset_archive", values{"path": releases})
				if said != "" || found["sha256"] != hexSum(text) {
					t.Errorf("%v, %s", found, said)
				}
			}
			ask()
			for _, r := range server.Simulator.Requests() {
				if r.Kind == "temporary_keys" && strings.Contains(r.Path, "OS-CREDENTIAL") && r.Policy != "" && !strings.Contains(r.Policy, "obs:*:*:object:"+storeBucket+"/*") {
					t.Errorf("the policy is %s", r.Policy)
				}
			}
			if !way.temporary {
				return
			}
			server.Simulator.ExpireTokens()
			server.Simulator.ExpireTemporaryKeys()
			ask()
		})
	}
}

// storeTap passes requests on to a store, and notes what has to stay secret. The host is part of
// a signature, so it stays.
func storeTap(t *testing.T, at string, w *wire) string {
	t.Helper()
	target, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		w.note(r.In.Header)
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}, ModifyResponse: func(resp *http.Response) error {
		w.note(resp.Header)
		return nil
	}})
	t.Cleanup(front.Close)
	return front.URL
}

// TestNoStoreSecretGetsOut promotes through both stores, with refusals that echo what was sent,
// and looks for every credential in the log, the output, the plan and the state.
func TestNoStoreSecretGetsOut(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	info := server.Info
	network := tap(t, server)
	keys := server.Simulator.TemporaryS3Keys(1 << 40)
	w := newWorkspace(t, server, storeHead+exportInto(releases)+
		strings.ReplaceAll(exportInto("s3://"+storeBucket+"/orders.zip"), `"x"`, `"z"`)+importAt("asset_export.z.archive.path"))
	w.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME="+info.ROMA.UserName, "HW_USER_PASSWORD="+info.ROMA.Password, "HW_DOMAIN_NAME="+info.ROMA.DomainName,
		"ROMA_ENDPOINT="+network.url, "HW_AUTH_URL="+network.url+"/v3", "OBS_ENDPOINT="+storeTap(t, info.OBS.Endpoint, network),
		"AWS_ENDPOINT_URL_S3="+storeTap(t, info.S3.Endpoint, network), "AWS_REGION="+info.S3.Region,
		"AWS_ACCESS_KEY_ID="+keys.AccessKey, "AWS_SECRET_ACCESS_KEY="+keys.SecretKey, "AWS_SESSION_TOKEN="+keys.SecurityToken,
		"TF_LOG=TRACE", "TF_LOG_PATH="+w.path("trace.log"))
	echo := "SignatureDoesNotMatch of " + keys.SecretKey + " " + url.QueryEscape(keys.SecurityToken) + " " + info.ROMA.Password
	order(t, server,
		simulator.Fault{On: "store_head", Do: "status", Status: 403, Code: "AccessDenied", Message: echo},
		simulator.Fault{On: "store_put", Do: "status", Status: 403, Code: "AccessDenied", Message: echo},
		simulator.Fault{On: "store_get", Do: "status", Status: 403, Code: "AccessDenied", Message: echo},
	)
	printed := w.terraform("apply", "-auto-approve").out + w.terraform("apply", "-auto-approve").out + w.apply(0).out
	printed += w.plan(false, "-out", "saved").out + w.terraform("show", "-json", "saved").out
	if !strings.Contains(printed, "Archive is not in the store yet") {
		t.Errorf("nothing was refused:\n%s", printed)
	}
	written := map[string]string{"output": printed}
	for _, file := range []string{"trace.log", "terraform.tfstate"} {
		data, err := os.ReadFile(w.path(file))
		if err != nil {
			t.Fatal(err)
		}
		written[file] = string(data)
	}
	if !strings.Contains(written["trace.log"], "/orders.zip") {
		t.Error("the log does not show the requests: there is nothing to search")
	}
	secrets := maps.Clone(network.seen)
	for _, secret := range []string{keys.SecretKey, keys.SecurityToken, info.ROMA.Password} {
		secrets[secret] = true
	}
	for where, text := range written {
		for secret := range secrets {
			for _, form := range forms(secret) {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("%s holds a secret (%q) near %q", where, form, text[max(0, i-200):i])
				}
			}
		}
	}
}
