package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// romaImport imports an archive into another instance, once, and only after its id was
// typed.
func (d *doctor) romaImport(ctx context.Context, client *roma.Client, archive *asset.Archive) {
	d.out.section("4. Importing")
	before := d.romaLists(ctx, client, d.o.To, false)
	if !before.known {
		d.out.line("  … the lists of the target could not be read")
	} else {
		d.out.line("  … the target has %d applications and %d tasks", before.apps, before.tasks)
	}
	d.out.line("  The archive of the export will be imported with type = \"Merge\": what has the same name there is replaced.")
	if !d.confirm(ctx, "To go on, type the instance id of the target", d.o.To) {
		return
	}
	mark := d.wire.mark()
	e := &exports{doctor: d, client: client, instanceID: d.o.To, mark: mark}
	importer := client.Importer(d.o.To, roma.ImportOptions{Type: "Merge"})
	step, cancel := context.WithTimeout(ctx, d.o.JobTime)
	defer cancel()
	job, err := importer.Start(step, archive)
	if errors.Is(err, asset.ErrBusy) {
		d.said(err)
		d.stop("busy", "another job of this user is running: nothing was imported")
		return
	}
	job, ok := e.begun("roma.import.start", mark, "import", job, err)
	if e.started > 0 || e.lost {
		d.left = append(d.left, "one import job, and what it imported into the target")
	}
	if !ok {
		return
	}
	job, err = d.await(ctx, job, importer.Job, nil)
	d.ended(job, err)
	d.looks(mark, true)
	after := d.romaLists(ctx, client, d.o.To, false)
	if !before.known || !after.known {
		d.found("roma.import.lists", "", "")
		return
	}
	note := fmt.Sprintf("applications %d, then %d; tasks %d, then %d", before.apps, after.apps, before.tasks, after.tasks)
	d.found("roma.import.lists", "", note, growth(before, after))
}

func growth(before, after inventory) string {
	switch {
	case after.apps < before.apps || after.tasks < before.tasks:
		return "fewer than before"
	case after == before:
		return "as many as before"
	}
	return "more than before"
}

// sameInstance says whether two ids, or addresses, name the same place.
func sameInstance(one, other string) bool {
	return strings.EqualFold(strings.TrimSpace(one), strings.TrimSpace(other))
}
