// Package romaplatform is Huawei Cloud ROMA Connect as the resources see it: its attributes, its login,
// and the words for what only it does.
package romaplatform

import (
	"context"
	"net/url"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// Name is that of the attribute.
const Name = "roma"

// longestID is the documented limit of ids in paths (instance_id, 0..64).
const longestID = 64

// Kind is ROMA Connect without a provider block.
type Kind struct{}

var (
	_ platform.Kind       = Kind{}
	_ platform.Platform   = (*settings)(nil)
	_ platform.StoreLogin = (*settings)(nil)
)

// Name is that of the attribute.
func (Kind) Name() string { return Name }

// Title is as messages name it.
func (Kind) Title() string { return "ROMA Connect" }

// Variables are those of the attributes.
func (Kind) Variables() platform.Variables { return variables }

// Meant are the variables that name a server.
func (Kind) Meant() []string { return []string{variables["region"], variables["endpoint"]} }

// ProviderSchema is that of the provider block.
func (Kind) ProviderSchema() providerschema.SingleNestedAttribute { return providerSchema() }

// ExportSchema is that of an export.
func (Kind) ExportSchema() schema.SingleNestedAttribute { return exportSchema() }

// ImportSchema is that of an import.
func (Kind) ImportSchema() schema.SingleNestedAttribute { return importSchema() }

// ValidateExport reports ids that no server knows.
func (Kind) ValidateExport(options types.Object, _ types.String, diags *diag.Diagnostics) {
	validateExport(options, diags)
}

// ValidateImport reports options that no server takes.
func (Kind) ValidateImport(options types.Object, diags *diag.Diagnostics) {
	validateImport(options, diags)
}

// ValidateLookup reports ids that no server knows.
func (Kind) ValidateLookup(options types.Object, id string, diags *diag.Diagnostics) {
	validateInstance(options, diags)
	if id != "" {
		message.CheckID(path.Root(Name), id, tfvalue.Field[types.String](options, id), longestID, diags)
	}
}

// Adopted takes any instance whose id, like that of the job, is not too long.
func (Kind) Adopted(instance, job string) (normal, problem string) {
	if max(utf8.RuneCountInString(instance), utf8.RuneCountInString(job)) > longestID {
		return instance, partTooLong
	}
	return instance, ""
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
	s.config.UserAgent, s.config.Log, s.config.Observe, s.config.MetadataURL = env.UserAgent, env.Log, env.Observe, env.MetadataURL
	s.log(ctx)
	diags.Append(s.check(path.Root(Name))...)
	return s, diags
}

// AddressOf is the attribute in which the address of a host stands.
func (s *settings) AddressOf(host string) string {
	endpoint, iam := hostOf(s.config.Endpoint), hostOf(s.config.AuthURL)
	if host == iam && host != endpoint {
		return "auth_url"
	}
	return "endpoint"
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Login says which credentials count.
func (s *settings) Login() platform.Login {
	login := platform.Login{Way: s.way(), Refused: s.lockAdvice()}
	if roma.Base(s.config.Credentials) != nil {
		login.Secrets = s.config.Credentials.Secrets()
	}
	return login
}
