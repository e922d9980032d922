package provider

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// settingValues reads the attributes of a platform's block with their
// environment variables behind them.
type settingValues struct {
	// block is the name of the platform's attribute.
	block string
	// variables names the environment variable of each attribute.
	variables map[string]string
	getenv    func(string) string

	// unknown lists the attributes whose values the plan does not know.
	unknown []string
	// problems says of each value that cannot be used why.
	problems []string
}

// variablesOf names the environment variables of a platform's attributes.
func variablesOf(platform string) map[string]string {
	switch platform {
	case platformCSA:
		return csaVariables
	case store.OBS:
		return obsVariables
	case store.S3:
		return s3Variables
	}
	return romaVariables
}

func (v *settingValues) set(value attr.Value, name string) bool {
	if value.IsUnknown() {
		v.unknown = append(v.unknown, name)
		return true
	}
	return !value.IsNull()
}

func (v *settingValues) text(name string, value types.String) string {
	if v.set(tfvalue.Given(value), name) {
		return tidy(name, value.ValueString())
	}
	return tidy(name, v.variable(name))
}

// variable is the value of the variable behind an attribute; some have none.
func (v *settingValues) variable(name string) string {
	if v.variables[name] == "" {
		return ""
	}
	return v.getenv(v.variables[name])
}

// tidy drops the white space around a value. A password may have some, but
// not the end of line of the file that it was read from.
func tidy(name, value string) string {
	// Editors of Windows begin files with it, and secret stores keep it.
	value = strings.TrimPrefix(value, "\uFEFF")
	if name == "password" {
		return strings.TrimRight(value, "\r\n")
	}
	return strings.TrimSpace(value)
}

// server reads what the blocks of all platforms have.
func (v *settingValues) server(insecure types.Bool, caFile types.String, maxRetries types.Int64) httpapi.Settings {
	return httpapi.Settings{
		Insecure:   v.flag("insecure", insecure),
		CAFile:     v.text("ca_file", caFile),
		MaxRetries: v.number("max_retries", maxRetries, httpapi.DefaultMaxRetries),
	}
}

func (v *settingValues) flag(name string, value types.Bool) bool {
	if v.set(value, name) {
		return value.ValueBool()
	}
	text := strings.TrimSpace(v.variable(name))
	if text == "" {
		return false
	}
	parsed, err := strconv.ParseBool(text)
	if err != nil {
		v.problems = append(v.problems, variableNoBool(v.variables[name]))
	}
	return parsed
}

func (v *settingValues) number(name string, value types.Int64, fallback int) int {
	if v.set(value, name) {
		if n := value.ValueInt64(); n >= 0 && n <= 100 {
			return int(n)
		}
		if !value.IsUnknown() {
			v.problems = append(v.problems, settingOutOfRange(v.block+"."+name))
		}
		return fallback
	}
	text := strings.TrimSpace(v.variable(name))
	if text == "" {
		return fallback
	}
	parsed, err := strconv.Atoi(text)
	if err != nil || parsed < 0 || parsed > 100 {
		v.problems = append(v.problems, variableOutOfRange(v.variables[name]))
		return fallback
	}
	return parsed
}

// numberText reads a number that stands in a text; 0 if the text is empty.
func (v *settingValues) numberText(name, text string, least, most int) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		v.problems = append(v.problems, settingNoNumber(v.block+"."+name, v.variables[name], least, most))
		return 0
	}
	return n
}
