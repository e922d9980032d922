//go:build soak

package provider_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// soakFaults has every way in which the platform and the store of the soak can misbehave.
func soakFaults(elsewhere string) []simulator.Fault {
	return []simulator.Fault{
		{On: "*", Do: "status", Status: 503},
		{On: "*", Do: "status", Status: 500},
		{On: "*", Do: "status", Status: 408},
		{On: "*", Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "1"}},
		{On: "*", Do: "status", Status: 403},
		{On: "job", Do: "status", Status: 404},
		{On: "*", Do: "drop_before"},
		{On: "*", Do: "drop_after"},
		{On: "export", Do: "drop_after"},
		{On: "import", Do: "drop_after"},
		{On: "store_put", Do: "drop_after"},
		{On: "*", Do: "slow", DelayMS: 200},
		{On: "download", Do: "slow", BytesPerSecond: 500},
		{On: "store_put", Do: "slow", DelayMS: 700},
		{On: "store_get", Do: "slow", BytesPerSecond: 500},
		{On: "*", Do: "cut", Bytes: 20},
		{On: "download", Do: "cut", Bytes: 100},
		{On: "download", Do: "cut", Bytes: 100, Chunked: true},
		{On: "store_get", Do: "cut", Bytes: 100},
		{On: "*", Do: "html_page"},
		{On: "*", Do: "raw_body", Body: html, ContentType: "text/html"},
		{On: "job", Do: "endless_body", Bytes: 4 << 20},
		{On: "*", Do: "redirect", Location: elsewhere},
		{On: "job", Do: "hang"},
		{On: "import", Do: "hang"},
		{On: "store_put", Do: "hang"},
		{On: "store_head", Do: "hang"},
		{On: "*", Do: "expire_token"},
		{On: "*", Do: "revoke_token"},
		{On: "*", Do: "expire_keys"},
		{On: "download", Do: "not_a_zip"},
		{On: "download", Do: "bad_zip", Variant: "truncated"},
		{On: "export", Do: "busy"},
		{On: "import", Do: "busy"},
		{On: "export", Do: "fail_job"},
		{On: "import", Do: "fail_job"},
		{On: "export", Do: "never_end"},
		{On: "import", Do: "never_end"},
		{On: "export", Do: "job_time", JobTimeMS: 1500},
		{On: "import", Do: "job_time", JobTimeMS: 1500},
		{On: "export", Do: "forget_job"},
		{On: "import", Do: "forget_job"},
		{On: "job", Do: "forget_job"},
		{On: "job", Do: "status_word", Word: "UNHEARD_OF"},
		{On: "job", Do: "no_progress"},
		{On: "job", Do: "no_archive_id"},
		{On: "export", Do: "archive_id_in_entities"},
		{On: "job", Do: "times_as_numbers", Unit: "milliseconds"},
		{On: "job", Do: "reason_field", Field: "reasons", Shape: "object"},
		{On: "*", Do: "expired_token"},
		{On: "store_put", Do: "half"},
		{On: "store_put", Do: "raced"},
		{On: "store_put", Do: "replaced"},
		{On: "store_head", Do: "replaced"},
		{On: "store_get", Do: "replaced"},
		{On: "store_head", Do: "wrong_metadata"},
		{On: "store_get", Do: "wrong_metadata"},
	}
}

// soakElsewhere are the faults that only CSA has.
var soakElsewhere = []string{"ids_missing", "ignores_preview", "import_status", "no_record", "old_server", "preview_blind"}

// drawn are some of the faults, each with a chance of its own, for one release.
func drawn(random *rand.Rand, elsewhere string) []simulator.Fault {
	faults := slices.DeleteFunc(soakFaults(elsewhere), func(simulator.Fault) bool { return random.Float64() > 0.3 })
	random.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	for i := range faults {
		faults[i].Times, faults[i].Seed = 1+random.IntN(4), random.Uint64()
		faults[i].Probability = 0.02 + 0.1*random.Float64()
		if faults[i].On == "*" {
			faults[i].Probability /= 5
		}
	}
	return faults
}

// TestSoakKnowsAllFaults: what the simulator can do wrong is drawn, or is that of CSA alone.
func TestSoakKnowsAllFaults(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.Info.Page+"_simulator/actions", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var actions []struct{ Do string }
	err = json.NewDecoder(resp.Body).Decode(&actions)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	faults := soakFaults("http://127.0.0.1:9/")
	order(t, server, faults...)
	for _, action := range actions {
		drawn := slices.ContainsFunc(faults, func(f simulator.Fault) bool { return f.Do == action.Do })
		if drawn == slices.Contains(soakElsewhere, action.Do) {
			t.Errorf("%s is drawn: %t", action.Do, drawn)
		}
	}
	if len(actions) < 30 {
		t.Errorf("%d actions", len(actions))
	}
}
