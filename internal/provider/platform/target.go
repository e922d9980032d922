package platform

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Target is where a job runs. Both are unknown until the values they come from are known.
type Target struct {
	Platform, Instance types.String
}

// ChoiceError says that no platform could be chosen.
type ChoiceError struct{ Possible []string }

func (e *ChoiceError) Error() string {
	return fmt.Sprintf("%d possible platforms: %s", len(e.Possible), strings.Join(e.Possible, ", "))
}

// NowhereError says that nothing names the instance of a platform.
type NowhereError struct {
	// Told is the message.
	Told diag.Diagnostic
}

func (e *NowhereError) Error() string { return e.Told.Summary() }

// choose picks the platform of a resource: the one whose attribute it carries, else the only one that is
// configured, else the one in its state.
func choose(carried, configured []string, remembered string) (string, error) {
	switch {
	case len(carried) == 1:
		return carried[0], nil
	case len(carried) > 1:
		return "", &ChoiceError{Possible: carried}
	case len(configured) == 1:
		return configured[0], nil
	case remembered != "":
		return remembered, nil
	default:
		return "", &ChoiceError{Possible: slices.Clone(configured)}
	}
}

// configured lists the platforms that the provider block or the environment names.
func (l List) configured() (names []string) {
	for _, p := range l {
		if p.IsConfigured() {
			names = append(names, p.Name())
		}
	}
	return names
}

// Target finds where a resource's job runs; remembered is where it ran before.
func (l List) Target(o Options, remembered Target) (Target, error) {
	carried, isKnown := o.Carried()
	if len(carried) == 0 {
		// Which blocks there are may not be known either.
		isKnown = isKnown && !slices.ContainsFunc(l, func(p Platform) bool { return slices.Contains(p.Unknown(), p.Name()) })
		if !isKnown {
			return Target{types.StringUnknown(), types.StringUnknown()}, nil
		}
	}
	name, err := choose(carried, l.configured(), remembered.Platform.ValueString())
	if err != nil {
		return Target{}, err
	}
	chosen, err := l.Find(name)
	if err != nil {
		return Target{}, err
	}
	instance, err := chosen.Instance(o.Of(name))
	if _, nowhere := errors.AsType[*NowhereError](err); nowhere && !chosen.IsConfigured() && name == remembered.Platform.ValueString() {
		// Nothing is configured here, so nothing says that it ran elsewhere: a
		// plan that has nothing to do needs no more.
		instance, err = remembered.Instance, nil
	}
	if err != nil {
		err = &targetError{chosen, err}
	}
	return Target{types.StringValue(name), instance}, err
}

// targetError is a platform that was chosen and cannot be used.
type targetError struct {
	platform Platform
	err      error
}

func (e *targetError) Error() string { return e.platform.Name() + ": " + e.err.Error() }

func (e *targetError) Unwrap() error { return e.err }

// Ready reports, before anything is sent, a platform that no request could be sent to. Values that the
// plan does not know are no error yet.
func (l List) Ready(platform types.String) diag.Diagnostics {
	if platform.IsUnknown() {
		return nil
	}
	chosen, err := l.Find(platform.ValueString())
	if err != nil {
		return diag.Diagnostics{NotConnected(nil, err)}
	}
	if len(chosen.Unknown()) > 0 {
		return nil
	}
	if _, err := chosen.Connect(); err != nil {
		return diag.Diagnostics{NotConnected(chosen, err)}
	}
	return chosen.Hint()
}

// Unknown lists what of the provider block is not known yet: that of a platform, or of all while it is
// not chosen.
func (l List) Unknown(platform types.String) (names []string) {
	for _, p := range l {
		if platform.IsUnknown() || platform.ValueString() == p.Name() {
			names = append(names, p.Unknown()...)
		}
	}
	return names
}

// CheckCarried reports a resource with the attributes of several platforms.
func CheckCarried(o Options, diags *diag.Diagnostics) {
	if carried, _ := o.Carried(); len(carried) > 1 {
		diags.Append(severalPossible(carried))
	}
}
