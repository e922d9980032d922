package provider

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// The blocks obs and s3 say where archives lie. They are no platforms: nothing about
// them decides where a job runs.

type obsModel struct {
	Region     types.String `tfsdk:"region"`
	Endpoint   types.String `tfsdk:"endpoint"`
	PathStyle  types.Bool   `tfsdk:"path_style"`
	Insecure   types.Bool   `tfsdk:"insecure"`
	CAFile     types.String `tfsdk:"ca_file"`
	MaxRetries types.Int64  `tfsdk:"max_retries"`
}

type s3Model struct {
	Region       types.String `tfsdk:"region"`
	Endpoint     types.String `tfsdk:"endpoint"`
	AccessKey    types.String `tfsdk:"access_key"`
	SecretKey    types.String `tfsdk:"secret_key"`
	SessionToken types.String `tfsdk:"session_token"`
	PathStyle    types.Bool   `tfsdk:"path_style"`
	Insecure     types.Bool   `tfsdk:"insecure"`
	CAFile       types.String `tfsdk:"ca_file"`
	MaxRetries   types.Int64  `tfsdk:"max_retries"`
}

var (
	obsVariables = map[string]string{"region": "OBS_REGION", "endpoint": "OBS_ENDPOINT"}
	s3Variables  = map[string]string{
		"region": "AWS_REGION", "endpoint": "AWS_ENDPOINT_URL_S3",
		"access_key": "AWS_ACCESS_KEY_ID", "secret_key": "AWS_SECRET_ACCESS_KEY", "session_token": "AWS_SESSION_TOKEN",
		"ca_file": "AWS_CA_BUNDLE",
	}
	// s3Behind are the variables that count where those are not set, as for the tools of AWS.
	s3Behind = map[string]string{"AWS_REGION": "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3": "AWS_ENDPOINT_URL"}
)

// storeVariables are those of the block of a store.
func storeVariables(scheme string) platform.Variables {
	if scheme == store.OBS {
		return obsVariables
	}
	return s3Variables
}

func obsProviderSchema() schema.SingleNestedAttribute {
	text := platform.Variables(obsVariables).Text
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Huawei OBS, for archives at `obs://BUCKET/KEY`. Mostly it can be left out: the credentials are those of `roma`, in the block or in the " +
			"`HW_*` variables, as they are or exchanged for a temporary key pair that is limited to the bucket.",
		Attributes: platform.Variables(obsVariables).WithServer(putRepeats, map[string]schema.Attribute{
			"region":     text("region", "Region of the bucket. Default: the region of `roma`.", false),
			"endpoint":   text("endpoint", "Address of the service, without the bucket. Default `https://obs.{region}.{cloud}`.", false),
			"path_style": pathStyleSchema(),
		}),
	}
}

func s3ProviderSchema() schema.SingleNestedAttribute {
	text := platform.Variables(s3Variables).Text
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "S3, or a store that speaks its protocol, such as MinIO or Ceph, for archives at `s3://BUCKET/KEY`. A value written here beats its " +
			"environment variable. Nothing is read from `~/.aws`: the guide about stores tells how profiles, single sign-on and CI identities give a key pair.",
		Attributes: platform.Variables(s3Variables).WithServer(putRepeats, map[string]schema.Attribute{
			"region":        text("region", "Region of the bucket. Also `AWS_DEFAULT_REGION`.", false),
			"endpoint":      text("endpoint", "Address of the service, without the bucket. Default `https://s3.{region}.amazonaws.com`. Also `AWS_ENDPOINT_URL`.", false),
			"access_key":    text("access_key", "Access key id.", false),
			"secret_key":    text("secret_key", "Secret access key.", true),
			"session_token": text("session_token", "Session token of a temporary key pair.", true),
			"path_style":    pathStyleSchema(),
		}),
	}
}

func pathStyleSchema() schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether the bucket is part of the path and not of the host name. Default false, but true where the endpoint is an IP address or " +
			"localhost. OBS itself refuses it.",
	}
}

// storeSettings is a store as its block and the environment describe it.
type storeSettings struct {
	scheme       string
	unknownBlock bool
	// unknown lists the attributes whose values the plan does not know.
	unknown  []string
	config   s3.Config
	problems []string
	// waitsFor is the block of the login, where that is not known yet.
	waitsFor string
	// noPair: the key pair of s3 is not whole.
	noPair bool
	// secrets are those of the block and the environment.
	secrets []string

	connect func() (*s3.Client, error)
}

func resolveOBS(block *obsModel, login platform.StoreLogin, getenv func(string) string) *storeSettings {
	s := &storeSettings{scheme: store.OBS}
	if block == nil {
		block = new(obsModel)
	}
	values := platform.Values{Block: store.OBS, Variables: obsVariables, Getenv: getenv}
	c := &s.config
	c.OBS = true
	c.Region = values.Text("region", block.Region)
	if c.Region == "" {
		c.Region = login.Region()
	}
	c.Endpoint = values.Text("endpoint", block.Endpoint)
	if c.Endpoint == "" && c.Region != "" {
		c.Endpoint = "https://obs." + c.Region + "." + login.Cloud(c.Region)
	}
	c.PathStyle = values.Flag("path_style", block.PathStyle)
	c.Settings = values.Server(block.Insecure, block.CAFile, block.MaxRetries)
	s.unknown, s.problems = values.Unknown, values.Problems
	if len(login.Unknown()) > 0 {
		s.waitsFor = login.Name()
	}
	return s
}

