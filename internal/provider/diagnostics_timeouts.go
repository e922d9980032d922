package provider

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// longestTimeout is the longest time.Duration, in whole hours: 292 years.
const longestTimeout = math.MaxInt64 / int64(time.Hour)

// shapeOfDuration is what time.ParseDuration reads, whatever the value.
var shapeOfDuration = regexp.MustCompile(`^[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`)

// durationCheck tells a duration that is too long from what is none, which the
// other check says.
type durationCheck struct{ other validator.String }

var _ validator.String = durationCheck{}

func (c durationCheck) Description(ctx context.Context) string { return c.other.Description(ctx) }

func (c durationCheck) MarkdownDescription(ctx context.Context) string {
	return c.other.MarkdownDescription(ctx)
}

func (c durationCheck) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	text := req.ConfigValue.ValueString()
	if _, err := time.ParseDuration(text); err != nil && shapeOfDuration.MatchString(text) {
		resp.Diagnostics.Append(timeoutTooLong(req.Path, text))
		return
	}
	c.other.ValidateString(ctx, req, resp)
}

// tellTooLong puts the check in front of those that the attributes have.
func tellTooLong(attributes map[string]schema.Attribute) {
	for name, attribute := range attributes {
		limit, ok := attribute.(schema.StringAttribute)
		if !ok {
			continue
		}
		checks := make([]validator.String, len(limit.Validators))
		for i, check := range limit.Validators {
			checks[i] = durationCheck{check}
		}
		limit.Validators = checks
		attributes[name] = limit
	}
}

func timeoutTooLong(at path.Path, value string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Timeout is too long", fmt.Sprintf(
		"%s is %q. The longest duration is \"%dh\". Write a shorter one, for example \"30m\".", at, value, longestTimeout))
}
