package romaplatform

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

type model struct {
	Region             types.String `tfsdk:"region"`
	Cloud              types.String `tfsdk:"cloud"`
	Endpoint           types.String `tfsdk:"endpoint"`
	AuthURL            types.String `tfsdk:"auth_url"`
	ProjectID          types.String `tfsdk:"project_id"`
	ProjectName        types.String `tfsdk:"project_name"`
	InstanceID         types.String `tfsdk:"instance_id"`
	Token              types.String `tfsdk:"token"`
	AccessKey          types.String `tfsdk:"access_key"`
	SecretKey          types.String `tfsdk:"secret_key"`
	SecurityToken      types.String `tfsdk:"security_token"`
	UserName           types.String `tfsdk:"user_name"`
	UserID             types.String `tfsdk:"user_id"`
	Password           types.String `tfsdk:"password"`
	DomainName         types.String `tfsdk:"domain_name"`
	DomainID           types.String `tfsdk:"domain_id"`
	SharedConfigFile   types.String `tfsdk:"shared_config_file"`
	Profile            types.String `tfsdk:"profile"`
	AssumeRole         types.Object `tfsdk:"assume_role"`
	AssumeRoleWithOIDC types.Object `tfsdk:"assume_role_with_oidc"`
	Insecure           types.Bool   `tfsdk:"insecure"`
	CAFile             types.String `tfsdk:"ca_file"`
	MaxRetries         types.Int64  `tfsdk:"max_retries"`
}

// variables names the environment variable of each attribute.
var variables = map[string]string{
	"region":                              "HW_REGION_NAME",
	"cloud":                               "HW_CLOUD",
	"endpoint":                            "ROMA_ENDPOINT",
	"auth_url":                            "HW_AUTH_URL",
	"project_id":                          "HW_PROJECT_ID",
	"project_name":                        "HW_PROJECT_NAME",
	"instance_id":                         "ROMA_INSTANCE_ID",
	"token":                               "HW_AUTH_TOKEN",
	"access_key":                          "HW_ACCESS_KEY",
	"secret_key":                          "HW_SECRET_KEY",
	"security_token":                      "HW_SECURITY_TOKEN",
	"user_name":                           "HW_USER_NAME",
	"user_id":                             "HW_USER_ID",
	"password":                            "HW_USER_PASSWORD",
	"domain_name":                         "HW_DOMAIN_NAME",
	"domain_id":                           "HW_DOMAIN_ID",
	"shared_config_file":                  "HW_SHARED_CONFIG_FILE",
	"profile":                             "HW_PROFILE",
	"assume_role":                         "HW_ASSUME_ROLE_*",
	"assume_role.agency_name":             "HW_ASSUME_ROLE_AGENCY_NAME",
	"assume_role.domain_name":             "HW_ASSUME_ROLE_DOMAIN_NAME",
	"assume_role.domain_id":               "HW_ASSUME_ROLE_DOMAIN_ID",
	"assume_role.duration":                "HW_ASSUME_ROLE_DURATION",
	"assume_role_with_oidc":               "HW_ASSUME_ROLE_*",
	"assume_role_with_oidc.agency_name":   "HW_ASSUME_ROLE_AGENCY_NAME",
	"assume_role_with_oidc.domain_id":     "HW_ASSUME_ROLE_DOMAIN_ID",
	"assume_role_with_oidc.idp_id":        "HW_ASSUME_ROLE_IDP_ID",
	"assume_role_with_oidc.id_token":      "HW_ASSUME_ROLE_ID_TOKEN",
	"assume_role_with_oidc.id_token_file": "HW_ASSUME_ROLE_ID_TOKEN_FILE",
	"assume_role_with_oidc.duration":      "HW_ASSUME_ROLE_DURATION",
	"insecure":                            "HW_INSECURE",
	"ca_file":                             "HW_CA_FILE",
	"max_retries":                         "HW_MAX_RETRIES",
}