func resolveS3(block *s3Model, getenv func(string) string) *storeSettings {
	s := &storeSettings{scheme: store.S3}
	if block == nil {
		block = new(s3Model)
	}
	values := platform.Values{Block: store.S3, Variables: s3Variables, Getenv: func(name string) string {
		if text := getenv(name); strings.TrimSpace(text) != "" || s3Behind[name] == "" {
			return text
		}
		return getenv(s3Behind[name])
	}}
	c := &s.config
	c.Region = values.Text("region", block.Region)
	c.Endpoint = values.Text("endpoint", block.Endpoint)
	pair := s3.Credentials{
		AccessKey: values.Text("access_key", block.AccessKey), SecretKey: values.Text("secret_key", block.SecretKey),
		SessionToken: values.Text("session_token", block.SessionToken),
	}
	if !tfvalue.Given(block.AccessKey).IsNull() && tfvalue.Given(block.SessionToken).IsNull() {
		// The token of the environment belongs to the key pair of the environment.
		pair.SessionToken = ""
	}
	isUnknown := func(name string) bool { return slices.Contains(values.Unknown, name) }
	s.noPair = pair.AccessKey == "" && !isUnknown("access_key") || pair.SecretKey == "" && !isUnknown("secret_key")
	c.Credentials = s3.Static(pair)
	s.secrets = []string{pair.SecretKey, pair.SessionToken}
	c.PathStyle = values.Flag("path_style", block.PathStyle)
	c.Settings = values.Server(block.Insecure, block.CAFile, block.MaxRetries)
	s.unknown, s.problems = values.Unknown, values.Problems
	return s
}

func (s *storeSettings) known() bool { return len(s.notKnown()) == 0 }

// notKnown are the settings that a request needs and the plan does not know.
func (s *storeSettings) notKnown() []string {
	names := platform.UnknownNames(s.scheme, s.unknownBlock, s.unknown)
	if s.waitsFor != "" {
		names = append(names, s.waitsFor)
	}
	return names
}

// check reports values that no request could be sent with.
func (s *storeSettings) check() diag.Diagnostics {
	return platform.InvalidSettings(path.Root(s.scheme), s.problems)
}

var (
	// errNoRegion: nothing says where the store is.
	errNoRegion = errors.New("no region")
	// errNoPair: the key pair of a store is not whole.
	errNoPair = errors.New("no key pair")
)

// storeSettings are those of the store of an address.
func (s *providerData) storeSettings(at store.Address) *storeSettings {
	if at.Scheme == store.OBS {
		return s.obs
	}
	return s.s3
}

// connectStore makes the client of the store of an address, once. No request is sent.
func (s *providerData) connectStore(at store.Address) (*s3.Client, error) {
	chosen := s.storeSettings(at)
	switch {
	case chosen.config.Region == "" && chosen.known():
		return nil, errNoRegion
	case chosen.noPair:
		return nil, errNoPair
	}
	return chosen.connect()
}

// makeStore makes the client of a store.
func (s *providerData) makeStore(chosen *storeSettings) (*s3.Client, error) {
	config := chosen.config
	config.Redactor = new(httpapi.Redactor)
	config.Redactor.Add(s.secrets()...)
	if config.OBS {
		pairs, err := s.storeLogin().StorePairs(config.Region)
		if err != nil {
			return nil, err
		}
		config.Credentials = pairsOf(pairs)
	}
	return s3.New(config)
}

// secrets are those of the platforms and of the stores: a store has no way to know those of others, and
// whatever it says is shown.
func (s *providerData) secrets() []string {
	all := slices.Concat(s.obs.secrets, s.s3.secrets)
	for _, p := range s.platforms {
		all = append(all, p.Login().Secrets...)
	}
	return all
}

// storeLogin is the platform whose login opens OBS.
func (s *providerData) storeLogin() platform.StoreLogin {
	for _, p := range s.platforms {
		if login, ok := p.(platform.StoreLogin); ok {
			return login
		}
	}
	return nil
}

// pairsOf are the key pairs of a login, as the client of a store asks for them.
func pairsOf(pairs platform.StorePairs) s3.Source {
	return func(ctx context.Context, at store.Address, refused string) (s3.Credentials, error) {
		pair, err := pairs(ctx, at.Bucket, refused)
		return s3.Credentials{AccessKey: pair.AccessKey, SecretKey: pair.SecretKey, SessionToken: pair.SecurityToken, Expires: pair.Ends}, err
	}
}

// storeReady reports, before anything is sent, a store that no request could be sent to.
// Values that the plan does not know are no error yet.
func (s *providerData) storeReady(name path.Path, value types.String) diag.Diagnostics {
	at, isObject := addressOf(value.ValueString())
	if !isObject || !s.storeSettings(at).known() {
		return nil
	}
	if _, err := s.connectStore(at); err != nil {
		return diag.Diagnostics{storeNotReady(name, &object.Error{At: at, Err: err})}
	}
	return nil
}
