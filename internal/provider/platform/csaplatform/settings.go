package csaplatform

import (
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

type model struct {
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

// variables names the environment variable of each attribute.
var variables = map[string]string{
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

func providerSchema() schema.SingleNestedAttribute {
	text := platform.Variables(variables).Text
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "CSA: Cloud Service Automation of HP, HPE or Micro Focus. A value written here beats its environment variable.",
		Attributes: platform.Variables(variables).WithServer("An import is sent once.", map[string]schema.Attribute{
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

// settings is the csa block with the environment filled in.
type settings struct {
	Kind
	// configured: the block is there, or a variable says that CSA is meant.
	configured   bool
	unknownBlock bool
	// unknown lists the attributes whose values the plan does not know.
	unknown  []string
	config   csa.Config
	problems []string

	// queue has the turns of imports.
	queue asset.Queue

	connect func() (*csa.Client, error)
}

func resolve(block *model, getenv func(string) string) *settings {
	s := &settings{configured: block != nil}
	s.connect = sync.OnceValues(func() (*csa.Client, error) { return csa.New(s.config) })
	if block == nil {
		block = new(model)
		s.configured = getenv(variables["endpoint"]) != ""
	}
	values := platform.Values{Block: Name, Variables: variables, Getenv: getenv}
	c := &s.config
	c.Endpoint = values.Text("endpoint", block.Endpoint)
	c.Username = values.Text("username", block.Username)
	c.Password = values.Text("password", block.Password)
	c.Organization = values.Text("organization", block.Organization)
	c.User = values.Text("user", block.User)
	c.UserIdentifier = values.Text("user_identifier", block.UserIdentifier)
	c.Settings = values.Server(block.Insecure, block.CAFile, block.MaxRetries)
	s.unknown, s.problems = values.Unknown, values.Problems
	return s
}

// IsConfigured says whether the block or a variable means CSA.
func (s *settings) IsConfigured() bool { return s.configured }

// Unknown lists what the plan does not know.
func (s *settings) Unknown() []string { return platform.UnknownNames(Name, s.unknownBlock, s.unknown) }

// check reports values that no request could be sent with.
func (s *settings) check(at path.Path) diag.Diagnostics {
	if !s.configured {
		// Variables that nobody uses.
		return nil
	}
	return platform.InvalidSettings(at, s.problems)
}

// Hint: all that is given is proven by an apply.
func (s *settings) Hint() diag.Diagnostics { return nil }

// Instance is the endpoint, the same for all spellings of one address. A
// resource has none of its own.
func (s *settings) Instance(types.Object) (types.String, error) {
	switch {
	case s.unknownBlock || slices.Contains(s.unknown, "endpoint"):
		return types.StringUnknown(), nil
	case s.config.Endpoint == "":
		return types.StringNull(), &platform.NowhereError{Told: noEndpoint()}
	}
	endpoint, err := csa.NormalEndpoint(s.config.Endpoint)
	return types.StringValue(endpoint), err
}
