package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
)

func (d *doctor) csa(ctx context.Context) {
	d.out.section("1. Ways in (CSA)")
	values := &values{attributes: CSAAttributes, flags: d.o.CSA, getenv: d.o.Getenv}
	config := values.csa()
	d.guard.add(values.all...)
	client := d.csaClient("CSA", config, values)
	if client == nil || d.o.To != "" && !d.csaTarget(client) {
		return
	}
	if !d.csaWays(ctx, client, config, "CSA") {
		return
	}
	d.out.section("2. Looking")
	d.csaLooks(ctx, client)
	d.headers()
	if len(d.o.Export) == 0 || ctx.Err() != nil {
		return
	}
	archive := d.csaExports(ctx, client)
	if d.o.To != "" && archive != nil && ctx.Err() == nil {
		d.csaImports(ctx, archive)
	}
}

// csaClient makes a client, or says why there can be none.
func (d *doctor) csaClient(on string, config csa.Config, values *values) *csa.Client {
	if config.Username != "" && config.Password != "" {
		d.found("way.credentials", on, "", "account")
	} else {
		d.found("way.credentials", on, "", "none")
	}
	if len(values.problems) > 0 {
		d.stop("settings", "%s", strings.Join(values.problems, "; "))
		return nil
	}
	config.Observe = d.wire.observe
	client, err := csa.New(config)
	if err != nil {
		d.stop("settings", "%s", configProblem(err, "csa"))
		return nil
	}
	d.address(on, client.Endpoint())
	return client
}

// csaTarget refuses the server that is exported from, in whatever spelling.
func (d *doctor) csaTarget(client *csa.Client) bool {
	to, err := csa.NormalEndpoint(d.o.To)
	switch {
	case err != nil:
		d.stop("settings", "%s", strings.Replace(configProblem(err, "csa"), "csa.endpoint", "-to", 1))
	case sameInstance(to, client.Endpoint()):
		d.stop("same instance", "-to names the server that is exported from: an import there could overwrite its own artifacts")
	default:
		return true
	}
	return false
}

// csaWays looks up the person. It says whether it is worth looking on.
func (d *doctor) csaWays(ctx context.Context, client *csa.Client, config csa.Config, where string) bool {
	mark := d.wire.mark()
	step, cancel := d.step(ctx)
	defer cancel()
	_, err := client.Exporter(csa.ExportOptions{}).Start(step)
	if config.UserIdentifier != "" {
		// Nothing was looked up: the lists tell whether the account is accepted.
		_, err = client.Artifacts(step, "")
	}
	if !d.connected(ctx, server{where, client.Endpoint(), config.Insecure, false}, d.wire.since(mark, ""), err) {
		d.way(err, where)
		return false
	}
	_, noOrganization := errors.AsType[*csa.UnknownOrganizationError](err)
	_, noUser := errors.AsType[*csa.UnknownUserError](err)
	switch {
	case refused(err):
		d.found("way.accepted", where, "", "refused")
	case noOrganization:
		d.found("way.accepted", where, "", "accepted")
		d.found("way.person", where, "", "unknown organization")
	case noUser:
		d.found("way.accepted", where, "", "accepted")
		d.found("way.person", where, "", "unknown user")
	case err != nil:
		d.found("way.accepted", where, "", "another answer: "+errorKind(err))
	default:
		d.found("way.accepted", where, "", "accepted")
		d.found("way.person", where, "", map[bool]string{true: "given", false: "found"}[config.UserIdentifier != ""])
	}
	d.said(err)
	if answer, ok := d.wire.last(mark, "person"); ok {
		d.found("csa.login.form", where, "", d.form(answer))
		if answer.Status == http.StatusOK {
			d.found("csa.login.fields", where, "", d.fields(answer)...)
		}
	}
	return err == nil
}

// form is the status of an answer and what its body is.
func (d *doctor) form(e exchange) string { return fmt.Sprintf("%d %s", e.Status, e.Form) }

func (d *doctor) csaLooks(ctx context.Context, client *csa.Client) {
	step, cancel := d.step(ctx)
	defer cancel()
	mark := d.wire.mark()
	artifacts, err := client.Artifacts(step, "")
	for _, artifact := range artifacts {
		d.guard.add(artifact.ID, artifact.Name)
	}
	pages := append(d.wire.since(mark, "catalogs"), d.wire.since(mark, "offerings")...)
	var forms []string
	for _, page := range pages {
		if page.Err {
			forms = append(forms, "no answer")
			continue
		}
		forms = append(forms, d.form(page))
	}
	if err != nil && !slices.ContainsFunc(forms, func(form string) bool { return form != "200 xml" }) {
		forms = append(forms, "unusable content")
	}
	d.found("csa.lists", "", fmt.Sprintf("%d artifacts in %d answers", len(artifacts), len(pages)), forms...)
	d.said(err)
	mark = d.wire.mark()
	body, err := client.Exporter(csa.ExportOptions{ArtifactID: unlikelyID()}).Download(step, asset.Job{})
	if err == nil {
		_ = body.Close()
	}
	answer, ok := d.wire.last(mark, "csa export")
	if !ok {
		d.found("csa.unknown", "", "")
		d.said(err)
		return
	}
	d.found("csa.unknown", "", "", d.answerKind2xx(answer))
	d.said(err)
	if answer.Status >= 400 {
		d.found("csa.error.form", "", "", answer.Form)
	}
}

// csaExports makes two exports and returns one; nil if there is none.
func (d *doctor) csaExports(ctx context.Context, client *csa.Client) *asset.Archive {
	d.out.section("3. Exporting, twice")
	d.out.line("  … the first export")
	one := d.csaExport(ctx, client, "first.zip")
	if one == nil || ctx.Err() != nil {
		return nil
	}
	d.out.line("  … the second export, of the same artifact")
	if two := d.csaExport(ctx, client, "second.zip"); two != nil {
		d.compare(one, two)
	} else {
		d.found("zip.repeatable", "", "")
	}
	return one.Archive
}

func (d *doctor) csaExport(ctx context.Context, client *csa.Client, name string) *received {
	ctx, cancel := context.WithTimeout(ctx, d.o.JobTime)
	defer cancel()
	mark := d.wire.mark()
	body, err := client.Exporter(csa.ExportOptions{ArtifactID: d.o.Export[0]}).Download(ctx, asset.Job{})
	answer, ok := d.wire.last(mark, "csa export")
	if !ok {
		d.found("csa.export.answer", "", "", transportKind(err))
		d.said(err)
		return nil
	}
	d.found("csa.export.answer", "", "", d.answerKind2xx(answer))
	if answer.Status == http.StatusOK {
		media := answer.MediaType
		if media == "" {
			media = "none"
		}
		d.found("csa.export.type", "", "", media)
		d.found("csa.export.name", "", "", answer.Disposition)
		d.found("csa.export.length", "", "", answer.Length)
	}
	if err != nil {
		if errors.Is(err, asset.ErrNoArchive) {
			d.found("zip.complete", "", "", "no zip in the answer")
		}
		d.said(err)
		return nil
	}
	got := d.receive(ctx, body, name)
	if got != nil {
		_, there := got.entries["manifest.xml"]
		d.found("csa.manifest", "", "", map[bool]string{true: "there", false: "missing"}[there])
	}
	return got
}
