package provider

import (
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
)

type csaModel struct {
	Endpoint       types.String `tfsdk:"endpoint"`
	Username       types.String `tfsdk:"username"`
	Password       types.String `tfsdk:"password"`
	Organization   types.String `tfsdk:"organization"`
	User           types.String `tfsdk:"user"`
	UserIdentifier types.String `tfsdk:"user_identifier"`
	Insecure       types.Bool   `tfsdk:"insecure"`
	CAFile         types.String `tfsdk:"ca_file"`
	MaxRetries     types.Int64  `tfsdk:"max_retries"`
}

// csaVariables names the environment variable of each attribute.
var csaVariables = map[string]string{
	"endpoint":        "CSA_ENDPOINT",
	"username":        "CSA_USERNAME",
	"password":        "CSA_PASSWORD",
	"organization":    "CSA_ORGANIZATION",
	"user":            "CSA_USER",
	"user_identifier": "CSA_USER_IDENTIFIER",
	"insecure":        "CSA_INSECURE",
	"ca_file":         "CSA_CA_FILE",
	"max_retries":     "CSA_MAX_RETRIES",
}

func csaProviderSchema() schema.SingleNestedAttribute {
	text := settingVariables(csaVariables).text
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "CSA: Cloud Service Automation of HP, HPE or Micro Focus. A value written here beats its environment variable.",
		Attributes: settingVariables(csaVariables).withServer("An import is sent once.", map[string]schema.Attribute{
			"endpoint": text("endpoint", "URL of the server, for example `https://csa.example.com:8444`, with or without `/csa/rest`. Of an address of the console, "+
				"what follows `/csa` is left out. Another address that ends in `/rest` is taken as it is: the successors of CSA answer at "+
				"`https://HOST/TENANT/dnd/rest` or `https://HOST/dnd/rest`, to users written `USER` or `TENANT/USER`, with the tenant or `Provider` as organization. That "+
				"these import and export is not proven.", false),
			"username": text("username", "Integration account for HTTP Basic authentication, for example `csaTransportUser`.", false),
			"password": text("password", "Password of the integration account.", true),
			"organization": text("organization", "Organization of the person on whose behalf requests run. Default `"+csa.DefaultOrganization+
				"`; later versions call it `Provider`.", false),
			"user": text("user", "That person's name. Default `"+csa.DefaultUser+"`. The server's id of the person is looked up once.", false),
			"user_identifier": text("user_identifier", "The id itself (`userIdentifier`); skips the look-up. With the account it is all that a "+
				"request needs, so treat it as a password.", true),
		}),
	}
}

// csaSettings is the csa block with the environment filled in.
type csaSettings struct {
	// configured: the block is there, or a variable says that CSA is meant.
	configured   bool
	unknownBlock bool
	// unknown lists the attributes whose values the plan does not know.
	unknown  []string
	config   csa.Config
	problems []string

	connect func() (*csa.Client, error)
}

func resolveCSA(block *csaModel, getenv func(string) string) csaSettings {
	s := csaSettings{configured: block != nil}
	if block == nil {
		block = new(csaModel)
		s.configured = getenv(csaVariables["endpoint"]) != ""
	}
	values := settingValues{block: platformCSA, variables: csaVariables, getenv: getenv}
	c := &s.config
	c.Endpoint = values.text("endpoint", block.Endpoint)
	c.Username = values.text("username", block.Username)
	c.Password = values.text("password", block.Password)
	c.Organization = values.text("organization", block.Organization)
	c.User = values.text("user", block.User)
	c.UserIdentifier = values.text("user_identifier", block.UserIdentifier)
	c.Settings = values.server(block.Insecure, block.CAFile, block.MaxRetries)
	s.unknown, s.problems = values.unknown, values.problems
	return s
}

func (s *csaSettings) isConfigured() bool { return s.configured }

func (s *csaSettings) isUnknown() bool { return s.unknownBlock }

// known says whether everything that a request needs is known.
func (s *csaSettings) known() bool { return !s.unknownBlock && len(s.unknown) == 0 }

// check reports values that no request could be sent with.
func (s *csaSettings) check(at path.Path) diag.Diagnostics {
	if !s.configured {
		// Variables that nobody uses.
		return nil
	}
	return invalidSettings(at, s.problems)
}

func (s *csaSettings) hint() diag.Diagnostics { return nil }

// errNoEndpoint: neither the provider block nor the environment names a CSA.
var errNoEndpoint = errors.New("no endpoint")

// instance is the endpoint, the same for all spellings of one address. A
// resource has none of its own.
func (s *csaSettings) instance(types.Object) (types.String, error) {
	switch {
	case s.unknownBlock || slices.Contains(s.unknown, "endpoint"):
		return types.StringUnknown(), nil
	case s.config.Endpoint == "":
		return types.StringNull(), errNoEndpoint
	}
	endpoint, err := csa.NormalEndpoint(s.config.Endpoint)
	return types.StringValue(endpoint), err
}
