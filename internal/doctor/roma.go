package doctor

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// inventory is how much an instance has.
type inventory struct {
	apps, tasks int
	known       bool
}

func (d *doctor) roma(ctx context.Context) {
	d.out.section("1. Ways in (ROMA Connect)")
	values := &values{attributes: RomaAttributes, flags: d.o.Roma, getenv: d.o.Getenv}
	config, cred := values.roma()
	d.guard.add(values.all...)
	client := d.romaClient(config, cred, values)
	if client == nil {
		return
	}
	if d.o.To != "" && sameInstance(d.o.To, config.InstanceID) {
		d.stop("same instance", "-to names the instance that is exported from: an import there could overwrite its own assets")
		return
	}
	if !d.romaWays(ctx, client, config, cred) {
		return
	}
	d.out.section("2. Looking")
	d.romaLists(ctx, client, config.InstanceID, true)
	d.romaUnknown(ctx, client, config.InstanceID)
	d.headers()
	if len(d.o.Export) == 0 || ctx.Err() != nil {
		return
	}
	archive := d.romaExports(ctx, client, config.InstanceID)
	if d.o.Import && archive != nil && ctx.Err() == nil {
		d.romaImport(ctx, client, archive)
	}
}

// romaClient makes the client, or says why there can be none.
func (d *doctor) romaClient(config roma.Config, cred credentials, values *values) *roma.Client {
	counts := "none"
	if len(cred.found) > 0 {
		counts = cred.found[0]
	}
	seen := []string{counts}
	if cred.agency {
		seen = append(seen, "with an agency")
	}
	note := ""
	if len(cred.found) > 1 {
		note = "also there, and not used: " + strings.Join(cred.found[1:], ", ")
	}
	d.found("way.credentials", "", note, seen...)
	for _, lack := range cred.lacks {
		d.out.line("    (%s)", printable(lack))
	}
	switch {
	case len(values.problems) > 0:
		d.stop("settings", "%s", strings.Join(values.problems, "; "))
		return nil
	case counts == "none":
		d.stop("settings", "no credentials are complete")
		return nil
	case config.InstanceID == "":
		d.stop("settings", "no instance: give -roma-instance-id or ROMA_INSTANCE_ID")
		return nil
	}
	config.Observe = d.wire.observe
	client, err := roma.New(config)
	if err != nil {
		d.stop("settings", "%s", configProblem(err, "roma"))
		return nil
	}
	d.address("ROMA Connect", client.Endpoint())
	if client.AuthURL() != "" && client.AuthURL() != client.Endpoint() {
		d.address("IAM", client.AuthURL())
	}
	return client
}

// configProblem names the attribute as the provider block and the flags do.
func configProblem(err error, platform string) string {
	if wrong, ok := errors.AsType[*httpapi.ConfigError](err); ok {
		return platform + "." + wrong.Field + " " + wrong.Problem
	}
	return err.Error()
}

