package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// romaExports makes two exports of the same applications and returns the archive of one;
// nil if there is none.
func (d *doctor) romaExports(ctx context.Context, client *roma.Client, instanceID string) *asset.Archive {
	d.out.section("3. Exporting, twice")
	e := &exports{
		doctor: d, client: client, instanceID: instanceID, mark: d.wire.mark(),
		exporter: client.Exporter(instanceID, roma.ExportOptions{Apps: d.o.Export}),
	}
	defer e.leftBehind()
	d.out.line("  … the first export")
	job, ok := e.start(ctx)
	if !ok {
		return nil
	}
	second, running := asset.Job{}, false
	job, err := d.await(ctx, job, e.exporter.Job, func(seen asset.Job) {
		// Once, and only while the first one runs, so that there are never more than two.
		if seen.Status == asset.Running && !e.probed {
			second, running = e.busy(ctx, seen.ID)
		}
	})
	if !e.probed {
		d.found("roma.busy", "", "the job had ended at the first look")
	}
	one := e.take(ctx, job, err, "first.zip")
	if one == nil || ctx.Err() != nil {
		e.jobFacts()
		return archiveOf(one)
	}
	e.again(ctx, job)
	d.out.line("  … the second export, of the same applications")
	if !running {
		if second, ok = e.start(ctx); !ok {
			e.jobFacts()
			return one.Archive
		}
	}
	second, err = d.await(ctx, second, e.exporter.Job, nil)
	two := e.take(ctx, second, err, "second.zip")
	e.jobFacts()
	if two == nil {
		d.found("zip.repeatable", "", "")
		return one.Archive
	}
	d.compare(one, two)
	return one.Archive
}

func archiveOf(r *received) *asset.Archive {
	if r == nil {
		return nil
	}
	return r.Archive
}

// exports are the two of one run.
type exports struct {
	*doctor
	client     *roma.Client
	instanceID string
	exporter   asset.Exporter
	// mark is where the record of the exports begins.
	mark int
	// started is how many jobs there are; lost: one more may be there.
	started int
	lost    bool
	// probed: a second export was asked for while the first one ran.
	probed bool
}

func (e *exports) leftBehind() {
	if left := [...]string{"", "one export job", "two export jobs"}[e.started]; left != "" {
		e.left = append(e.left, left)
	}
	if e.lost {
		e.left = append(e.left, "perhaps an export job whose id was lost with its answer")
	}
}

// start asks for an export once.
func (e *exports) start(ctx context.Context) (asset.Job, bool) {
	step, cancel := e.step(ctx)
	defer cancel()
	mark := e.wire.mark()
	job, err := e.exporter.Start(step)
	if errors.Is(err, asset.ErrBusy) {
		if answer, ok := e.wire.last(mark, "export"); ok && !e.probed {
			e.probed = true
			e.found("roma.busy", "", "another job of this user ran already", e.answerKind(answer))
		}
		e.said(err)
		e.stop("busy", "another job of this user is running: try again when it has ended")
		return asset.Job{}, false
	}
	return e.begun("roma.export.start", mark, "export", job, err)
}

// begun tells of the answer to a start.
func (e *exports) begun(fact string, mark int, what string, job asset.Job, err error) (asset.Job, bool) {
	answer, ok := e.wire.last(mark, what)
	switch {
	case err == nil:
		e.started++
		e.guard.add(job.ID)
		e.found(fact, "", "", e.answerKind2xx(answer))
		e.found("roma.start.fields", what, "", e.fields(answer)...)
		return job, true
	case !ok:
		e.found(fact, "", "", transportKind(err))
	case answer.Status < 300:
		e.found(fact, "", "", e.answerKind2xx(answer)+" with unusable content")
	default:
		e.found(fact, "", "", e.answerKind(answer))
	}
	e.lost = e.lost || errors.Is(err, asset.ErrOutcomeUnknown)
	e.said(err)
	return asset.Job{}, false
}

// answerKind2xx is the status alone.
func (d *doctor) answerKind2xx(e exchange) string { return strconv.Itoa(e.Status) }

// busy asks for a second export while the first one runs. A server that takes it has the
// second export already; it says nothing where the first one had ended meanwhile.
func (e *exports) busy(ctx context.Context, first string) (asset.Job, bool) {
	e.probed = true
	step, cancel := e.step(ctx)
	defer cancel()
	mark := e.wire.mark()
	job, err := e.exporter.Start(step)
	answer, ok := e.wire.last(mark, "export")
	switch {
	case err == nil:
		e.started++
		e.guard.add(job.ID)
		if now, err := e.exporter.Job(step, first); err == nil && now.Status != asset.Running {
			e.found("roma.busy", "", "the job had ended when the second one was asked for")
		} else {
			e.found("roma.busy", "", "", "accepted")
		}
		return job, true
	case !ok:
		e.found("roma.busy", "", "", transportKind(err))
	default:
		e.found("roma.busy", "", "", e.answerKind(answer))
	}
	e.lost = e.lost || errors.Is(err, asset.ErrOutcomeUnknown)
	e.said(err)
	return asset.Job{}, false
}

