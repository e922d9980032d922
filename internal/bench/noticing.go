package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// noticed is how one way to wait noticed the ends of jobs of one length.
type noticed struct {
	Job      time.Duration `json:"job"`
	Progress bool          `json:"progress"`
	// Way is "wait", or "poll 2s" and the like for fixed gaps.
	Way string `json:"way"`
	// Mean and Worst are delays between the end of a job and its notice.
	Mean  time.Duration `json:"mean"`
	Worst time.Duration `json:"worst"`
	// Requests is how many looks a job took on average.
	Requests float64 `json:"requests"`
}

const (
	noticeShare = 0.1
	noticeLeast = 500 * time.Millisecond
	noticeWorst = 10 * time.Second
)

// noticing has a test measure, because synctest, in which waiting takes no
// time, works in tests only.
func noticing(ctx context.Context, l *lab) (r result, err error) {
	file := filepath.Join(l.dir, "noticing.json")
	cmd := exec.CommandContext(ctx, "go", "test", "-count", "1", "-run", "^TestNoticing$", "./internal/bench", "-args", "-noticing", file)
	if out, err := cmd.CombinedOutput(); err != nil {
		return r, fmt.Errorf("go test: %w\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	var all []noticed
	if err := json.Unmarshal(data, &all); err != nil {
		return r, err
	}
	judgeNoticing(&r, all)
	return r, nil
}

// judgeNoticing adds the lines and the details of the row.
func judgeNoticing(r *result, all []noticed) {
	cells := [][]string{{"job", "progress", "mean delay", "worst", "requests", "poll of 2 s: mean delay", "requests", "poll of 10 s: mean delay", "requests"}}
	var row []string
	var worst, fraction float64
	total := map[string]float64{}
	for _, n := range all {
		total[n.Way] += n.Requests
		if n.Way == "wait" {
			progress := map[bool]string{true: "yes", false: "no"}[n.Progress]
			row = []string{n.Job.String(), progress, number(n.Mean.Seconds(), "s"), number(n.Worst.Seconds(), "s"), number(n.Requests, "")}
			worst = max(worst, n.Worst.Seconds())
			allowed := max(time.Duration(noticeShare*float64(n.Job)), noticeLeast)
			fraction = max(fraction, float64(n.Mean)/float64(allowed))
			continue
		}
		if row = append(row, number(n.Mean.Seconds(), "s"), number(n.Requests, "")); len(row) == len(cells[0]) {
			cells = append(cells, row)
		}
	}
	r.is("mean delay, in relation to 10 % of the job's time or 0.5 s, whichever is more (worst of twelve)", "≤ 1", number(fraction, "×"), fraction <= 1)
	r.is("longest delay", "≤ 10 s", number(worst, "s"), worst <= noticeWorst.Seconds())
	r.is("requests for one job of each kind, in relation to the poll of 2 s", "< 1", number(total["wait"]/total["poll 2s"], "×"), total["wait"] < total["poll 2s"])
	r.note("%s", markdownTable(cells))
	r.note("Each line is the mean of 400 jobs, whose lengths differ by up to 10 %% from the one given, so that no schedule meets their ends by chance. " +
		"Time is that of `testing/synctest`. A poll of 2 s finds a job of a few seconds with fewer requests, but late: it may look at a job of " +
		"3 s only twice, and is 1 s late on average.")
}