// settings is the roma block with the environment filled in.
type settings struct {
	Kind
	// configured: the block is there, or a variable says that ROMA is meant.
	configured   bool
	unknownBlock bool
	// unknown lists the attributes whose values the plan does not know.
	unknown []string
	config  roma.Config
	credentials
	problems []string

	// queue has the turns of jobs.
	queue asset.Queue

	connect func() (*roma.Client, error)
}

func resolve(block *model, getenv func(string) string) *settings {
	s := &settings{configured: block != nil}
	s.connect = sync.OnceValues(func() (*roma.Client, error) { return roma.New(s.config) })
	if block == nil {
		block = new(model)
		s.configured = slices.ContainsFunc(s.Meant(), func(name string) bool { return getenv(name) != "" })
	}
	values := platform.Values{Block: Name, Variables: variables, Getenv: getenv}
	c := &s.config
	c.Region = values.Text("region", block.Region)
	c.Cloud = values.Text("cloud", block.Cloud)
	c.Endpoint = values.Text("endpoint", block.Endpoint)
	c.AuthURL = values.Text("auth_url", block.AuthURL)
	c.ProjectID = values.Text("project_id", block.ProjectID)
	c.ProjectName = values.Text("project_name", block.ProjectName)
	c.InstanceID = values.Text("instance_id", block.InstanceID)
	c.Settings = values.Server(block.Insecure, block.CAFile, block.MaxRetries)
	// A profile may hold a region and a project too.
	s.credentials = readCredentials(&values, block, c)
	inRegion(c, block.Cloud.IsUnknown(), block.ProjectName.IsUnknown())
	if !block.AssumeRole.IsNull() && !block.AssumeRoleWithOIDC.IsNull() {
		values.Problems = append(values.Problems, twoAgencies)
	}
	s.unknown, s.problems = values.Unknown, values.Problems
	return s
}

// inRegion fills in what follows from a region; what the plan does not know yet stays as it is.
func inRegion(c *roma.Config, cloudUnknown, projectUnknown bool) {
	there := c.InRegion()
	if !projectUnknown {
		c.ProjectName = there.ProjectName
	}
	if !cloudUnknown {
		c.Cloud, c.Endpoint, c.AuthURL = there.Cloud, there.Endpoint, there.AuthURL
	}
}

// IsConfigured says whether the block or a variable means ROMA Connect.
func (s *settings) IsConfigured() bool { return s.configured }

// Unknown lists what the plan does not know.
func (s *settings) Unknown() []string { return platform.UnknownNames(Name, s.unknownBlock, s.unknown) }

// Hint says that the metadata service is all that is left, where nothing says
// that there is one.
func (s *settings) Hint() diag.Diagnostics {
	if len(s.lookedFor) > 0 && !onCloudServer() {
		return diag.Diagnostics{noCredentialsYet(s.lookedFor)}
	}
	return nil
}

// assetTag holds the mark of a machine's maker on Linux, and cloudTag is that
// of the servers of Huawei Cloud, by which cloud-init too knows them.
const (
	assetTag = "/sys/class/dmi/id/chassis_asset_tag"
	cloudTag = "HUAWEICLOUD"
)

func onCloudServer() bool {
	tag, err := os.ReadFile(assetTag)
	return err == nil && strings.TrimSpace(string(tag)) == cloudTag
}

// check reports values that no request could be sent with.
func (s *settings) check(at path.Path) diag.Diagnostics {
	if !s.configured {
		// Variables that nobody uses.
		return nil
	}
	diags := platform.InvalidSettings(at, s.problems)
	if utf8.RuneCountInString(s.config.InstanceID) > longestID {
		diags.Append(message.IDTooLong(at, "instance_id", s.config.InstanceID, longestID))
	}
	return diags
}

// log says where requests will go and what they will be authorised with, by its kind.
func (s *settings) log(ctx context.Context) {
	if !s.configured {
		return
	}
	fields := map[string]any{"endpoint": platform.ShownAddress(s.config.Endpoint), "auth_url": platform.ShownAddress(s.config.AuthURL), "credentials": s.from}
	if agency, ok := s.config.Credentials.(roma.Agency); ok {
		fields["agency"] = agency.AgencyName
	}
	tflog.Debug(ctx, "ROMA Connect is configured", fields)
}
