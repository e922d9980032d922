package message

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// TestQuotedIsShort has servers say as much as the client lets through.
func TestQuotedIsShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 1<<10)
	reasons := make([]asset.Reason, 200)
	for i := range reasons {
		reasons[i] = asset.Reason{ResourceType: "application", ResourceName: long, Message: long}
	}
	for name, err := range map[string]error{
		"three long texts": &httpapi.Error{Status: 400, Message: long, Details: long + "!", Suggestion: long + "?"},
		"many reasons":     &asset.FailedError{Job: asset.Job{Reasons: reasons}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := quoted(ServerWords(err))
			if n := len(strings.Join(lines, "\n")); n > mostQuoted+40 || n < mostQuoted/2 {
				t.Errorf("%d bytes are quoted", n)
			}
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "(and ") {
				t.Errorf("it does not say what is left out: %q", last)
			}
		})
	}
	if got := quoted([]string{"one", "two"}); strings.Join(got, " ") != "one two" {
		t.Errorf("short words became %q", got)
	}
}

// TestLastLook: what no server said is told in the provider's words.
func TestLastLook(t *testing.T) {
	t.Parallel()
	gone := &roma.SourceError{Source: "assume_role_with_oidc", Cause: &fs.PathError{Op: "open", Path: "/t", Err: fs.ErrNotExist}}
	for want, err := range map[string]error{
		" The credentials could not be renewed by assume_role_with_oidc: open /t: file does not exist.": gone,
		" The last look failed: broken.": errors.New("broken"),
		"":                               &httpapi.Error{Status: 503},
	} {
		if got := LastLook(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

type systemError string

func (s systemError) Error() string { return string(s) }

// TestNoStopOfTheSystem: texts of Windows end like sentences, and stand in the middle of ours.
func TestNoStopOfTheSystem(t *testing.T) {
	t.Parallel()
	system := systemError("The system cannot find the file specified.")
	file := &fs.PathError{Op: "open", Path: "/t", Err: system}
	want := "The system cannot find the file specified"
	for name, got := range map[string]string{
		"Reason": Reason(system), "RootCause": RootCause(system), "FileProblem": FileProblem(file),
	} {
		if got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := LastLook(system); got != " The last look failed: "+want+"." {
		t.Errorf("LastLook: %q", got)
	}
}

// TestBothRequestIDs: support of the platform knows the documented id, that of
// the gateway its operator.
func TestBothRequestIDs(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*httpapi.Error{
		"Request id: body Request id of the gateway: header": {RequestID: "header", BodyRequestID: "body"},
		"Request id: header": {RequestID: "header"},
	} {
		var got []string
		for _, f := range ServerFacts(err) {
			if strings.HasPrefix(f.Name, "Request id") && f.Value != "" {
				got = append(got, f.Name+": "+f.Value)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
