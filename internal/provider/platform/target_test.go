package platform

import (
	"errors"
	"slices"
	"testing"
)

func TestChoosePlatform(t *testing.T) {
	t.Parallel()
	both := []string{"roma", "csa"}
	for _, test := range []struct {
		name                string
		carried, configured []string
		remembered          string
		want                string
		possible            []string
	}{
		{"carried", []string{"csa"}, nil, "", "csa", nil},
		{"carried, another is configured", []string{"csa"}, []string{"roma"}, "", "csa", nil},
		{"carried, both are configured", []string{"csa"}, both, "", "csa", nil},
		{"carried, another is remembered", []string{"csa"}, both, "roma", "csa", nil},
		{"two carried", both, []string{"roma"}, "roma", "", both},
		{"one configured", nil, []string{"roma"}, "", "roma", nil},
		{"one configured, another remembered", nil, []string{"roma"}, "csa", "roma", nil},
		{"two configured, one remembered", nil, both, "csa", "csa", nil},
		{"none configured, one remembered", nil, nil, "roma", "roma", nil},
		{"two configured", nil, both, "", "", both},
		{"none", nil, nil, "", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := choose(test.carried, test.configured, test.remembered)
			if got != test.want {
				t.Errorf("chose %q, want %q", got, test.want)
			}
			choice, isChoice := errors.AsType[*ChoiceError](err)
			switch {
			case (test.want == "") != isChoice:
				t.Errorf("error %v", err)
			case isChoice && !slices.Equal(choice.Possible, test.possible):
				t.Errorf("possible are %v, want %v", choice.Possible, test.possible)
			}
		})
	}
}
