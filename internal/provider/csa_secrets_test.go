package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestNoCSASecretGetsOut is TestNoSecretGetsOut for CSA, whose userIdentifier
// is in every URL: looked up, and given, which also errors of the transport
// must not name.
func TestNoCSASecretGetsOut(t *testing.T) {
	t.Parallel()
	main, err := os.ReadFile("../../examples/csa/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"looked up", "given"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			w := newWorkspace(t, server, strings.Replace(string(main), `mode = "update",`, `mode = "update", preview = true,`, 1))
			w.setenv(csaVariablesOf(server)...)
			w.setenv("TF_LOG=TRACE", "TF_LOG_PATH="+w.path("trace.log"))
			network := tap(t, server)
			w.setenv("TF_VAR_dev_endpoint="+network.url+"/dev", "TF_VAR_prod_endpoint="+network.url+"/prod")
			dev, prod := csaSecrets(server, "dev"), csaSecrets(server, "prod")
			secrets := append(slices.Clone(dev), prod...)
			if name == "given" {
				// One id cannot be right on both servers: each has its own.
				w.setenv("CSA_USER_IDENTIFIER=" + server.Simulator.UserIdentifier("dev", "CSA-Provider", "admin"))
			}
			// Servers that echo what they were sent.
			fromDev, fromProd := echoOf(dev), echoOf(prod)
			order(t, server,
				simulator.Fault{On: "csa_export", Do: "status", Status: 404, Body: "<html><title>" + fromDev + "</title><h1>" + fromDev + "</h1></html>", ContentType: "text/html"},
				simulator.Fault{On: "csa_export", Skip: 1, Do: "not_a_zip", Body: "<html><title>" + fromDev + "</title></html>"},
				simulator.Fault{On: "csa_preview", Do: "drop_before"},
				simulator.Fault{On: "csa_preview", Skip: 1, Do: "import_status", Summary: fromProd, Messages: []string{fromProd}},
				simulator.Fault{On: "csa_import", Do: "import_status", Summary: fromProd, Messages: []string{fromProd}},
				simulator.Fault{On: "csa_import", Skip: 1, Do: "import_status", Word: "SUCCESS", Summary: fromProd, Messages: []string{fromProd}},
			)
			printed := w.apply(1).out + w.apply(1).out + w.apply(1).out
			if name == "looked up" {
				printed += w.apply(1).out + w.apply(1).out + w.apply(0).out
				printed += w.plan(false, "-out", "saved").out
				printed += withoutVariables(t, w.terraform("show", "-json", "saved").out)
			}
			network.mu.Lock()
			for value := range network.seen {
				secrets = append(secrets, value, strings.TrimPrefix(value, "Basic "))
			}
			network.mu.Unlock()
			written := map[string]string{"output": printed}
			for _, file := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup"} {
				// Not every way leaves each file.
				data, err := os.ReadFile(w.path(file))
				if err == nil {
					written[file] = string(data)
				}
			}
			if log := written["trace.log"]; !strings.Contains(log, "/csa/rest/export/") || !strings.Contains(log, "/csa/rest/import") && name == "looked up" {
				t.Error("the log does not show the requests: there is nothing to search")
			}
			expectNowhere(t, written, append(secrets, "hidden_query"))
			leftInDir(t, w.dir)
		})
	}
}

// withoutVariables drops from a plan what Terraform itself keeps there: the
// values that the user gave.
func withoutVariables(t *testing.T, plan string) string {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(plan), &all); err != nil {
		t.Fatal(err)
	}
	delete(all, "variables")
	rest, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(rest)
}

// csaSecrets are the password of a server and the id of the person.
func csaSecrets(server *simulator.Server, name string) []string {
	info := server.Info.CSA[name]
	id := server.Simulator.UserIdentifier(name, info.Organization, info.User)
	return []string{info.Password, id, strings.ToUpper(id)}
}

// echoOf is what a server might say that quotes what it was sent.
func echoOf(secrets []string) string {
	echo := "GET /csa/rest/export/x?userIdentifier="
	for _, secret := range secrets {
		echo += secret + " " + url.QueryEscape(secret) + " " + base64.StdEncoding.EncodeToString([]byte(secret)) + " "
	}
	return echo
}

func expectNowhere(t *testing.T, written map[string]string, secrets []string) {
	t.Helper()
	for where, text := range written {
		for _, secret := range secrets {
			for _, form := range forms(secret) {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("%s holds a secret (%q) near %q", where, form, text[max(0, i-200):i])
				}
			}
		}
	}
}
