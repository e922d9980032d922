package provider_test

import (
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestStoreTokenEnds: the key pair that a password was exchanged for ends while the archive is
// uploaded. Another one is asked for, and nothing is exported again.
func TestStoreTokenEnds(t *testing.T) {
	t.Parallel()
	s := inStore(t, exportInto(release(t)), importAt("asset_export.x.archive.path"))
	info := s.server.Info.ROMA
	s.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME="+info.UserName, "HW_USER_PASSWORD="+info.Password, "HW_DOMAIN_NAME="+info.DomainName)
	order(t, s.server, simulator.Fault{On: "store_put", Do: "expired_token"}, simulator.Fault{On: "store_get", Do: "expired_token"})
	s.apply(0)
	expectCounts(t, s.server, "export 1, download 1, import 1, store_put 2, store_get 2, temporary_keys 3")
	s.nothingStaged()
}

// TestStoreLooksAtOneObject: what is replaced between two looks is told, and not mixed.
func TestStoreLooksAtOneObject(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	for key, text := range map[string]string{"whole.zip": goldenArchive(t), "empty.zip": "", "text.zip": "no zip"} {
		if err := server.Simulator.PutObject("obs", storeBucket, key, []byte(text), nil); err != nil {
			t.Fatal(err)
		}
	}
	p, said := configuredOn(t, map[string]string{"OBS_ENDPOINT": server.Info.OBS.Endpoint}, "", with(server.Info.ROMA, values{
		"access_key": server.Info.ROMA.AccessKey, "secret_key": server.Info.ROMA.SecretKey,
	}))
	says(t, said)
	for key, want := range map[string]string{
		"whole.zip": "", "empty.zip": "File is no archive", "text.zip": "File is no archive", "missing.zip": "Archive is not in the store",
	} {
		found, said := p.read(t.Context(), t, "asset_archive", values{"path": "obs://" + storeBucket + "/" + key})
		if want == "" {
			says(t, said)
		} else {
			says(t, said, "Error: "+want, key)
		}
		if want == "" && (found["sha256"] != nil || found["size"] != float64(len(goldenArchive(t)))) {
			t.Errorf("%v", found)
		}
	}
	order(t, server, simulator.Fault{On: "store_head", Do: "replaced", Body: "another's"})
	_, said = p.read(t.Context(), t, "asset_archive", values{"path": "obs://" + storeBucket + "/whole.zip"})
	says(t, said, "Error: Archive cannot be read", "was replaced while it was read")
}
