package httpapi

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// What ends is known as long as it is used, and a day longer; what somebody gave is known for good.
func TestRedactorForgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := new(Redactor)
		r.Add("given-for-good")
		r.Use("given-for-good", "used-every-day", "used-once")
		shows := func(secret string, want bool) {
			t.Helper()
			if got := r.Clean(secret) == secret; got != want {
				t.Errorf("after %s, %s is shown: %t", time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)), secret, got)
			}
		}
		for day := range 100 {
			r.Use("used-every-day", fmt.Sprintf("token-%d-", day))
			shows(fmt.Sprintf("token-%d-", day), false)
			shows("used-once", day > 1)
			if day >= 1 {
				shows(fmt.Sprintf("token-%d-", day-1), false)
			}
			if day >= 2 {
				shows(fmt.Sprintf("token-%d-", day-2), true)
			}
			shows("used-every-day", false)
			shows("given-for-good", false)
			if len(r.secrets) > 5 {
				t.Fatalf("%d secrets after %d days", len(r.secrets), day)
			}
			time.Sleep(24 * time.Hour)
		}
		// What is said to be for good later on is so from then on.
		r.Add("used-every-day")
		time.Sleep(1000 * time.Hour)
		r.Use("another-one")
		shows("used-every-day", false)
	})
}
