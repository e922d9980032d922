package provider

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

const (
	platformRoma = "roma"
	// longestID is the documented limit of ids in paths (instance_id, 0..64).
	longestID = 64
)

// backend is a configured platform as the resources see it.
type backend interface {
	exporter(instance string, model exportModel) asset.Exporter
	importer(instance string, model importModel) asset.Importer
}

// connect makes the client of a platform; it is the one place that decides
// between platforms. No request is sent.
func (s *session) connect(platform string) (backend, error) {
	switch platform {
	case platformRoma:
		return s.roma.backend()
	default:
		return nil, fmt.Errorf("platform %q is not known to this version of the provider", platform)
	}
}

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
	var names []string
	if s.roma.configured {
		names = append(names, platformRoma)
	}
	return names
}

// target finds where a resource's job runs. options is the resource's roma
// attribute; remembered is where it ran before.
func (s *session) target(options types.Object, remembered target) (target, error) {
	var carried []string
	switch {
	case options.IsUnknown():
		return target{types.StringUnknown(), types.StringUnknown()}, nil
	case !options.IsNull():
		carried = append(carried, platformRoma)
	case s.roma.unknownBlock:
		// Which blocks there are is not known yet.
		return target{types.StringUnknown(), types.StringUnknown()}, nil
	}
	name, err := choosePlatform(carried, s.configured(), remembered.platform.ValueString())
	if err != nil {
		return target{}, err
	}
	instance, err := s.roma.instance(options)
	if errors.Is(err, errNoInstance) && !s.roma.configured && name == remembered.platform.ValueString() {
		// Nothing is configured here, so nothing says that it ran elsewhere: a
		// plan that has nothing to do needs no more.
		instance, err = remembered.instance, nil
	}
	return target{types.StringValue(name), instance}, err
}

// aim sets the platform and the instance of a plan.
func (s *session) aim(options types.Object, planned jobModel, prior *jobModel, diags *diag.Diagnostics) jobModel {
	var remembered target
	if prior != nil {
		remembered = target{prior.Platform, prior.Instance}
	}
	t, err := s.target(options, remembered)
	if err != nil {
		diags.Append(noTarget(err))
	}
	planned.Platform, planned.Instance = t.platform, t.instance
	return planned
}

// ready reports, before anything is sent, a platform that no request could be
// sent to. Values that the plan does not know are no error yet.
func (s *session) ready(platform types.String) diag.Diagnostics {
	if platform.IsUnknown() || !s.roma.known() {
		return nil
	}
	if _, err := s.connect(platform.ValueString()); err != nil {
		return diag.Diagnostics{notConnected(platform.ValueString(), err)}
	}
	return nil
}

// signsBodies says whether requests to a platform are signed with a key pair,
// whose gateway limits the length of what it signs.
func (s *session) signsBodies(platform types.String) bool {
	return platform.ValueString() == platformRoma && s.roma.known() && s.roma.config.AccessKey != ""
}
