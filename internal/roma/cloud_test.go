package roma

import "testing"

func TestCloudOf(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{"eu-west-101": "myhuaweicloud.eu", "eu-west-0": DefaultCloud, "cn-north-4": DefaultCloud, "": DefaultCloud} {
		if got := CloudOf(region); got != want {
			t.Errorf("%q: %s", region, got)
		}
	}
}
