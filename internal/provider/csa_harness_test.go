package provider_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// Ids of the simulator's CSA "dev".
const (
	csaCatalog  = "90cec2ff3c81b896013c81b8c1780001"
	csaOffering = "90cec2ff3c81b896013c81b8c1780097"
	csaDesign   = "90cec2023cc75f8a013cc7643ad00034"
	csaPalette  = "2c9030e44bdb3bfe014c0e47ee680001"
)

const csaHead = providerSource

// csaWorkspace is a directory whose provider blocks without values mean the
// CSA prod. The variables of ROMA Connect are there too: the block decides.
func csaWorkspace(t *testing.T, server *simulator.Server, main string) *workspace {
	t.Helper()
	w := newWorkspace(t, server, csaHead+main)
	w.setenv(csaVariablesOf(server)...)
	return w
}

func csaVariablesOf(server *simulator.Server) []string {
	dev, prod := server.Info.CSA["dev"], server.Info.CSA["prod"]
	return []string{
		"CSA_ENDPOINT=" + prod.Endpoint, "CSA_USERNAME=" + prod.Username, "CSA_PASSWORD=" + prod.Password, "CSA_MAX_RETRIES=2",
		"TF_VAR_dev_endpoint=" + dev.Endpoint, "TF_VAR_prod_endpoint=" + prod.Endpoint,
		"TF_VAR_dev_password=" + dev.Password, "TF_VAR_prod_password=" + prod.Password, "TF_VAR_offering=" + csaOffering,
	}
}

// csaImport is a configuration with one import of it.zip.
func csaImport(csa string) string {
	return fmt.Sprintf("provider \"asset\" {\n  csa = {}\n}\nresource \"asset_import\" \"it\" {\n  source = \"it.zip\"\n  csa = { %s }\n}\n", csa)
}

// csaArchive fetches an archive from the CSA dev as another client would, and
// leaves the log empty.
func csaArchive(t *testing.T, server *simulator.Server, artifact string) string {
	t.Helper()
	info := server.Info.CSA["dev"]
	id := server.Simulator.UserIdentifier("dev", info.Organization, info.User)
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet,
		info.Endpoint+"/csa/rest/export/"+artifact+"?userIdentifier="+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(info.Username, info.Password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP status %d, %v", resp.StatusCode, err)
	}
	server.Simulator.ResetRequests()
	return string(data)
}

// onCSA lists what the CSA of production has, as "SERVICE_OFFERING Name".
func onCSA(server *simulator.Server) []string {
	var all []string
	for _, a := range server.Simulator.State().CSA["prod"].Artifacts {
		all = append(all, a.Type+" "+a.DisplayName)
	}
	return all
}

// requestsOf are the entries of the log with this kind.
func requestsOf(server *simulator.Server, kind string) []simulator.Request {
	return slices.DeleteFunc(server.Simulator.Requests(), func(r simulator.Request) bool { return r.Kind != kind })
}

// expectSaid fails the test unless the output has these words, whatever the
// line breaks.
func expectSaid(t *testing.T, out string, words ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(out), " ")
	for _, word := range words {
		if !strings.Contains(flat, word) {
			t.Errorf("the output lacks %q:\n%s", word, out)
		}
	}
}
