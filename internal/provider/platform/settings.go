package platform

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// Values reads the attributes of a platform's block with their
// environment variables behind them.
type Values struct {
	// Block is the name of the platform's attribute.
	Block string
	// Variables names the environment variable of each attribute.
	Variables map[string]string
	Getenv    func(string) string

	// Unknown lists the attributes whose values the plan does not know.
	Unknown []string
	// Problems says of each value that cannot be used why.
	Problems []string
}

func (v *Values) set(value attr.Value, name string) bool {
	if value.IsUnknown() {
		v.Unknown = append(v.Unknown, name)
		return true
	}
	return !value.IsNull()
}

// Text is a value of the block, or else of its variable, without the white space around it.
func (v *Values) Text(name string, value types.String) string {
	if v.set(tfvalue.Given(value), name) {
		return Tidy(name, value.ValueString())
	}
	return Tidy(name, v.variable(name))
}

// variable is the value of the variable behind an attribute; some have none.
func (v *Values) variable(name string) string {
	if v.Variables[name] == "" {
		return ""
	}
	return v.Getenv(v.Variables[name])
}

// Tidy drops the white space around a value. A password may have some, but
// not the end of line of the file that it was read from.
func Tidy(name, value string) string {
	// Editors of Windows begin files with it, and secret stores keep it.
	value = strings.TrimPrefix(value, "\uFEFF")
	if name == "password" {
		return strings.TrimRight(value, "\r\n")
	}
	return strings.TrimSpace(value)
}

// Server reads what the blocks of all platforms have.
func (v *Values) Server(insecure types.Bool, caFile types.String, maxRetries types.Int64) httpapi.Settings {
	return httpapi.Settings{
		Insecure:   v.Flag("insecure", insecure),
		CAFile:     v.Text("ca_file", caFile),
		MaxRetries: v.number("max_retries", maxRetries, httpapi.DefaultMaxRetries),
	}
}

// Flag is the same for true and false; false where nothing is given.
func (v *Values) Flag(name string, value types.Bool) bool {
	if v.set(value, name) {
		return value.ValueBool()
	}
	text := strings.TrimSpace(v.variable(name))
	if text == "" {
		return false
	}
	parsed, err := strconv.ParseBool(text)
	if err != nil {
		v.Problems = append(v.Problems, variableNoBool(v.Variables[name]))
	}
	return parsed
}

func (v *Values) number(name string, value types.Int64, fallback int) int {
	if v.set(value, name) {
		if n := value.ValueInt64(); n >= 0 && n <= 100 {
			return int(n)
		}
		if !value.IsUnknown() {
			v.Problems = append(v.Problems, settingOutOfRange(v.Block+"."+name))
		}
		return fallback
	}
	text := strings.TrimSpace(v.variable(name))
	if text == "" {
		return fallback
	}
	parsed, err := strconv.Atoi(text)
	if err != nil || parsed < 0 || parsed > 100 {
		v.Problems = append(v.Problems, variableOutOfRange(v.Variables[name]))
		return fallback
	}
	return parsed
}

// NumberText reads a number that stands in a text; 0 if the text is empty.
func (v *Values) NumberText(name, text string, least, most int) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		v.Problems = append(v.Problems, settingNoNumber(v.Block+"."+name, v.Variables[name], least, most))
		return 0
	}
	return n
}

// InvalidSettings reports values of the provider block or its variables that
// cannot be used.
func InvalidSettings(at path.Path, problems []string) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, problem := range problems {
		diags.AddAttributeError(at, "Invalid provider setting", problem)
	}
	return diags
}

func settingOutOfRange(attribute string) string { return attribute + " must be between 0 and 100." }

func settingNoNumber(attribute, variable string, least, most int) string {
	return fmt.Sprintf("%s (%s) must be a number between %d and %d.", attribute, variable, least, most)
}

func variableOutOfRange(variable string) string {
	return "The environment variable " + variable + " must be a number between 0 and 100."
}

func variableNoBool(variable string) string {
	return "The environment variable " + variable + " must be true or false."
}

// BlockOf reads the block of a platform; nil where there is none, or none that is known.
func BlockOf[T any](ctx context.Context, object types.Object, diags *diag.Diagnostics) *T {
	if object.IsNull() || object.IsUnknown() {
		return nil
	}
	block := new(T)
	diags.Append(object.As(ctx, block, basetypes.ObjectAsOptions{})...)
	return block
}

// UnknownNames are the unknown attributes of a block as messages name them, and the block itself where
// that is not known.
func UnknownNames(block string, isUnknown bool, attributes []string) (names []string) {
	if isUnknown {
		names = append(names, block)
	}
	for _, name := range attributes {
		names = append(names, block+"."+name)
	}
	return names
}

// ShownAddress is an address that was not checked yet, without what may be a secret in it.
func ShownAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || strings.Contains(u.Path+u.Host, "@") || u.Opaque != "" {
		// With a scheme too many or none, a password is a part of something else.
		return "unusable"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
