package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
)

const otherServer = "the other server"

// csaImports asks the other server for a preview, and with Import for an import.
func (d *doctor) csaImports(ctx context.Context, archive *asset.Archive) {
	d.out.section("4. The other server")
	values := &values{attributes: CSAAttributes, flags: d.o.CSA, getenv: d.o.Getenv}
	config := values.target(d.o.To)
	d.guard.add(values.all...)
	if config.Username == "" || config.Password == "" {
		d.stop("settings", "the account of the other server is needed, in CSA_TO_USERNAME and CSA_TO_PASSWORD")
		return
	}
	client := d.csaClient(otherServer, config, values)
	if client == nil || !d.csaWays(ctx, client, config, otherServer) {
		return
	}
	d.out.line("  A preview changes nothing from CSA 4.80 on. Warning: an older server may not know it, and import in its place.")
	if d.o.Import {
		d.out.line("  After the preview the archive will be imported with update: what has the same type and internal name there is overwritten.")
	}
	if !d.confirm(ctx, "To go on, type the address of the other server, as in -to", d.o.To) {
		return
	}
	if !d.csaPreview(ctx, client, archive) || !d.o.Import || ctx.Err() != nil {
		return
	}
	d.csaImport(ctx, client, archive)
}

// csaPreview says whether an import may follow.
func (d *doctor) csaPreview(ctx context.Context, client *csa.Client, archive *asset.Archive) bool {
	ctx, cancel := context.WithTimeout(ctx, d.o.JobTime)
	defer cancel()
	err := client.Preview(ctx, archive, csa.ImportOptions{Mode: csa.Update})
	_, imported := errors.AsType[*csa.PreviewImportedError](err)
	preview, said := errors.AsType[*csa.PreviewError](err)
	switch {
	case err == nil:
		d.found("csa.preview", "", "", "success, without ids")
		return true
	case imported:
		d.found("csa.preview", "", "", "it imported")
		d.left = append(d.left, "what the preview imported into the other server")
	case said && preview.Cause == nil:
		d.found("csa.preview", "", fmt.Sprintf("%d reasons", len(preview.Job.Reasons)), "refused the archive")
		for _, reason := range preview.Job.Reasons {
			d.out.line("    (%s)", printable(reason.Code+" "+reason.Message))
		}
	default:
		d.found("csa.preview", "", "", "no usable answer: "+errorKind(err))
		if errors.Is(err, asset.ErrOutcomeUnknown) {
			d.left = append(d.left, "perhaps an import: the answer to the preview cannot be used")
		}
	}
	d.said(err)
	return false
}

func (d *doctor) csaImport(ctx context.Context, client *csa.Client, archive *asset.Archive) {
	before, errBefore := client.Artifacts(ctx, "")
	ctx, cancel := context.WithTimeout(ctx, d.o.JobTime)
	defer cancel()
	mark := d.wire.mark()
	importer := client.Importer(csa.ImportOptions{Mode: csa.Update})
	job, err := importer.Start(ctx, archive)
	answer, ok := d.wire.last(mark, "csa import")
	if ok {
		d.found("csa.import.answer", "", fmt.Sprintf("%d ms", answer.Took.Milliseconds()), d.answerKind2xx(answer))
		if answer.Form == "xml" {
			d.found("csa.import.fields", "", "", d.fields(answer)...)
			d.found("csa.import.status", "", "", d.guard.word(answer.Words["importStatus"]))
		}
	} else {
		d.found("csa.import.answer", "", "", transportKind(err))
	}
	if !errors.Is(err, asset.ErrNotSent) {
		d.left = append(d.left, "what was imported into the other server")
	}
	switch {
	case err != nil:
		d.found("csa.import.end", "", "", "not seen: "+errorKind(err))
		d.said(err)
		return
	case job.Status == asset.Succeeded:
		d.found("csa.import.end", "", "", "succeeded")
	default:
		d.found("csa.import.end", "", fmt.Sprintf("%d reasons", len(job.Reasons)), "failed")
		for _, reason := range job.Reasons {
			d.out.line("    (%s)", printable(reason.Code+" "+reason.Message))
		}
	}
	d.guard.add(job.ID)
	if job.Status == asset.Succeeded {
		d.found("csa.import.ids", "", fmt.Sprintf("%d artifacts", len(job.Artifacts)), map[bool]string{true: "in messages", false: "none"}[len(job.Artifacts) > 0])
	}
	for _, artifact := range job.Artifacts {
		d.guard.add(artifact.ID, artifact.Name)
	}
	record := "none"
	if job.ID != "" {
		record = "readable"
		if _, err := importer.Job(ctx, job.ID); err != nil {
			record = "not readable"
			d.said(err)
		}
	}
	d.found("csa.import.record", "", "", record)
	after, errAfter := client.Artifacts(ctx, "")
	if errBefore == nil && errAfter == nil {
		d.out.line("  … the other server lists %d catalogs and offerings now, %d before", len(after), len(before))
	}
}
