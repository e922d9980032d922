package platform

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// What a variable of the environment holds is a value within its limits, or a problem that
// does not quote it.
func FuzzVariables(f *testing.F) {
	for _, seed := range []string{
		"3", " 3\n", "-1", "101", "1e2", "0x10", "99999999999999999999", "true", "T", "\uFEFFtrue", "yes", "", " ", "t0ps3cret-t0ps3cret", "https://u:t0ps3cret-t0ps3cret@h/?q", "3600s", "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := Values{
			Block: "roma", Getenv: func(string) string { return text },
			Variables: map[string]string{"ca_file": "A", "max_retries": "B", "insecure": "C", "password": "D", "duration": "E"},
		}
		s := v.Server(types.BoolNull(), types.StringNull(), types.Int64Null())
		if s.MaxRetries < 0 || s.MaxRetries > 100 || s.CAFile != strings.TrimSpace(s.CAFile) {
			t.Fatalf("%q: %+v", text, s)
		}
		if n := v.NumberText("duration", Tidy("duration", text), 900, 86400); n != 0 && (n < 900 || n > 86400) {
			t.Fatalf("%q: %d", text, n)
		}
		for _, name := range []string{"password", "ca_file"} {
			once := v.Text(name, types.StringNull())
			if again := v.Text(name, types.StringValue(once)); once != "" && !strings.HasPrefix(once, "\uFEFF") && again != once {
				t.Fatalf("%q: %q, then %q", text, once, again)
			}
		}
		for _, problem := range v.Problems {
			if strings.TrimSpace(text) == "" || len(text) > 12 && strings.Contains(problem, text) {
				t.Fatalf("%q: %s", text, problem)
			}
		}
		if shown := ShownAddress("https://h/" + text); strings.Contains(shown, "?") || strings.Contains(ShownAddress("https://"+text), "t0ps3cret-t0ps3cret@") {
			t.Fatalf("%q is shown as %q", text, shown)
		}
	})
}
