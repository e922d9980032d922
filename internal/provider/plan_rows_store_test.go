package provider_test

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

const noStoreInAPlan = "A plan asks no store: "

// useStores sets what reaches the stores of the simulator.
func useStores(s *stage) {
	s.setenv(storeVariables(s.server)...)
	s.server.Simulator.ResetRequests()
}

// stored puts orders.zip of the first promotion into a store.
func stored(key string) func(*stage) {
	return func(s *stage) {
		s.t.Helper()
		useStores(s)
		if err := s.server.Simulator.PutObject("obs", storeBucket, key, []byte(firstPromotion(s.t).orders), nil); err != nil {
			s.t.Fatal(err)
		}
	}
}

func inBucket(key string) string { return `"obs://` + storeBucket + "/" + key + `"` }

// storeRows are about archives in stores.
var storeRows = []row{{
	id: "13.1", sentence: noStoreInAPlan + "an object is \"no information\", without a warning.",
	shows: "An import from a store that has no such object: no warning in the plan, an error at apply. With the object: imported, then clean; without the object again: clean.",
	steps: []step{{
		given: useStores, config: providerBlock + imported("source", inBucket("13-1.zip")), plan: creates(importAddress),
		fails: "Error: Archive is not in the store", fetches: "store_get 1", again: true,
	}, {
		given: stored("13-1.zip"), plan: creates(importAddress), sent: "import 1", fetches: "store_get 1",
	}, {
		given: func(s *stage) {
			if err := s.server.Simulator.RemoveObject("obs", storeBucket, "13-1.zip"); err != nil {
				s.t.Fatal(err)
			}
		}, plan: rests(importAddress), only: true,
	}},
}, {
	id: "13.2", sentence: noStoreInAPlan + "another address is decided at apply.",
	shows: "The same content at another address: recorded, nothing is imported.",
	start: onlyImported,
	steps: []step{{
		given: stored("13-2.zip"), config: providerBlock + imported("source", inBucket("13-2.zip")), plan: runs(importAddress), kept: []string{importAddress},
		fetches: "store_get 1",
		state:   []statecheck.StateCheck{has(importAddress, at("source"), knownvalue.StringExact("obs://"+storeBucket+"/13-2.zip"))},
	}},
}, {
	id: "13.3", sentence: "`archive.path` is unknown in a plan that moves into a store.",
	shows: "Everything else of the archive is known. The file is uploaded and gone, no job runs; back again, the object stays, which is said.",
	start: onlyExported,
	steps: []step{{
		given: useStores, config: providerBlock + exported("path", inBucket("13-3.zip")), kept: []string{exportAddress}, fetches: "store_put 1",
		plan: checks(action(exportAddress, plancheck.ResourceActionUpdate), unknown(exportAddress, at("archive", "path")),
			knows(exportAddress, at("archive", "sha256"), knownvalue.NotNull()), knows(exportAddress, at("job_id"), knownvalue.NotNull())),
		state: []statecheck.StateCheck{has(exportAddress, at("archive", "path"), knownvalue.StringExact("obs://"+storeBucket+"/13-3.zip"))},
		check: func(s *stage) { s.expectFiles() },
	}, {
		config: providerBlock + exported(), kept: []string{exportAddress}, warns: []string{"Archive stays in the store"}, fetches: "store_get 1",
		plan: quiet(exportAddress), check: expectArchive(exportAddress, "orders.zip"),
	}},
}, {
	id: "13.4", sentence: "A missing region is an error in the plan, incomplete credentials a warning.",
	shows: "Neither stops a plan in which nothing runs.",
	start: onlyImported,
	steps: []step{{
		config: providerBlock + imported("source", `"s3://releases/orders.zip"`), refused: "Error: Store cannot be used .*s3\\.region \\(AWS_REGION\\)",
	}, {
		given: func(s *stage) { s.setenv("AWS_REGION=eu-central-1") },
		warns: []string{"Store has no credentials"}, only: true,
	}, {
		given: func(s *stage) { s.setenv("AWS_REGION=") }, config: providerBlock + imported(), plan: rests(importAddress),
	}},
}, {
	id: "13.7", sentence: "Nothing is overwritten: a taken key is an error before the job starts.",
	shows: "The next release at the same address: a warning in the plan, the error at apply, the state as it was. With the release in the address: exported.",
	steps: []step{{
		given: useStores, config: providerBlock + exported("path", inBucket("13-7.zip")), plan: creates(exportAddress), sent: "export 1, download 1", fetches: "store_put 1",
	}, {
		config: providerBlock + exported("path", inBucket("13-7.zip"), "triggers", `{ release = "2" }`), plan: runs(exportAddress), warns: []string{"Address is used already"},
		fails: "Error: Path is taken", kept: []string{exportAddress}, asks: true, again: true,
	}, {
		config: providerBlock + exported("path", inBucket("13-7-2.zip"), "triggers", `{ release = "2" }`), plan: runs(exportAddress), warns: []string{"Archive stays in the store"},
		sent: "export 1, download 1", fetches: "store_put 1",
	}},
}, {
	id: "13.5", sentence: "Equal addresses in one configuration are an error.",
	shows: "Two exports to one address.",
	steps: []step{{
		given: useStores, config: providerBlock + exported("path", inBucket("13-5.zip")) + "\n" + strings.Replace(exported("path", inBucket("13-5.zip"), "triggers", `{ release = "2" }`), `"x"`, `"other"`, 1), refused: "Error: Two exports write one path",
	}},
}, {
	id: "13.6", sentence: "`if_missing = \"export\"` with a store is an error in the plan.",
	shows: "As is the version of an object in `path`, which `source` may have.",
	steps: []step{{
		given: useStores, config: providerBlock + exported("path", inBucket("13-6.zip"), "if_missing", `"export"`), refused: "Error: Store is not looked into",
	}, {
		config: providerBlock + exported("path", inBucket("13-6.zip?versionId=1")), refused: "Error: Address cannot be used",
	}, {
		config: providerBlock + imported("source", inBucket("13-6.zip?versionId=1")), plan: creates(importAddress), only: true,
	}},
}}