// romaWays tries project, credentials and instance. It says whether it is worth looking on.
func (d *doctor) romaWays(ctx context.Context, client *roma.Client, config roma.Config, cred credentials) bool {
	mark := d.wire.mark()
	projectID, err := d.romaProject(ctx, client, config)
	iam := slices.Concat(d.wire.since(mark, "login"), d.wire.since(mark, "projects"), d.wire.since(mark, "key pair"))
	if len(iam) > 0 && !cred.isMetadata() {
		if answered := d.connected(ctx, server{"IAM", client.AuthURL(), config.Insecure, client.KeyPair()}, iam, err); !answered {
			d.way(err, "IAM")
			return false
		}
	}
	if err != nil {
		if refused(err) {
			d.found("way.accepted", "IAM", "", "refused")
		}
		d.way(err, "IAM")
		return false
	}
	d.guard.add(projectID)
	mark = d.wire.mark()
	step, cancel := d.step(ctx)
	defer cancel()
	// The cheapest question to the instance itself.
	_, err = client.Job(step, config.InstanceID, unlikelyID())
	if !d.connected(ctx, server{"ROMA Connect", client.Endpoint(), config.Insecure, client.KeyPair()}, d.wire.since(mark, "job"), err) {
		d.way(err, "ROMA Connect")
		return false
	}
	switch {
	case refused(err):
		d.found("way.accepted", "ROMA Connect", "", "refused")
		d.said(err)
		return false
	case !errors.Is(err, asset.ErrUnknownJob) && !spoke(err):
		// A gateway or a page in between says nothing of the credentials.
		d.found("way.accepted", "ROMA Connect", "", "another answer: "+errorKind(err))
		d.said(err)
		return false
	}
	if problem := d.noInstance(mark); problem != "" || errors.Is(err, roma.ErrNoInstance) || roma.IsNoAPI(err) {
		d.found("way.accepted", "ROMA Connect", howSigned(client), "accepted")
		d.found("roma.instance", "", "", cmp.Or(problem, "unknown"))
		d.said(err)
		return false
	}
	d.found("way.accepted", "ROMA Connect", howSigned(client), "accepted")
	d.found("roma.instance", "", "", "known")
	return true
}

// spoke says whether an error is an answer of the platform itself, with a code.
func spoke(err error) bool {
	answer, ok := errors.AsType[*httpapi.Error](err)
	return ok && answer.Code != ""
}

// noInstance is what the codes about project, path and rights say of the instance.
func (d *doctor) noInstance(mark int) string {
	e, _ := d.wire.last(mark, "job")
	switch shortCode(e.Words["code"]) {
	case "ROMA.1006", "ROMA.12000", "ROMA.12001", "ROMA.12002":
		return "no permission"
	case "ROMA.1007", "ROMA.14002":
		return "unknown"
	}
	return ""
}

func (c credentials) isMetadata() bool { return len(c.found) > 0 && c.found[0] == titleMetadata }

func howSigned(client *roma.Client) string {
	if client.KeyPair() {
		return "signatures"
	}
	return "a token"
}

func (d *doctor) romaProject(ctx context.Context, client *roma.Client, config roma.Config) (string, error) {
	ctx, cancel := d.step(ctx)
	defer cancel()
	id, err := client.ProjectID(ctx)
	if wrong, ok := errors.AsType[*roma.ProjectError](err); ok {
		d.found("way.project", "", fmt.Sprintf("%d of that name", len(wrong.IDs)), "not one")
		d.said(err)
		return "", err
	}
	switch {
	case err != nil:
		d.found("way.project", "", "")
	case config.ProjectID != "":
		d.found("way.project", "", "", "given")
	default:
		d.found("way.project", "", "", "found")
	}
	return id, err
}

// way notes why a server cannot be used. A refusal is what the provider would meet too;
// without any answer there is nothing to judge.
func (d *doctor) way(err error, on string) {
	_, isProject := errors.AsType[*roma.ProjectError](err)
	_, isTLS := errors.AsType[*httpapi.HandshakeError](err)
	switch {
	case err == nil || refused(err) || isProject || isTLS || certificateOf(err) != "":
		d.said(err)
	case unreached(err):
		d.stop("not reached", "%s was not reached", on)
	default:
		d.found("way.accepted", on, "", "another answer: "+errorKind(err))
		d.said(err)
	}
}

// errorKind is an error as a status or a kind.
func errorKind(err error) string {
	if answer, ok := errors.AsType[*httpapi.Error](err); ok {
		return fmt.Sprintf("HTTP %d", answer.Status)
	}
	if _, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return "unusable content"
	}
	return transportKind(err)
}

