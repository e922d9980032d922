package simulator

import (
	"math"
	"time"
)

// Types of jobs (CheckAssetJobStatus, ROMA Connect API reference). The type of
// a delete job is not documented.
var jobTypes = map[string]string{
	kindImport: "importAsset",
	kindExport: "exportAsset",
	kindDelete: "deleteAsset",
}

// endlessProgress is what a job that does not end reports: the example of the
// API reference.
const endlessProgress = 0.35

// viewJob is the answer of CheckAssetJobStatus; the caller holds mu.
func (s *Simulator) viewJob(j *job, now time.Time, faults []*Fault) map[string]any {
	old := s.opts.Vocabulary == Vocabulary2022
	v := map[string]any{
		"id":               j.id,
		"type":             jobTypes[j.kind],
		"status":           j.status(old),
		"progress_percent": j.progress(now),
	}
	unit := ""
	if old {
		unit = unitMilliseconds
	}
	field := "reason"
	if old {
		field = "reasons"
	}
	shape := shapeArray
	archiveID := ""
	if j.archive != nil && !j.archive.gone() {
		archiveID = j.archive.id
	}
	nested := false
	for _, fault := range faults {
		switch fault.Do {
		case doStatusWord:
			v["status"] = fault.Word
		case doNoProgress:
			delete(v, "progress_percent")
		case doNoArchiveID:
			archiveID = ""
		case doArchiveInEntities:
			nested = true
		case doTimesAsNumbers:
			unit = orDefault(fault.Unit, unitSeconds)
		case doReasonField:
			field, shape = orDefault(fault.Field, field), orDefault(fault.Shape, shape)
		}
	}
	v["begin_time"] = jobTime(j.begin, unit)
	if j.ended {
		v["end_time"] = jobTime(j.end, unit)
	}
	if j.failed() {
		v[field] = shapeReasons(j.reasons, shape)
	}
	switch {
	case archiveID == "":
	case nested:
		v["entities"] = map[string]any{"archive_id": archiveID}
	default:
		v["archive_id"] = archiveID
	}
	return v
}

// status is the job's state in the words of the vocabulary. Only the older
// documents have a word for an export whose package was taken.
func (j *job) status(old bool) string {
	words := [...]string{"RUNNING", "FAILED", "SUCCEEDED", "SUCCEEDED"}
	if old {
		words = [...]string{"Running", "Failed", "Success", "Finished"}
	}
	switch {
	case !j.ended:
		return words[0]
	case j.failed():
		return words[1]
	case j.archive == nil || !j.archive.gone():
		return words[2]
	default:
		return words[3]
	}
}

// progress is a fraction, whatever the name of the field says, and 1 only
// when the job has ended.
func (j *job) progress(now time.Time) float64 {
	return progressOf(j.ended, j.never, now.Sub(j.begin), j.length)
}

func progressOf(ended, never bool, passed, length time.Duration) float64 {
	switch {
	case ended:
		return 1
	case never || length <= 0:
		return endlessProgress
	}
	return min(0.99, math.Floor(float64(passed)/float64(length)*100)/100)
}

func jobTime(t time.Time, unit string) any {
	switch unit {
	case unitSeconds:
		return t.Unix()
	case unitMilliseconds:
		return t.UnixMilli()
	default:
		return t.UTC().Format(time.RFC3339)
	}
}

// shapeReasons writes reasons as documented, or in a shape that a fault asks
// for.
func shapeReasons(reasons []Reason, shape string) any {
	switch shape {
	case shapeObject:
		return reasons[0]
	case shapeString:
		return reasons[0].ErrorCode + ": " + reasons[0].ErrorMsg
	default:
		return reasons
	}
}
