// Package csaplatform is CSA, the Cloud Service Automation of HP, HPE and Micro Focus, as the resources
// see it: its attributes, its login, and the words for what only it does.
package csaplatform

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// Name is that of the attribute.
const Name = "csa"

// Kind is CSA without a provider block.
type Kind struct{}

var (
	_ platform.Kind     = Kind{}
	_ platform.Platform = (*settings)(nil)
)

// Name is that of the attribute.
func (Kind) Name() string { return Name }

// Title is as messages name it.
func (Kind) Title() string { return "CSA" }

// Variables are those of the attributes.
func (Kind) Variables() platform.Variables { return variables }

// Meant is the variable that names a server.
func (Kind) Meant() []string { return []string{variables["endpoint"]} }

// ProviderSchema is that of the provider block.
func (Kind) ProviderSchema() providerschema.SingleNestedAttribute { return providerSchema() }

// ExportSchema is that of an export.
func (Kind) ExportSchema() schema.SingleNestedAttribute { return exportSchema() }

// ImportSchema is that of an import.
func (Kind) ImportSchema() schema.SingleNestedAttribute { return importSchema() }

// ValidateExport reports what is no id, and an export without a path: the server keeps no archive.
func (Kind) ValidateExport(options types.Object, file types.String, diags *diag.Diagnostics) {
	validateExport(options, file, diags)
}

// ValidateImport reports options that no server takes.
func (Kind) ValidateImport(options types.Object, diags *diag.Diagnostics) {
	validateImport(options, diags)
}

// ValidateLookup reports what is no id; no limit of its length is documented.
func (Kind) ValidateLookup(options types.Object, id string, diags *diag.Diagnostics) {
	if id != "" {
		message.CheckID(path.Root(Name), id, tfvalue.Field[types.String](options, id), 0, diags)
	}
}

// Adopted takes an address in any of its spellings.
func (Kind) Adopted(instance, _ string) (normal, problem string) {
	endpoint, err := csa.NormalEndpoint(instance)
	if err != nil {
		return instance, partNoEndpoint
	}
	return endpoint, ""
}

// ExportText is what an export asks for.
func (Kind) ExportText(options types.Object) (string, bool) { return exportText(options) }

// ImportText is what an import asks for.
func (Kind) ImportText(options types.Object) (string, bool) { return importText(options) }

// Configure reads the block and the environment.
func (Kind) Configure(ctx context.Context, object types.Object, env platform.Environment) (platform.Platform, diag.Diagnostics) {
	var diags diag.Diagnostics
	s := resolve(platform.BlockOf[model](ctx, object, &diags), env.Getenv)
	s.unknownBlock = object.IsUnknown()
	s.configured = s.configured && !env.Blocks || !object.IsNull()
	s.config.UserAgent, s.config.Log, s.config.Observe = env.UserAgent, env.Log, env.Observe
	if s.configured {
		tflog.Debug(ctx, "CSA is configured", map[string]any{"endpoint": platform.ShownAddress(s.config.Endpoint)})
	}
	diags.Append(s.check(path.Root(Name))...)
	return s, diags
}

// AddressOf is the one attribute in which an address stands.
func (s *settings) AddressOf(string) string { return "endpoint" }

// Login: there is one way only.
func (s *settings) Login() platform.Login {
	return platform.Login{Secrets: []string{s.config.Password, s.config.UserIdentifier}}
}