// unlikelyID is an id that no server has given: 128 random bits in the form of the examples.
func unlikelyID() string {
	var b [16]byte
	// It never fails.
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// romaLists reads both lists; told says whether their facts are.
func (d *doctor) romaLists(ctx context.Context, client *roma.Client, instanceID string, told bool) inventory {
	mark := d.wire.mark()
	step, cancel := d.step(ctx)
	defer cancel()
	apps, errApps := client.Apps(step, instanceID, "")
	for _, app := range apps {
		d.guard.add(app.ID, app.Name, app.Remark)
	}
	tasks, errTasks := client.Tasks(step, instanceID, "")
	for _, task := range tasks {
		d.guard.add(task.ID, task.Name)
	}
	if told {
		d.romaList("roma.apps", len(apps), d.wire.since(mark, "applications"), 100, errApps)
		d.romaList("roma.tasks", len(tasks), d.wire.since(mark, "tasks"), 500, errTasks)
	}
	return inventory{len(apps), len(tasks), errApps == nil && errTasks == nil}
}

func (d *doctor) romaList(fact string, listed int, pages []exchange, limit int, err error) {
	var kinds []string
	for _, page := range pages {
		switch {
		case page.Err:
			kinds = append(kinds, "no answer")
		case page.Status == http.StatusOK:
			kinds = append(kinds, "200")
		default:
			kinds = append(kinds, d.answerKind(page))
		}
	}
	if err != nil {
		if len(kinds) == 0 || !slices.ContainsFunc(kinds, func(kind string) bool { return kind != "200" }) {
			kinds = append(kinds, "a list that does not end or add up, or unusable content")
		}
		d.found(fact+".answer", "", "", kinds...)
		d.said(err)
		return
	}
	d.found(fact+".answer", "", fmt.Sprintf("%d listed, pages: %d", listed, len(pages)), kinds...)
	d.found(fact+".fields", "", "", d.fields(pages...)...)
	var totals []string
	for _, page := range pages {
		switch {
		case page.Status != http.StatusOK:
		case page.Total == nil:
			totals = append(totals, "missing")
		case *page.Total == listed:
			totals = append(totals, "what is listed")
		default:
			totals = append(totals, "another number")
		}
	}
	d.found(fact+".total", "", "", totals...)
	shape := "one page"
	if len(pages) > 1 {
		if shape = fmt.Sprintf("full pages of %d", limit); (listed+limit-1)/limit != len(pages) {
			shape = "pages shorter than was asked for"
		}
	}
	d.found(fact+".pages", "", "", shape)
}

// romaUnknown asks for a job and an archive that do not exist.
func (d *doctor) romaUnknown(ctx context.Context, client *roma.Client, instanceID string) {
	step, cancel := d.step(ctx)
	defer cancel()
	mark := d.wire.mark()
	_, err := client.Job(step, instanceID, unlikelyID())
	d.unknown("roma.job.unknown", mark, "job", errors.Is(err, asset.ErrUnknownJob), err)
	mark = d.wire.mark()
	body, err := client.Exporter(instanceID, roma.ExportOptions{}).Download(step, asset.Job{ArchiveID: unlikelyID()})
	if err == nil {
		_ = body.Close()
	}
	d.unknown("roma.archive.unknown", mark, "archive", errors.Is(err, asset.ErrTaken), err)
	var digits []string
	for _, e := range d.wire.since(0, "") {
		if _, number, ok := strings.Cut(e.Words["code"], "."); ok {
			digits = append(digits, map[bool]string{true: "eight", false: "short"}[len(number) == 8])
		}
	}
	d.found("roma.error.digits", "", "", digits...)
}

func (d *doctor) unknown(fact string, mark int, what string, known bool, err error) {
	e, ok := d.wire.last(mark, what)
	if !ok {
		d.found(fact, "", "")
		d.said(err)
		return
	}
	d.found(fact, "", "", d.answerKind(e))
	d.said(err)
	d.found(fact+".known", "", "", map[bool]string{true: "yes", false: "no"}[known])
	if e.Form == "json" && e.Status >= 400 {
		d.found("roma.error.fields", what, "", d.fields(e)...)
	}
}
