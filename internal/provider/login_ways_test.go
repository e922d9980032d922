package provider_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// configuredOn makes a provider from its block on a machine with this
// environment, and with this address of a metadata service.
func configuredOn(t *testing.T, env map[string]string, metadata string, block values) (*plugin, string) {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.NewOn(env, metadata)())()
	if err != nil {
		t.Fatal(err)
	}
	p := &plugin{server: server}
	if p.schema, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: dynamic(t, p.schema.Provider.ValueType(), block)})
	if err != nil {
		t.Fatal(err)
	}
	return p, spoken(resp.Diagnostics)
}

// address are the settings that every way in needs.
func address(info simulator.ROMAInfo) values {
	return values{"region": info.Region, "endpoint": info.Endpoint, "auth_url": info.AuthURL, "instance_id": info.Instances["dev"]}
}

// with adds values to those of address.
func with(info simulator.ROMAInfo, more values) values {
	block := address(info)
	maps.Copy(block, more)
	return values{"roma": block}
}

// profileFile writes a configuration file of KooCLI.
func profileFile(t *testing.T, profile map[string]any) string {
	t.Helper()
	profile["name"] = "promotion"
	data, err := json.Marshal(map[string]any{"current": "promotion", "profiles": []any{profile}})
	if err != nil {
		t.Fatal(err)
	}
	return fileWith(t, "config.json", string(data))
}

// wayIn is a way to log in: a block, or variables, and who the simulator
// takes the provider for.
type wayIn struct {
	// temporary: what it gives ends and is renewed.
	temporary bool
	block     func(*testing.T, simulator.ROMAInfo) values
	env       func(*testing.T, simulator.ROMAInfo) map[string]string
	subject   string
}

func waysIn() map[string]wayIn {
	operator := func(info simulator.ROMAInfo) values {
		return values{"access_key": info.Operator.AccessKey, "secret_key": info.Operator.SecretKey}
	}
	agency := func(info simulator.ROMAInfo) values {
		return values{"agency_name": info.AgencyName, "domain_name": info.DomainName, "duration": 900}
	}
	const assumed = "agency asset-promotion"
	return map[string]wayIn{
		"key pair": {subject: "user promoter", block: func(_ *testing.T, info simulator.ROMAInfo) values {
			return values{"access_key": info.AccessKey, "secret_key": info.SecretKey}
		}},
		"password": {temporary: true, subject: "user promoter", block: func(_ *testing.T, info simulator.ROMAInfo) values {
			return values{"user_name": info.UserName, "password": info.Password, "domain_name": info.DomainName}
		}},
		"password, by ids": {temporary: true, subject: "user promoter", block: func(_ *testing.T, info simulator.ROMAInfo) values {
			return values{"user_id": info.UserID, "password": info.Password}
		}},
		"password, account by id": {temporary: true, subject: "user promoter", env: func(_ *testing.T, info simulator.ROMAInfo) map[string]string {
			return map[string]string{"HW_USER_NAME": info.UserName, "HW_USER_PASSWORD": info.Password, "HW_DOMAIN_ID": info.DomainID}
		}},
		"profile": {subject: "user promoter", block: func(t *testing.T, info simulator.ROMAInfo) values {
			t.Helper()
			return values{"shared_config_file": profileFile(t, map[string]any{
				"mode": "AKSK", "accessKeyId": info.AccessKey, "secretAccessKey": info.SecretKey,
			})}
		}},
		"profile that assumes a role": {temporary: true, subject: assumed, block: func(t *testing.T, info simulator.ROMAInfo) values {
			t.Helper()
			return values{"shared_config_file": profileFile(t, map[string]any{
				"mode": "agency", "accessKeyId": info.Operator.AccessKey, "secretAccessKey": info.Operator.SecretKey,
				"agencyName": info.AgencyName, "agencyDomainName": info.DomainName,
			}), "profile": "promotion"}
		}},
		"profile of a cloud server": {temporary: true, subject: "agency asset-server", env: func(t *testing.T, _ simulator.ROMAInfo) map[string]string {
			t.Helper()
			return map[string]string{"HW_SHARED_CONFIG_FILE": profileFile(t, map[string]any{"mode": "ecsAgency"})}
		}},
		"role": {temporary: true, subject: assumed, block: func(_ *testing.T, info simulator.ROMAInfo) values {
			block := operator(info)
			block["assume_role"] = agency(info)
			return block
		}},
		"role, of the environment": {temporary: true, subject: assumed, env: func(_ *testing.T, info simulator.ROMAInfo) map[string]string {
			return map[string]string{
				"HW_ACCESS_KEY": info.Operator.AccessKey, "HW_SECRET_KEY": info.Operator.SecretKey,
				"HW_ASSUME_ROLE_AGENCY_NAME": info.AgencyName, "HW_ASSUME_ROLE_DOMAIN_ID": info.DomainID,
			}
		}},
		"role, by password": {temporary: true, subject: assumed, block: func(_ *testing.T, info simulator.ROMAInfo) values {
			o := info.Operator
			return values{"user_name": o.UserName, "password": o.Password, "domain_name": o.DomainName, "assume_role": agency(info)}
		}},
		"identity token": {temporary: true, subject: "federated pipeline", block: func(_ *testing.T, info simulator.ROMAInfo) values {
			return values{"assume_role_with_oidc": values{"idp_id": info.OIDC.IDPID, "id_token": info.OIDC.IDToken}}
		}},
		"identity token and role": {temporary: true, subject: assumed, env: func(t *testing.T, info simulator.ROMAInfo) map[string]string {
			t.Helper()
			return map[string]string{
				"HW_ASSUME_ROLE_IDP_ID": info.OIDC.IDPID, "HW_ASSUME_ROLE_ID_TOKEN_FILE": fileWith(t, "token", info.OIDC.IDToken+"\n"),
				"HW_ASSUME_ROLE_AGENCY_NAME": info.AgencyName, "HW_ASSUME_ROLE_DOMAIN_ID": info.DomainID, "HW_ASSUME_ROLE_DURATION": "900",
			}
		}},
		"metadata service": {temporary: true, subject: "agency asset-server", block: func(*testing.T, simulator.ROMAInfo) values { return nil }},
	}
}

