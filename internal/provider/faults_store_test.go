package provider_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// What is applied in a row about stores.
const (
	resourceStoreExport = "store export"
	resourceStoreImport = "store import"
)

func (f fault) ofStore() bool { return strings.HasPrefix(f.resource, "store") }

// storeKey is the key of a cell. Nothing is overwritten in a store, so each release of
// an export has its own; what is staged has the name of no other cell.
func (c *cell) storeKey(release int) string {
	name := noWord.ReplaceAllString(c.fault.group+"-"+c.fault.name, "-")
	if c.fault.resource == resourceStoreImport {
		return name + ".zip"
	}
	return name + "-" + strconv.Itoa(release) + ".zip"
}

func (c *cell) storeAddress(release int) string {
	return "obs://" + storeBucket + "/" + c.storeKey(release)
}

// prepareStore gives an import what it is to fetch.
func (c *cell) prepareStore(t *testing.T) {
	t.Helper()
	c.setenv(storeVariables(c.server)...)
	if c.fault.resource == resourceStoreImport {
		c.putObject(t, 0, goldenArchive(t), nil)
	}
}

func (c *cell) putObject(t *testing.T, release int, data string, metadata map[string]string) {
	t.Helper()
	if err := c.server.Simulator.PutObject("obs", storeBucket, c.storeKey(release), []byte(data), metadata); err != nil {
		t.Fatal(err)
	}
}

func (c *cell) removeObject(t *testing.T, release int) {
	t.Helper()
	if err := c.server.Simulator.RemoveObject("obs", storeBucket, c.storeKey(release)); err != nil {
		t.Fatal(err)
	}
}

func (c *cell) bucket(t *testing.T, b simulator.Bucket) {
	t.Helper()
	b.Name = storeBucket
	if err := c.server.Simulator.PutBuckets(simulator.StoreAssets{OBS: []simulator.Bucket{b}}); err != nil {
		t.Fatal(err)
	}
}

// expectStored checks what the last apply put into the store.
func (c *cell) expectStored(t *testing.T, release int, state map[string]any) {
	t.Helper()
	data, err := c.server.Simulator.Object("obs", storeBucket, c.storeKey(release), "")
	archive, _ := state["archive"].(map[string]any)
	if err != nil || archive["sha256"] != hexSum(string(data)) || archive["path"] != c.storeAddress(release) {
		t.Errorf("archive %v, %d bytes in the store, %v", archive, len(data), err)
	}
}

func switched(b simulator.Bucket) (before, after func(*testing.T, *cell)) {
	return func(t *testing.T, c *cell) { t.Helper(); c.bucket(t, b) },
		func(t *testing.T, c *cell) { t.Helper(); c.bucket(t, simulator.Bucket{}) }
}

