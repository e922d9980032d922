package provider_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestCredentialsKnownAtApply plans with credentials that are not known, as
// those from ephemeral values of other providers are, in each place of the
// block: no error, no request. The apply gets them and runs.
func TestCredentialsKnownAtApply(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]struct {
		plan, apply func(simulator.ROMAInfo) values
	}{
		"password": {
			func(info simulator.ROMAInfo) values {
				return values{"user_name": info.UserName, "password": undecided{}, "domain_name": info.DomainName}
			},
			func(info simulator.ROMAInfo) values {
				return values{"user_name": info.UserName, "password": info.Password, "domain_name": info.DomainName}
			},
		},
		"role": {
			func(simulator.ROMAInfo) values {
				return values{"access_key": undecided{}, "secret_key": undecided{}, "assume_role": undecided{}}
			},
			func(info simulator.ROMAInfo) values {
				return values{
					"access_key": info.Operator.AccessKey, "secret_key": info.Operator.SecretKey,
					"assume_role": values{"agency_name": info.AgencyName, "domain_id": info.DomainID},
				}
			},
		},
		"identity token": {
			func(info simulator.ROMAInfo) values {
				return values{"assume_role_with_oidc": values{"idp_id": info.OIDC.IDPID, "id_token": undecided{}}}
			},
			func(info simulator.ROMAInfo) values {
				return values{"assume_role_with_oidc": values{"idp_id": info.OIDC.IDPID, "id_token": info.OIDC.IDToken}}
			},
		},
		"nothing is known": {
			func(simulator.ROMAInfo) values {
				return values{
					"region": undecided{}, "endpoint": undecided{}, "auth_url": undecided{}, "token": undecided{}, "profile": undecided{},
					"ca_file": undecided{}, "insecure": undecided{}, "max_retries": undecided{},
				}
			},
			func(info simulator.ROMAInfo) values {
				return values{"access_key": info.AccessKey, "secret_key": info.SecretKey}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			info := server.Info.ROMA
			p, said := configuredOn(t, nil, "", with(info, rows.plan(info)))
			if said != "" {
				t.Fatal(said)
			}
			config := values{"roma": values{"apps": []any{ordersApp}}}
			planned := p.planCreate(t, "asset_export", config)
			if got := counts(server); got != "" {
				t.Fatalf("the plan sent %s", got)
			}
			p, said = configuredOn(t, nil, "", with(info, rows.apply(info)))
			if said != "" {
				t.Fatal(said)
			}
			if got, said := p.create(t, "asset_export", config, planned); said != "" || got["status"] != "SUCCEEDED" {
				t.Fatal(got, said)
			}
			expectCounts(t, server, "export 1")
		})
	}
}

// TestEphemeralVariable gives the password in a variable that terraform never
// stores: the saved plan does not hold it, nor does the fullest log of
// terraform and the provider, and apply gets it anew.
func TestEphemeralVariable(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	info := server.Info.ROMA
	w := newWorkspace(t, server, fmt.Sprintf(`
terraform {
  required_providers { asset = { source = "asset-promotion/asset" } }
}
variable "dev_instance" { type = string }
variable "prod_instance" { type = string }
variable "password" {
  type      = string
  sensitive = true
  ephemeral = true
}
provider "asset" {
  roma = {
    instance_id = var.dev_instance
    user_name   = %q
    domain_name = %q
    password    = var.password
  }
}
resource "asset_export" "orders" {
  roma = { apps = [%q] }
  path = "orders.zip"
}
`, info.UserName, info.DomainName, ordersApp))
	w.setenv("TF_VAR_password="+info.Password, "TF_LOG=TRACE", "TF_LOG_PATH="+w.path("trace.log"))
	w.plan(true, "-out", "saved")
	expectCounts(t, server, "login 0, export 0")
	if r := w.terraform("apply", "saved"); r.code != 0 {
		t.Fatalf("apply ended with %d:\n%s", r.code, r.out)
	}
	expectCounts(t, server, "login 1, export 1, download 1")
	written := map[string]string{"plan": w.terraform("show", "-json", "saved").out}
	for _, file := range []string{"trace.log", "terraform.tfstate"} {
		data, err := os.ReadFile(w.path(file))
		if err != nil {
			t.Fatal(err)
		}
		written[file] = string(data)
	}
	for where, text := range written {
		if !strings.Contains(text, "asset_export") {
			t.Errorf("%s does not tell of the export: there is nothing to search", where)
		}
	}
	expectNowhere(t, written, []string{info.Password})
}