// enter configures a provider with a way in.
func (w wayIn) enter(t *testing.T, info simulator.ROMAInfo) *plugin {
	t.Helper()
	return w.enterWith(t, info, nil)
}

// enterWith has more variables than those of the way in.
func (w wayIn) enterWith(t *testing.T, info simulator.ROMAInfo, variables map[string]string) *plugin {
	t.Helper()
	var more values
	env := map[string]string{}
	if w.block != nil {
		more = w.block(t, info)
	}
	if w.env != nil {
		env = w.env(t, info)
	}
	maps.Copy(env, variables)
	p, said := configuredOn(t, env, info.MetadataURL, with(info, more))
	if said != "" {
		t.Fatal(said)
	}
	return p
}

// TestWaysIn lists the inventory with each way to log in. The simulator knows
// who asked, and that the project is the one of whoever owns the instance.
func TestWaysIn(t *testing.T) {
	t.Parallel()
	for name, way := range waysIn() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{Metadata: simulator.MetadataRequired})
			info := server.Info.ROMA
			got, said := way.enter(t, info).read(t.Context(), t, "asset_inventory", values{"roma": values{}})
			if apps, ok := got["apps"].([]any); said != "" || !ok || len(apps) == 0 {
				t.Fatalf("%v, %s", got, said)
			}
			for _, r := range server.Simulator.Requests() {
				if strings.HasSuffix(r.Path, "/apps") && r.Subject != way.subject {
					t.Errorf("%s by %q, want %q", r.Path, r.Subject, way.subject)
				}
				if strings.HasSuffix(r.Path, "/apps") && !strings.Contains(r.Path, info.ProjectID) {
					t.Errorf("asked for %s, want the project %s", r.Path, info.ProjectID)
				}
			}
		})
	}
}

// TestWaysInEnd ends whatever the provider holds between two questions: what
// can be renewed is, once, and the user sees nothing of it.
func TestWaysInEnd(t *testing.T) {
	t.Parallel()
	for name, way := range waysIn() {
		if !way.temporary {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{Metadata: simulator.MetadataOptional})
			p := way.enter(t, server.Info.ROMA)
			ask := func() {
				if _, said := p.read(t.Context(), t, "asset_inventory", values{"roma": values{}}); said != "" {
					t.Error(said)
				}
			}
			ask()
			server.Simulator.ExpireTokens()
			server.Simulator.ExpireTemporaryKeys()
			before := server.Simulator.State().Issued
			var group sync.WaitGroup
			for range 4 {
				group.Go(ask)
			}
			group.Wait()
			for kind, n := range server.Simulator.State().Issued {
				if n > before[kind]+1 {
					t.Errorf("%s: %d more for four questions at once", kind, n-before[kind])
				}
			}
		})
	}
}