// storeFaults are those of the way into a store.
func storeFaults() []fault {
	row := func(name string, create *outcome, orders ...simulator.Fault) fault {
		return fault{group: "store", name: name, resource: resourceStoreExport, orders: orders, create: create, update: create}
	}
	refused := func(code string, status int) simulator.Fault {
		return simulator.Fault{On: "store_begin", Do: "status", Status: status, Code: code}
	}
	const notYet = "Archive is not in the store yet"
	taken := row("the key is taken", wrong("Path is taken", 0, "never overwritten"))
	taken.update = nil
	taken.before = func(t *testing.T, c *cell) { t.Helper(); c.putObject(t, 1, "another's", nil) }
	taken.after = func(t *testing.T, c *cell) { t.Helper(); c.removeObject(t, 1) }
	region := row("the bucket is in another region", wrong("Store cannot be written to", 0, "elsewhere-1"))
	region.before, region.after = switched(simulator.Bucket{Region: "elsewhere-1"})
	region.update = nil
	forbidden := row("keys that are not there are forbidden", fine(1))
	forbidden.before, forbidden.after = switched(simulator.Bucket{ForbidMissing: true})
	forbidden.update = nil
	faster := row("somebody else uploads to the key", goesOn("Path is taken", "kept at"), simulator.Fault{On: "store_put", Do: "raced"})
	faster.update = nil
	faster.after = func(t *testing.T, c *cell) { t.Helper(); c.removeObject(t, 1) }
	slow := row("no answer to the upload until the timeout", goesOn(notYet, "it did not end within the timeout of 2s"), simulator.Fault{On: "store_put", Do: "hang", Times: -1})
	slow.limit = "2s"
	return []fault{
		taken, region, forbidden, faster, slow,
		row("no right to write", wrong("Store cannot be written to", 0, "may not write there"), refused("AccessDenied", 403)),
		row("no such bucket", wrong("Store cannot be written to", 0, "there is no bucket"), refused("NoSuchBucket", 404)),
		row("path style is refused", wrong("Store cannot be written to", 0, "obs.path_style"), refused("VirtualHostDomainRequired", 403)),
		row("the clocks differ", wrong("Store cannot be written to", 0, "clock of this machine"), refused("RequestTimeTooSkewed", 403)),
		row("credentials refused", wrong("Store cannot be written to", 0, "refuses the credentials"), refused("InvalidAccessKeyId", 403)),
		row("503, once", fine(1), simulator.Fault{On: "store_put", Do: "status", Status: 503}),
		row("503, for good", goesOn(notYet, "kept at"), simulator.Fault{On: "store_put", Do: "status", Status: 503, Times: -1}),
		row("connection lost in the upload", fine(1), simulator.Fault{On: "store_put", Do: "half"}),
		row("connection lost in each upload", goesOn(notYet, "kept at"), simulator.Fault{On: "store_put", Do: "half", Times: -1}),
		row("connection lost after the upload was stored", fine(1), simulator.Fault{On: "store_put", Do: "drop_after"}),
		row("the right to write ends", goesOn(notYet, "may not write there"), simulator.Fault{On: "store_put", Do: "status", Status: 403, Code: "AccessDenied", Times: -1}),
		row("the store does not show the metadata", goesOn(notYet, "could not be shown"), simulator.Fault{On: "store_head", Do: "wrong_metadata", Times: -1}),
	}
}

// storeImportFaults are those of the way out of a store.
func storeImportFaults() []fault {
	row := func(name string, create *outcome, orders ...simulator.Fault) fault {
		return fault{group: "store import", name: name, resource: resourceStoreImport, orders: orders, create: create, update: create}
	}
	missing := row("the object is not there", wrong("Archive is not in the store", 0, "version"))
	missing.before = func(t *testing.T, c *cell) { t.Helper(); c.removeObject(t, 0) }
	other := row("the object is not what its metadata says", wrong("Archive cannot be fetched", 0, "another length or SHA-256"))
	other.before = func(t *testing.T, c *cell) {
		t.Helper()
		c.putObject(t, 0, goldenArchive(t), map[string]string{"asset-sha256": hexSum("other")})
	}
	noZip := row("the object is no zip", wrong("Source is no archive", 0))
	noZip.before = func(t *testing.T, c *cell) { t.Helper(); c.putObject(t, 0, "<html>", nil) }
	restored := func(t *testing.T, c *cell) { t.Helper(); c.putObject(t, 0, goldenArchive(t), nil) }
	missing.after, other.after, noZip.after = restored, restored, restored
	return []fault{
		missing, other, noZip,
		row("no right to read", wrong("Archive cannot be fetched", 0, "may not read"), simulator.Fault{On: "store_get", Do: "status", Status: 403, Code: "AccessDenied", Times: -1}),
		row("connection lost in the middle", fine(1), simulator.Fault{On: "store_get", Do: "cut", Bytes: 100}),
		row("503, for good", wrong("Archive cannot be fetched", 0), simulator.Fault{On: "store_get", Do: "status", Status: 503, Times: -1}),
	}
}
