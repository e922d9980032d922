package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// Messages about the provider block.

// noTarget says that a resource has nowhere to run, or a data source nobody to
// ask.
func noTarget(err error) diag.Diagnostic {
	if choice, ok := errors.AsType[*platformError](err); ok && len(choice.possible) > 1 {
		return diag.NewErrorDiagnostic("More than one platform", fmt.Sprintf(
			"Several platforms are possible: %s. Write the attribute of exactly one of them in the resource or data source.", strings.Join(choice.possible, ", ")))
	}
	if errors.Is(err, errNoInstance) {
		return diag.NewAttributeErrorDiagnostic(path.Root("roma"), "No instance", "No ROMA Connect instance is named. Write roma.instance_id in the "+
			"resource or data source, or in the provider block, or set "+romaVariables["instance_id"]+".")
	}
	if errors.Is(err, errNoEndpoint) {
		return diag.NewAttributeErrorDiagnostic(path.Root(platformCSA), "No endpoint", "No CSA is named. Write csa.endpoint in the provider block, or set "+
			csaVariables["endpoint"]+".")
	}
	if setting, ok := errors.AsType[*httpapi.ConfigError](err); ok {
		// An address is needed only where the endpoint is the instance.
		return notConnected(platformCSA, setting)
	}
	return diag.NewErrorDiagnostic("No platform", "No platform is named, and none is configured. Write `roma = { ... }` or "+
		"`csa = { ... }` in the provider block, or set "+romaVariables["region"]+", "+romaVariables["endpoint"]+" or "+csaVariables["endpoint"]+".")
}

// invalidSettings reports values of the provider block or its variables that
// cannot be used.
func invalidSettings(at path.Path, problems []string) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, problem := range problems {
		diags.AddAttributeError(at, "Invalid provider setting", problem)
	}
	return diags
}

// The problems that invalidSettings reports.

const twoAgencies = "roma.assume_role and roma.assume_role_with_oidc exclude each other: write the agency in one of them."

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

// noneOf says that a way to log in lacks one of these attributes.
func noneOf(names ...string) string {
	var ways []string
	for _, name := range names {
		ways = append(ways, "roma."+name+" ("+romaVariables[name]+")")
	}
	return "no " + strings.Join(ways, " or ")
}

// credentialsError says what each way to log in lacks.
type credentialsError struct{ missing []string }

func (e *credentialsError) Error() string { return "no credentials: " + strings.Join(e.missing, "; ") }

func noCredentials(e *credentialsError) diag.Diagnostic {
	return diag.NewErrorDiagnostic("No credentials", text{
		what: "There is no complete way to log in to ROMA Connect. Looked for:\n  " + strings.Join(e.missing, "\n  "),
		next: "Complete one of them in the provider block or in the environment.",
	}.String())
}

// noCredentialsYet warns, in a plan, of what an apply may fail with.
func noCredentialsYet(lookedFor []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("No credentials given", text{
		what: "There is no way to log in to ROMA Connect. Looked for:\n  " + strings.Join(lookedFor, "\n  "),
		next: "Before the first request the metadata service of a cloud server is asked, which gives a key pair only on a server with an agency. " +
			"Elsewhere the apply will fail.",
	}.String())
}

// notConnected says that the settings of a platform cannot be used.
func notConnected(platform string, err error) diag.Diagnostic {
	if missing, ok := errors.AsType[*credentialsError](err); ok {
		return noCredentials(missing)
	}
	title, variables := "ROMA Connect", variablesOf(platform)
	if platform == platformCSA {
		title = "CSA"
	}
	if setting, ok := errors.AsType[*httpapi.ConfigError](err); ok && variables[setting.Field] != "" {
		return diag.NewErrorDiagnostic("Provider cannot be used", text{
			what: "The settings of the provider for " + title + " cannot be used: " + platform + "." + setting.Error() + ".",
			next: "Correct " + platform + "." + setting.Field + " in the provider block, or the variable " + variables[setting.Field] + ".",
		}.String())
	}
	return diag.NewErrorDiagnostic("Provider cannot be used", text{
		what: fmt.Sprintf("The settings of the provider for %s cannot be used: %v.", platform, err),
		next: "Correct them in the provider block or in the environment.",
	}.String())
}

// foreignProviderData is a fault of the provider itself.
func foreignProviderData(data any) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Fault in the provider", fmt.Sprintf(
		"A resource was given %T for what the provider was configured with. Please report it, with the version of the provider.", data))
}

// projectNotFound says that a name leads to no project, or to several; again
// ends the advice.
func projectNotFound(e *roma.ProjectError, again string) diag.Diagnostic {
	t := text{
		what: fmt.Sprintf("There is no project named %q, so its id is not known. Nothing was sent to the instance.", e.Name),
		next: "Correct roma.project_name (HW_PROJECT_NAME) or the region, or set roma.project_id (HW_PROJECT_ID), " + again,
	}
	summary := "Project not found"
	if len(e.IDs) > 0 {
		summary = "More than one project"
		t.what = fmt.Sprintf("There are %d projects named %q. Nothing was sent to the instance.", len(e.IDs), e.Name)
		t.facts = []fact{{"Project ids", strings.Join(e.IDs, ", ")}}
		t.next = "Set roma.project_id (HW_PROJECT_ID) to the one that is meant, " + again
	}
	return diag.NewErrorDiagnostic(summary, t.String())
}