// TestCredentialsEndDuringAWait ends them in the middle of an export: the wait
// goes on with the next ones, and the download too.
func TestCredentialsEndDuringAWait(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]string{
		"password": "expire_token", "role": "expire_keys", "identity token and role": "expire_keys", "profile of a cloud server": "expire_keys",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{Metadata: simulator.MetadataOptional})
			order(t, server, simulator.Fault{On: "job", Do: what}, simulator.Fault{On: "download", Do: what})
			p := waysIn()[name].enter(t, server.Info.ROMA)
			config := values{"roma": values{"apps": []any{ordersApp}}, "path": filepath.Join(t.TempDir(), "orders.zip")}
			got, said := p.create(t, "asset_export", config, p.planCreate(t, "asset_export", config))
			if said != "" || got["status"] != "SUCCEEDED" {
				t.Fatal(got, said)
			}
			refused := 0
			for _, r := range server.Simulator.Requests() {
				if r.Status == 401 {
					refused++
				}
			}
			// One look and one download; with two pairs in a row the first one
			// too, by IAM.
			if want := map[bool]int{false: 2, true: 4}[name == "identity token and role"]; refused != want {
				t.Errorf("%d requests were refused, want %d", refused, want)
			}
		})
	}
}

// TestRefusedWaysIn checks the words for what IAM and the metadata service
// refuse, each as a whole.
func TestRefusedWaysIn(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		metadata simulator.MetadataMode
		block    func(*testing.T, simulator.ROMAInfo, *simulator.Simulator) values
	}{
		"agency that trusts nobody": {block: func(_ *testing.T, info simulator.ROMAInfo, _ *simulator.Simulator) values {
			return values{
				"access_key": info.AccessKey, "secret_key": info.SecretKey,
				"assume_role": values{"agency_name": "asset-audit", "domain_name": info.DomainName},
			}
		}},
		"agency by a wrong key": {block: func(_ *testing.T, info simulator.ROMAInfo, _ *simulator.Simulator) values {
			return values{
				"access_key": info.AccessKey, "secret_key": "wrong-secret-key",
				"assume_role": values{"agency_name": info.AgencyName, "domain_name": info.DomainName},
			}
		}},
		"identity token that ended": {block: func(_ *testing.T, info simulator.ROMAInfo, s *simulator.Simulator) values {
			return values{"assume_role_with_oidc": values{"idp_id": info.OIDC.IDPID, "id_token": s.IDToken(-time.Minute)}}
		}},
		"unknown identity provider": {block: func(_ *testing.T, info simulator.ROMAInfo, _ *simulator.Simulator) values {
			return values{"assume_role_with_oidc": values{"idp_id": "nobody", "id_token": info.OIDC.IDToken}}
		}},
		"identity token file that is not there": {block: func(_ *testing.T, info simulator.ROMAInfo, _ *simulator.Simulator) values {
			return values{"assume_role_with_oidc": values{"idp_id": info.OIDC.IDPID, "id_token_file": "no-such-file"}}
		}},
		"server without an agency": {metadata: simulator.MetadataNoAgency, block: func(t *testing.T, _ simulator.ROMAInfo, _ *simulator.Simulator) values {
			t.Helper()
			return values{"shared_config_file": profileFile(t, map[string]any{"mode": "ecsAgency"})}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{Metadata: row.metadata})
			info := server.Info.ROMA
			p, said := configuredOn(t, nil, info.MetadataURL, with(info, row.block(t, info, server.Simulator)))
			if said != "" {
				t.Fatal(said)
			}
			_, said = p.read(t.Context(), t, "asset_inventory", values{"roma": values{}})
			golden(t, "login "+name, said)
			if counts := server.Simulator.State().Issued; said == "" || counts["keys by assume_role"] != 0 {
				t.Errorf("%v, %q", counts, said)
			}
		})
	}
}

// TestUnusableBlocks checks what Configure and a first use say of a block.
func TestUnusableBlocks(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		block values
		want  string
	}{
		"two agencies": {
			values{"assume_role": values{"agency_name": "a", "domain_name": "d"}, "assume_role_with_oidc": values{"idp_id": "i", "id_token": "t"}},
			"roma.assume_role and roma.assume_role_with_oidc exclude each other",
		},
		"short": {
			values{"access_key": "a", "secret_key": "s", "assume_role": values{"agency_name": "a", "domain_name": "d", "duration": 899}},
			"roma.assume_role.duration (HW_ASSUME_ROLE_DURATION) must be a number between 900 and 86400.",
		},
		"CA file": {values{"token": "t", "ca_file": "no-such-file"}, "roma.ca_file names a file that cannot be read: " + message.Reason(syscall.ENOENT)},
		"plain IAM": {
			values{"token": "t", "insecure": true, "auth_url": "http://iam.example.com/v3"},
			"roma.auth_url must begin with https:// (iam.example.com is not this machine)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			block := values{"region": "r", "endpoint": "http://127.0.0.1:9", "auth_url": "http://127.0.0.1:9", "instance_id": "i"}
			maps.Copy(block, row.block)
			p, said := configuredOn(t, nil, "", values{"roma": block})
			if said == "" {
				_, said = p.read(t.Context(), t, "asset_inventory", values{"roma": values{}})
			}
			if !strings.Contains(said, row.want) {
				t.Errorf("said %q", said)
			}
		})
	}
}
