package provider_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const exportOnly = providerSource + `variable "dev_instance" { type = string }
variable "prod_instance" { type = string }
provider "asset" {
  roma = { instance_id = var.dev_instance }
}
resource "asset_export" "orders" {
  roma = { apps = ["` + ordersApp + `"] }
  path = "orders.zip"
}
`

// TestLogin logs in with a password: one token, with the project's id in it,
// and one more when it ends in the middle of a wait.
func TestLogin(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	order(t, server, simulator.Fault{On: "job", Do: "expire_token"})
	info := server.Info.ROMA
	w := newWorkspace(t, server, exportOnly).inProcess()
	w.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME="+info.UserName, "HW_USER_PASSWORD="+info.Password, "HW_DOMAIN_NAME="+info.DomainName)
	w.apply(0)
	expectCounts(t, server, "login 2, projects 0, export 1, download 1")
}

// TestRefusedLogins checks the words for credentials that are no good.
func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env  []string
		want []string
		logs string
	}{
		"none": {
			[]string{"HW_ACCESS_KEY=", "HW_SECRET_KEY="},
			[]string{"No credentials", "token: no roma.token (HW_AUTH_TOKEN)", "key pair: no roma.access_key", "password: no roma.user_name"},
			"login 0, projects 0, export 0",
		},
		"wrong secret key": {
			[]string{"HW_SECRET_KEY=wrong-secret-key"},
			[]string{"Credentials refused", "verify aksk signature fail", "HTTP status: 401", "Error code: APIGW.0301", "Request id: "},
			"login 0, projects 1, export 0",
		},
		"wrong password": {
			[]string{"HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME=someone", "HW_USER_PASSWORD=wrong-password", "HW_DOMAIN_NAME=account"},
			[]string{"Credentials refused", "HTTP status: 401"},
			"login 1, projects 0, export 0",
		},
		"unknown project": {
			[]string{"HW_PROJECT_NAME=nowhere"},
			[]string{"Project not found", `There is no project named "nowhere"`, "roma.project_name (HW_PROJECT_NAME)"},
			"login 0, projects 1, export 0",
		},
		"plain http": {
			[]string{"ROMA_ENDPOINT=http://roma.example.test"},
			[]string{"Provider cannot be used", "Correct roma.endpoint in the provider block, or the variable ROMA_ENDPOINT."},
			"login 0, projects 0, export 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			w := newWorkspace(t, server, exportOnly).inProcess()
			w.setenv(test.env...)
			out := w.apply(1).out
			for _, want := range test.want {
				if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
					t.Errorf("the output lacks %q:\n%s", want, out)
				}
			}
			expectCounts(t, server, test.logs)
			if w.state("asset_export.orders") != nil {
				t.Error("something is in the state")
			}
		})
	}
}

// TestBodyTooLarge sends a body that the gateway does not take with a key
// pair: warned of in the plan, and told apart from bad credentials.
func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{
		"dev": {Apps: []simulator.App{{ID: ordersApp, Name: "orders", Size: 13 << 20}}}, "prod": {},
	}}})
	w := newWorkspace(t, server, exportOnly).inProcess()
	w.apply(0)
	w.write("import.tf", fmt.Sprintf(`
resource "asset_import" "orders" {
  source = %q
  roma   = { instance_id = var.prod_instance, type = "Merge" }
}
`, w.path("orders.zip")))
	if out := w.plan(true).out; !strings.Contains(out, "Archive may be too large for a key pair") || !strings.Contains(out, "12.0 MiB") {
		t.Errorf("the plan does not warn:\n%s", out)
	}
	out := strings.Join(strings.Fields(w.apply(1).out), " ")
	for _, want := range []string{"Archive too large", "body too large", "The credentials are not at fault", "Use a token or user name and password"} {
		if !strings.Contains(out, want) {
			t.Errorf("the error lacks %q:\n%s", want, out)
		}
	}
	expectCounts(t, server, "import 1")
	if info, err := os.Stat(w.path("orders.zip")); err != nil || info.Size() < 13<<20 {
		t.Errorf("archive: %v, %v", info, err)
	}
	// A token has no such limit.
	w.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_AUTH_TOKEN="+tokenFrom(t, server))
	if out := w.plan(true).out; strings.Contains(out, "too large") {
		t.Errorf("the plan warns although a token is used:\n%s", out)
	}
	w.apply(0)
	expectCounts(t, server, "import 2")
}

// TestWhereTheAgencyIsWritten: the remedy is where the agency is named.
func TestWhereTheAgencyIsWritten(t *testing.T) {
	t.Parallel()
	info := serve(t, simulator.Options{}).Info.ROMA
	for at, row := range map[string]struct {
		block values
		env   map[string]string
	}{
		"the profile": {block: values{"shared_config_file": profileFile(t, map[string]any{
			"mode": "AKSK", "accessKeyId": info.AccessKey, "secretAccessKey": info.SecretKey, "agencyName": "asset-audit", "agencyDomainId": info.DomainID,
		})}},
		"roma.assume_role_with_oidc": {block: values{"assume_role_with_oidc": values{
			"idp_id": info.OIDC.IDPID, "id_token": info.OIDC.IDToken, "agency_name": "asset-audit", "domain_id": info.DomainID,
		}}},
		"the variables HW_ASSUME_ROLE_*": {env: map[string]string{
			"HW_ACCESS_KEY": info.AccessKey, "HW_SECRET_KEY": info.SecretKey,
			"HW_ASSUME_ROLE_AGENCY_NAME": "asset-audit", "HW_ASSUME_ROLE_DOMAIN_ID": info.DomainID,
		}},
		"roma.assume_role": {block: values{"access_key": info.AccessKey, "secret_key": info.SecretKey, "assume_role": values{
			"agency_name": "asset-audit", "domain_id": info.DomainID,
		}}},
	} {
		p, said := configuredOn(t, row.env, "", with(info, row.block))
		if said == "" {
			_, said = p.read(t.Context(), t, "asset_inventory", values{"roma": values{}})
		}
		if !strings.Contains(said, "Check the name and the account of the agency in "+at+", that") {
			t.Errorf("%s: %s", at, said)
		}
	}
}

// TestWaitWithoutRenewal ends a wait for which no credentials are left: the
// message says why there are none, and not only that the wait went badly.
func TestWaitWithoutRenewal(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	info := server.Info.ROMA
	order(t, server, simulator.Fault{On: "job", Do: "expire_keys"}, simulator.Fault{On: "oidc", Do: "status", Status: 503, Skip: 1, Times: -1})
	p, said := configuredOn(t, nil, "", with(info, values{
		"assume_role_with_oidc": values{"idp_id": info.OIDC.IDPID, "id_token": info.OIDC.IDToken}, "max_retries": 0,
	}))
	if said != "" {
		t.Fatal(said)
	}
	config := values{"roma": values{"apps": []any{ordersApp}}, "timeouts": values{"create": "2s"}}
	_, said = p.create(t, "asset_export", config, p.planCreate(t, "asset_export", config))
	for _, want := range []string{
		"Error: Export job is still running", "background tasks. The credentials could not be renewed by assume_role_with_oidc: HTTP status 503.",
		"See to the credentials, then apply again. The next apply continues this job",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it lacks %q:\n%s", want, said)
		}
	}
}
