package provider

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

const (
	platformRoma = "roma"
	platformCSA  = "csa"
	// longestID is the documented limit of ids in paths (instance_id, 0..64).
	longestID = 64
)

// platformNames lists the platforms in the order in which messages name them.
var platformNames = []string{platformRoma, platformCSA}

// settings is a platform as the provider block and the environment describe
// it. No request is sent.
type settings interface {
	// isConfigured: the block or a variable says that the platform is meant.
	isConfigured() bool
	// isUnknown: whether there is a block is not known yet.
	isUnknown() bool
	// known: everything that a request needs is known.
	known() bool
	// instance is where a resource with these options runs.
	instance(options types.Object) (types.String, error)
	// checkImport reports what a plan can see of an archive that may be sent.
	checkImport(planned importModel, look sourceLook) diag.Diagnostics
	// hint is what a plan says of settings that only an apply can prove.
	hint() diag.Diagnostics
	// backend makes the client, once.
	backend(queue *asset.Queue) (backend, error)
}

// backend is a platform that can be used, as resources and data sources see it.
type backend interface {
	exporter(instance string, model exportModel) asset.Exporter
	importer(instance string, model importModel) asset.Importer
	// turns is the queue that jobs wait in; nil where they need not wait.
	turns(v verb) *asset.Queue
	// accept refuses a complete zip that is no archive of the platform.
	accept(r io.ReaderAt, size int64) error
	// checkSource refuses an archive that the platform would refuse.
	checkSource(model importModel, archive *asset.Archive) error
	lookups
}

// settings is the one place that decides between platforms; nil stands for one
// that this version of the provider does not know.
func (s *session) settings(platform string) settings {
	switch platform {
	case platformRoma:
		return &s.roma
	case platformCSA:
		return &s.csa
	default:
		return nil
	}
}

// connect makes the client of a platform. No request is sent.
func (s *session) connect(platform string) (backend, error) {
	chosen := s.settings(platform)
	if chosen == nil {
		return nil, unknownPlatform(platform)
	}
	return chosen.backend(s.queues[platform])
}

func unknownPlatform(name string) error {
	return fmt.Errorf("platform %q is not known to this version of the provider", name)
}

// options are the platforms' attributes of a resource; it carries one of them
// or none.
type options map[string]types.Object

// target is where a job runs. Both are unknown until the values they come
// from are known.
type target struct {
	platform, instance types.String
}

// platformError says that no platform could be chosen.
type platformError struct{ possible []string }

func (e *platformError) Error() string {
	return fmt.Sprintf("%d possible platforms: %s", len(e.possible), strings.Join(e.possible, ", "))
}

// choosePlatform picks the platform of a resource: the one whose attribute it
// carries, else the only one that is configured, else the one in its state.
func choosePlatform(carried, configured []string, remembered string) (string, error) {
	switch {
	case len(carried) == 1:
		return carried[0], nil
	case len(carried) > 1:
		return "", &platformError{possible: carried}
	case len(configured) == 1:
		return configured[0], nil
	case remembered != "":
		return remembered, nil
	default:
		return "", &platformError{possible: slices.Clone(configured)}
	}
}

// configured lists the platforms that the provider block or the environment
// names.
func (s *session) configured() []string {
	return slices.DeleteFunc(slices.Clone(platformNames), func(name string) bool { return !s.settings(name).isConfigured() })
}

// carried lists the platforms whose attributes a resource has. Whether an
// unknown one is there is not known.
func (o options) carried() (names []string, isKnown bool) {
	isKnown = true
	for _, name := range platformNames {
		switch {
		case o[name].IsUnknown():
			isKnown = false
		case !o[name].IsNull():
			names = append(names, name)
		}
	}
	return names, isKnown
}

// target finds where a resource's job runs; remembered is where it ran before.
func (s *session) target(o options, remembered target) (target, error) {
	carried, isKnown := o.carried()
	if len(carried) == 0 {
		// Which blocks there are may not be known either.
		isKnown = isKnown && !slices.ContainsFunc(platformNames, func(name string) bool { return s.settings(name).isUnknown() })
		if !isKnown {
			return target{types.StringUnknown(), types.StringUnknown()}, nil
		}
	}
	name, err := choosePlatform(carried, s.configured(), remembered.platform.ValueString())
	if err != nil {
		return target{}, err
	}
	chosen := s.settings(name)
	if chosen == nil {
		return target{}, unknownPlatform(name)
	}
	instance, err := chosen.instance(o[name])
	nowhere := errors.Is(err, errNoInstance) || errors.Is(err, errNoEndpoint)
	if nowhere && !chosen.isConfigured() && name == remembered.platform.ValueString() {
		// Nothing is configured here, so nothing says that it ran elsewhere: a
		// plan that has nothing to do needs no more.
		instance, err = remembered.instance, nil
	}
	return target{types.StringValue(name), instance}, err
}

// aim sets the platform and the instance of a plan.
func (s *session) aim(o options, planned jobModel, prior *jobModel, diags *diag.Diagnostics) jobModel {
	var remembered target
	if prior != nil {
		remembered = target{prior.Platform, prior.Instance}
	}
	t, err := s.target(o, remembered)
	if err != nil {
		diags.Append(noTarget(err))
	}
	planned.Platform, planned.Instance = t.platform, t.instance
	return planned
}

// ready reports, before anything is sent, a platform that no request could be
// sent to. Values that the plan does not know are no error yet.
func (s *session) ready(platform types.String) diag.Diagnostics {
	chosen := s.settings(platform.ValueString())
	if platform.IsUnknown() || chosen != nil && !chosen.known() {
		return nil
	}
	if _, err := s.connect(platform.ValueString()); err != nil {
		return diag.Diagnostics{notConnected(platform.ValueString(), err)}
	}
	return chosen.hint()
}

// checkImport reports what a plan can see of an archive that may be sent.
func (s *session) checkImport(planned importModel, look sourceLook) diag.Diagnostics {
	if chosen := s.settings(planned.Platform.ValueString()); chosen != nil {
		return chosen.checkImport(planned, look)
	}
	return nil
}

// checkCarried reports a resource with the attributes of several platforms.
func checkCarried(o options, diags *diag.Diagnostics) {
	if carried, _ := o.carried(); len(carried) > 1 {
		diags.Append(noTarget(&platformError{possible: carried}))
	}
}
