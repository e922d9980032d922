package provider

import (
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

const defaultCloud = "myhuaweicloud.com"

type romaModel struct {
	Region        types.String `tfsdk:"region"`
	Cloud         types.String `tfsdk:"cloud"`
	Endpoint      types.String `tfsdk:"endpoint"`
	AuthURL       types.String `tfsdk:"auth_url"`
	ProjectID     types.String `tfsdk:"project_id"`
	ProjectName   types.String `tfsdk:"project_name"`
	InstanceID    types.String `tfsdk:"instance_id"`
	Token         types.String `tfsdk:"token"`
	AccessKey     types.String `tfsdk:"access_key"`
	SecretKey     types.String `tfsdk:"secret_key"`
	SecurityToken types.String `tfsdk:"security_token"`
	UserName      types.String `tfsdk:"user_name"`
	Password      types.String `tfsdk:"password"`
	DomainName    types.String `tfsdk:"domain_name"`
	Insecure      types.Bool   `tfsdk:"insecure"`
	CAFile        types.String `tfsdk:"ca_file"`
	MaxRetries    types.Int64  `tfsdk:"max_retries"`
}

// romaVariables names the environment variable of each attribute.
var romaVariables = map[string]string{
	"region":         "HW_REGION_NAME",
	"cloud":          "HW_CLOUD",
	"endpoint":       "ROMA_ENDPOINT",
	"auth_url":       "HW_AUTH_URL",
	"project_id":     "HW_PROJECT_ID",
	"project_name":   "HW_PROJECT_NAME",
	"instance_id":    "ROMA_INSTANCE_ID",
	"token":          "HW_AUTH_TOKEN",
	"access_key":     "HW_ACCESS_KEY",
	"secret_key":     "HW_SECRET_KEY",
	"security_token": "HW_SECURITY_TOKEN",
	"user_name":      "HW_USER_NAME",
	"password":       "HW_USER_PASSWORD",
	"domain_name":    "HW_DOMAIN_NAME",
	"insecure":       "HW_INSECURE",
	"ca_file":        "HW_CA_FILE",
	"max_retries":    "HW_MAX_RETRIES",
}

func romaProviderSchema() schema.SingleNestedAttribute {
	text := func(name, meaning string, sensitive bool) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Sensitive: sensitive,
			MarkdownDescription: meaning + " Environment: `" + romaVariables[name] + "`.",
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Huawei Cloud ROMA Connect. A value written here beats its environment variable. Credentials written here " +
			"win as a set; within one source the order is token, key pair, password.",
		Attributes: map[string]schema.Attribute{
			"region":         text("region", "Region, for example `cn-north-4`.", false),
			"cloud":          text("cloud", "Domain of the cloud. Default `"+defaultCloud+"`.", false),
			"endpoint":       text("endpoint", "URL of ROMA Connect. Default `https://roma.{region}.{cloud}`.", false),
			"auth_url":       text("auth_url", "URL of IAM. Default `https://iam.{region}.{cloud}/v3`.", false),
			"project_id":     text("project_id", "Project id. Looked up by `project_name` when it is not given.", false),
			"project_name":   text("project_name", "Project name. Default: the region.", false),
			"instance_id":    text("instance_id", "Id of the ROMA Connect instance for resources that name none.", false),
			"token":          text("token", "Ready IAM token with project scope. It cannot be renewed.", true),
			"access_key":     text("access_key", "Access key id; requests are signed with SDK-HMAC-SHA256.", false),
			"secret_key":     text("secret_key", "Secret access key.", true),
			"security_token": text("security_token", "Security token of a temporary key pair.", true),
			"user_name":      text("user_name", "IAM user name, for a token by password. A HUAWEI ID cannot be used.", false),
			"password":       text("password", "Password of the IAM user.", true),
			"domain_name":    text("domain_name", "Account name that the IAM user belongs to.", false),
			"ca_file":        text("ca_file", "PEM file with the certificate authorities to trust.", false),
			"insecure": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Accept any TLS certificate. Default false. Environment: `" + romaVariables["insecure"] + "`.",
			},
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "How often a request that is safe to repeat is repeated. Default 5. A request that starts a job is " +
					"sent once. Environment: `" + romaVariables["max_retries"] + "`.",
			},
		},
	}
}

// romaSettings is the roma block with the environment filled in.
type romaSettings struct {
	// configured: the block is there, or a variable says that ROMA is meant.
	configured   bool
	unknownBlock bool
	// unknown lists the attributes whose values the plan does not know.
	unknown []string
	config  roma.Config
	// missing says of each source of credentials what it lacks; empty when
	// one is complete.
	missing  []string
	problems []string

	connect func() (*roma.Client, error)
}

func resolveRoma(block *romaModel, getenv func(string) string) romaSettings {
	s := romaSettings{configured: block != nil}
	if block == nil {
		block = new(romaModel)
		s.configured = getenv("HW_REGION_NAME") != "" || getenv("ROMA_ENDPOINT") != ""
	}
	values := settingValues{block: platformRoma, variables: romaVariables, getenv: getenv}
	c := &s.config
	c.Region = values.text("region", block.Region)
	c.Cloud = values.textOr("cloud", block.Cloud, defaultCloud)
	c.Endpoint = values.text("endpoint", block.Endpoint)
	if c.Endpoint == "" && c.Region != "" {
		c.Endpoint = "https://roma." + c.Region + "." + c.Cloud
	}
	c.AuthURL = values.text("auth_url", block.AuthURL)
	if c.AuthURL == "" && c.Region != "" {
		c.AuthURL = "https://iam." + c.Region + "." + c.Cloud + "/v3"
	}
	c.ProjectID = values.text("project_id", block.ProjectID)
	c.ProjectName = values.textOr("project_name", block.ProjectName, c.Region)
	c.InstanceID = values.text("instance_id", block.InstanceID)
	c.Settings = values.server(block.Insecure, block.CAFile, block.MaxRetries)
	s.missing = romaCredentials(&values, block, c)
	s.unknown, s.problems = values.unknown, values.problems
	return s
}

func (s *romaSettings) isConfigured() bool { return s.configured }

func (s *romaSettings) isUnknown() bool { return s.unknownBlock }

// known says whether everything that a request needs is known.
func (s *romaSettings) known() bool { return !s.unknownBlock && len(s.unknown) == 0 }

// check reports values that no request could be sent with.
func (s *romaSettings) check(at path.Path) diag.Diagnostics {
	diags := invalidSettings(at, s.problems)
	if utf8.RuneCountInString(s.config.InstanceID) > longestID {
		diags.Append(idTooLong(at, "instance_id", s.config.InstanceID))
	}
	return diags
}
