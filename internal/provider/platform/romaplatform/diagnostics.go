package romaplatform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

func tooManyIDs(at path.Path, name string, count int) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Too many ids", fmt.Sprintf(
		"%s has %d ids; one export takes at most %d. Use several exports.", message.Dotted(at, name), count, mostIDs))
}

func noIDs(at path.Path) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Nothing to export",
		"Neither roma.apps nor roma.tasks has an id. Name at least one application or task.")
}

func unknownImportType(at path.Path, kind string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Unknown import type", fmt.Sprintf(
		"roma.type is %q. It must be \"Merge\" (update what exists, add what is new) or \"AddNew\" (treat everything as new).", kind))
}

func archiveTooLargeToSign(source string, size int64) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("source"), "Archive may be too large for a key pair", message.Text{
		What: fmt.Sprintf("The archive at %q has %s. The gateway is documented to take at most %s when a request is signed with a key pair.",
			source, megabytes(size), megabytes(roma.SignedBodyLimit)),
		Next: "If the gateway refuses it (\"body too large\"), use a token or user name and password instead of the key pair.",
	}.String())
}

// noCredentialsYet warns, in a plan, of what an apply may fail with.
func noCredentialsYet(lookedFor []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("No credentials given", message.Text{
		What: "There is no way to log in to ROMA Connect. Looked for:\n  " + strings.Join(lookedFor, "\n  "),
		Next: "Before the first request the metadata service of a cloud server is asked, which gives a key pair only on a server with an agency. " +
			"Elsewhere the apply will fail.",
	}.String())
}

func noCredentials(e *platform.CredentialsError) diag.Diagnostic {
	return diag.NewErrorDiagnostic("No credentials", message.Text{
		What: "There is no complete way to log in to ROMA Connect. Looked for:\n  " + strings.Join(e.Missing, "\n  "),
		Next: "Complete one of them in the provider block or in the environment.",
	}.String())
}

const twoAgencies = "roma.assume_role and roma.assume_role_with_oidc exclude each other: write the agency in one of them."

// noneOf says that a way to log in lacks one of these attributes.
func noneOf(names ...string) string {
	var ways []string
	for _, name := range names {
		ways = append(ways, "roma."+name+" ("+variables[name]+")")
	}
	return "no " + strings.Join(ways, " or ")
}

// projectNotFound says that a name leads to no project, or to several; again
// ends the advice.
func projectNotFound(e *roma.ProjectError, again string) diag.Diagnostic {
	t := message.Text{
		What: fmt.Sprintf("There is no project named %q, so its id is not known. Nothing was sent to the instance.", e.Name),
		Next: "Correct roma.project_name (HW_PROJECT_NAME) or the region, or set roma.project_id (HW_PROJECT_ID), " + again,
	}
	summary := "Project not found"
	if len(e.IDs) > 0 {
		summary = "More than one project"
		t.What = fmt.Sprintf("There are %d projects named %q. Nothing was sent to the instance.", len(e.IDs), e.Name)
		t.Facts = []message.Fact{{Name: "Project ids", Value: strings.Join(e.IDs, ", ")}}
		t.Next = "Set roma.project_id (HW_PROJECT_ID) to the one that is meant, " + again
	}
	return diag.NewErrorDiagnostic(summary, t.String())
}

func megabytes(size int64) string { return fmt.Sprintf("%.1f MiB", float64(size)/(1<<20)) }

// partTooLong is what is wrong with an import id.
const partTooLong = "a part of it is longer than an id of ROMA Connect may be"

func noInstance() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(Name), "No instance", "No ROMA Connect instance is named. Write roma.instance_id in the "+
		"resource or data source, or in the provider block, or set "+variables["instance_id"]+".")
}
