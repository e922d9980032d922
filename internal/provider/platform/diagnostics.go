package platform

// Messages about where a job runs and with what settings.

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// NoTarget says that a resource has nowhere to run, or a data source nobody to ask.
func (k Kinds) NoTarget(err error) diag.Diagnostic {
	if choice, ok := errors.AsType[*ChoiceError](err); ok && len(choice.Possible) > 1 {
		return severalPossible(choice.Possible)
	}
	if nowhere, ok := errors.AsType[*NowhereError](err); ok {
		return nowhere.Told
	}
	if chosen, ok := errors.AsType[*targetError](err); ok {
		return NotConnected(chosen.platform, chosen.err)
	}
	if unknown, ok := errors.AsType[*UnknownError](err); ok {
		return NotConnected(nil, unknown)
	}
	var blocks, variables []string
	for _, kind := range k {
		blocks = append(blocks, "`"+kind.Name()+" = { ... }`")
		variables = append(variables, kind.Meant()...)
	}
	return diag.NewErrorDiagnostic("No platform", "No platform is named, and none is configured. Write "+oneOf(blocks)+" in the provider block, or set "+oneOf(variables)+".")
}

// oneOf is a list of alternatives: "a, b or c".
func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func severalPossible(names []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("More than one platform", fmt.Sprintf(
		"Several platforms are possible: %s. Write the attribute of exactly one of them in the resource or data source.", strings.Join(names, ", ")))
}

// NotConnected says that the settings of a platform cannot be used; chosen is nil for one that this
// version does not know.
func NotConnected(chosen Platform, err error) diag.Diagnostic {
	if unknown, ok := errors.AsType[*UnknownError](err); ok {
		return unusable(unknown.Name, err)
	}
	if told := chosen.Explain(Op{Again: "then try again.", Said: said}, err); told != nil {
		return told
	}
	setting, isSetting := errors.AsType[*httpapi.ConfigError](err)
	if variable := variableOf(chosen, setting); isSetting && variable != "" {
		return diag.NewErrorDiagnostic("Provider cannot be used", message.Text{
			What: "The settings of the provider for " + chosen.Title() + " cannot be used: " + chosen.Name() + "." + message.Reason(setting) + ".",
			Next: "Correct " + chosen.Name() + "." + setting.Field + " in the provider block, or the variable " + variable + ".",
		}.String())
	}
	return unusable(chosen.Name(), err)
}

// said frames a message where there is no run and no look-up yet.
func said(summary, what string, err error, next string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, message.Text{What: what, Server: message.ServerWords(err), Next: next}.String())
}

func variableOf(chosen Platform, setting *httpapi.ConfigError) string {
	if setting == nil {
		return ""
	}
	return chosen.Variables()[setting.Field]
}

func unusable(name string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Provider cannot be used", message.Text{
		What: fmt.Sprintf("The settings of the provider for %s cannot be used: %s.", name, message.Reason(err)),
		Next: "Correct them in the provider block or in the environment.",
	}.String())
}

// CredentialsError says what each way to log in lacks.
type CredentialsError struct{ Missing []string }

func (e *CredentialsError) Error() string { return "no credentials: " + strings.Join(e.Missing, "; ") }