// take tells of the end of a job, and fetches its archive.
func (e *exports) take(ctx context.Context, job asset.Job, err error, name string) *received {
	if !e.ended(job, err) {
		return nil
	}
	e.guard.add(job.ArchiveID)
	place := "none"
	if answer, ok := e.wire.last(e.mark, "job"); ok && answer.Words["archive_id"] != "" {
		place = answer.Words["archive_id"]
	}
	e.found("roma.job.archive", "", "", place)
	if job.ArchiveID == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.o.JobTime)
	defer cancel()
	mark := e.wire.mark()
	body, err := e.exporter.Download(ctx, job)
	if answer, ok := e.wire.last(mark, "archive"); ok {
		if answer.Status != http.StatusOK {
			e.found("zip.complete", "", "", "refused: "+e.answerKind(answer))
		} else {
			media := answer.MediaType
			if media == "" {
				media = "none"
			}
			e.found("roma.download.type", "", "", media)
			e.found("roma.download.name", "", "", answer.Disposition)
			e.found("roma.download.length", "", "", answer.Length)
		}
	}
	if err != nil {
		if errors.Is(err, asset.ErrNoArchive) || unreached(err) {
			e.found("zip.complete", "", "", "no zip in the answer")
		}
		e.said(err)
		return nil
	}
	return e.receive(ctx, body, name)
}

// ended tells how a job ended.
func (d *doctor) ended(job asset.Job, err error) bool {
	failed, isFailed := errors.AsType[*asset.FailedError](err)
	switch {
	case err == nil:
		d.found("roma.job.end", "", "", "succeeded")
		return true
	case isFailed:
		d.found("roma.job.end", "", fmt.Sprintf("%d reasons", len(failed.Job.Reasons)), "failed")
		for _, reason := range failed.Job.Reasons {
			d.guard.add(reason.ResourceName)
			d.out.line("    (%s)", printable(fmt.Sprint(reason.ResourceType, " ", reason.ResourceName, ": ", reason.Code, " ", reason.Message)))
		}
	default:
		d.found("roma.job.end", "", "", "not seen: "+errorKind(err))
		d.said(err)
		d.out.line("    (the job %s may go on on the server)", job.ID)
	}
	return false
}

// again downloads the archive a second time, and looks at its job once more.
func (e *exports) again(ctx context.Context, job asset.Job) {
	step, cancel := e.step(ctx)
	defer cancel()
	mark := e.wire.mark()
	body, err := e.exporter.Download(step, job)
	if err == nil {
		_ = body.Close()
		e.found("roma.download.again", "", "", "the archive again")
	} else if answer, ok := e.wire.last(mark, "archive"); ok {
		kind := "refused: " + e.answerKind(answer)
		if answer.Status == http.StatusOK {
			kind = "200 without an archive"
		}
		e.found("roma.download.again", "", "", kind)
	} else {
		e.found("roma.download.again", "", "")
	}
	e.said(err)
	mark = e.wire.mark()
	_, err = e.exporter.Job(step, job.ID)
	e.said(err)
	if answer, ok := e.wire.last(mark, "job"); ok && answer.Status == http.StatusOK {
		place := "without archive_id: "
		if answer.Words["archive_id"] != "" {
			place = "with archive_id: "
		}
		e.found("roma.job.after", "", "", place+e.guard.word(answer.Words["status"]))
	}
}

// jobFacts tells of all looks at the jobs.
func (e *exports) jobFacts() { e.looks(e.mark, false) }

// looks tells what the answers about jobs had in common.
func (d *doctor) looks(mark int, imported bool) {
	var status, kinds, progress, times []string
	answers := d.wire.since(mark, "job")
	answers = slices.DeleteFunc(answers, func(e exchange) bool { return e.Err || e.Status != http.StatusOK })
	for _, e := range answers {
		for name, list := range map[string]*[]string{"status": &status, "type": &kinds} {
			if word, there := e.Words[name]; there {
				*list = append(*list, d.guard.word(word))
			}
		}
		progress = append(progress, one(e.Words["progress"])...)
		times = append(times, one(e.Words["begin_time"])...)
		times = append(times, one(e.Words["end_time"])...)
	}
	on := map[bool]string{true: "import", false: "export"}[imported]
	d.found("roma.job.fields", on, "", d.fields(answers...)...)
	d.found("roma.job.status", on, "", status...)
	d.found("roma.job.type", on, "", kinds...)
	d.found("roma.job.progress", on, "", progress...)
	d.found("roma.job.times", on, "", times...)
}

// await looks at a job until it has ended. It gives up after three unusable answers in a
// row: the provider would go on for two minutes.
func (d *doctor) await(ctx context.Context, job asset.Job, look asset.Look, observe func(asset.Job)) (asset.Job, error) {
	ctx, cancel := context.WithTimeout(ctx, d.o.JobTime)
	defer cancel()
	begin, bad, told := time.Now(), 0, -1
	for {
		step, done := d.step(ctx)
		seen, err := look(step, job.ID)
		done()
		switch {
		case err == nil:
			job, bad = seen, 0
			if observe != nil {
				observe(job)
			}
		case ctx.Err() != nil:
			return job, context.Cause(ctx)
		default:
			d.said(err)
			if bad++; bad >= mostBad || errors.Is(err, asset.ErrUnknownJob) || errors.Is(err, asset.ErrDenied) {
				return job, err
			}
		}
		if err == nil && job.Status != asset.Running {
			break
		}
		if percent := int(job.Progress * 100); percent != told {
			told = percent
			d.out.line("  … running, %d %%, %d s", percent, int(time.Since(begin).Seconds()))
		}
		if err := d.pause(ctx, job); err != nil {
			return job, err
		}
	}
	d.measured("time of the job", float64(time.Since(begin).Milliseconds())/1000, "s")
	if job.Status == asset.Failed {
		return job, &asset.FailedError{Job: job}
	}
	return job, nil
}
