package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// storeBucket is the bucket that both stores of the simulator have.
const storeBucket = "asset-releases"

// storeHead is jobHead for stores that are asked once more and no more.
var storeHead = strings.Replace(jobHead, `provider "asset" { roma = { instance_id = var.dev_instance } }`, `
provider "asset" {
  roma = { instance_id = var.dev_instance }
  obs  = { max_retries = 1 }
  s3   = { max_retries = 1 }
}
`, 1)

// releases is an address for tests that have a directory of their own.
const releases = "obs://" + storeBucket + "/orders.zip"

var noWord = regexp.MustCompile(`[^0-9A-Za-z]+`)

// keyOf is a key that no other test has: what is played in process stages its archives in the
// one working directory of this process.
func keyOf(t *testing.T) string {
	t.Helper()
	return noWord.ReplaceAllString(t.Name(), "-") + ".zip"
}

// release is the address of an object in OBS that no other test has.
func release(t *testing.T) string {
	t.Helper()
	return "obs://" + storeBucket + "/" + keyOf(t)
}

// inStore is a site whose exports and imports name objects, played in process.
func inStore(t *testing.T, blocks ...string) *site {
	t.Helper()
	s := newSite(t, simulator.Options{}, blocks...)
	s.write("main.tf", storeHead+strings.Join(blocks, ""))
	s.setenv(storeVariables(s.server)...)
	s.core = &core{w: s.workspace}
	t.Cleanup(func() {
		for _, left := range s.staged() {
			_ = os.Remove(left)
		}
	})
	return s
}

// storeVariables say where the stores are.
func storeVariables(server *simulator.Server) []string {
	info := server.Info
	return []string{
		"OBS_ENDPOINT=" + info.OBS.Endpoint,
		"AWS_ENDPOINT_URL_S3=" + info.S3.Endpoint, "AWS_REGION=" + info.S3.Region,
		"AWS_ACCESS_KEY_ID=" + info.S3.AccessKey, "AWS_SECRET_ACCESS_KEY=" + info.S3.SecretKey,
	}
}

// exportInto is an export of the orders app to an address.
func exportInto(address string, more ...string) string {
	return strings.Replace(exportBlock("x", more...), `"x.zip"`, `"`+address+`"`, 1)
}

// importAt is an import of what the export has.
func importAt(source string, more ...string) string {
	return strings.Replace(importBlock("y", more...), `"y.zip"`, source, 1)
}

// buckets sets switches.
func (s *site) buckets(assets simulator.StoreAssets) {
	s.t.Helper()
	if err := s.server.Simulator.PutBuckets(assets); err != nil {
		s.t.Fatal(err)
	}
}

// object is what a store has at a key, and its metadata; empty where there is nothing.
func (s *site) object(store, key string) (data string, o simulator.ObjectState) {
	s.t.Helper()
	for _, each := range s.server.Simulator.State().Stores[store].Buckets[storeBucket].Objects {
		if each.Key == key && each.Latest {
			o = each
		}
	}
	if bytes, err := s.server.Simulator.Object(store, storeBucket, key, ""); err == nil {
		data = string(bytes)
	}
	return data, o
}

// archive is what the state has of an archive.
func (s *site) archive(address string) map[string]any {
	s.t.Helper()
	found := s.found(address)
	if found == nil {
		s.t.Fatalf("%s is not in the state", address)
	}
	archive, _ := found.Attributes["archive"].(map[string]any)
	return archive
}

// staged are the archives of the test that are kept in the working directory.
func (s *site) staged() []string {
	s.t.Helper()
	found, err := filepath.Glob("." + keyOf(s.t) + "*")
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// nothingStaged fails the test if an archive is left in the working directory.
func (s *site) nothingStaged() {
	s.t.Helper()
	if left := s.staged(); len(left) > 0 {
		s.t.Errorf("the working directory has %q", left)
	}
}

// order of what was sent, without logging in and looks at jobs.
func (s *site) sequence() string {
	var kinds []string
	for _, r := range s.server.Simulator.Requests() {
		switch r.Kind {
		case "job", "login", "projects", "temporary_keys":
		default:
			kinds = append(kinds, r.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

func (s *site) file(name string) []byte {
	s.t.Helper()
	data, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}

// keptInDir are the archives that a real terraform left in its directory.
func (s *site) keptInDir() []string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, ".*.zip*"))
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// removeStaged removes such an archive, as if this were another machine.
func (s *site) removeStaged() {
	s.t.Helper()
	if err := os.Remove(s.staged()[0]); err != nil {
		s.t.Fatal(err)
	}
}
