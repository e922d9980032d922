// Package platform is what the resources know of the servers that they talk to: a kind of server, how a
// provider block and the environment configure it, and how one is chosen. One slice of the provider lists
// the kinds; nothing here knows which there are.
package platform

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// Kind is a kind of server: all that is known of it without a provider block.
type Kind interface {
	// Name is that of its attribute, in the provider block and in resources.
	Name() string
	// Title is its name in messages.
	Title() string
	// Variables names the environment variable of each attribute of the provider block.
	Variables() Variables
	// Meant are the variables that say, where there is no block, that this platform is meant.
	Meant() []string
	// ProviderSchema is that of its attribute in the provider block.
	ProviderSchema() providerschema.SingleNestedAttribute
	// Adopted is the instance of a job that something else ran, as Instance would write it, and what is
	// wrong with that or with the id of the job, which may be empty, as in "its second part is no
	// address"; empty if nothing is.
	Adopted(instance, job string) (normal, problem string)
	// Configure reads the provider block, which may be null or unknown, and the environment. It
	// sends nothing.
	Configure(ctx context.Context, block types.Object, env Environment) (Platform, diag.Diagnostics)
	Jobs
}

// Jobs is what a kind of server says of the attributes of resources and data sources.
type Jobs interface {
	ExportSchema() schema.SingleNestedAttribute
	ImportSchema() schema.SingleNestedAttribute
	// ValidateExport and ValidateImport report options that no server would take; they may be
	// null or unknown. path is that of the export.
	ValidateExport(options types.Object, path types.String, diags *diag.Diagnostics)
	ValidateImport(options types.Object, diags *diag.Diagnostics)
	// ValidateLookup does the same for the attribute of a data source, in which id is the name of
	// what is looked up, or empty.
	ValidateLookup(options types.Object, id string, diags *diag.Diagnostics)
	// ExportText and ImportText are what a job is asked for, in canonical JSON: the same text means
	// the same request. It is not known while a part of the options is not.
	ExportText(options types.Object) (text string, isKnown bool)
	ImportText(options types.Object) (text string, isKnown bool)
}

// Platform is a kind of server as the provider block and the environment describe it. None of its
// methods sends a request.
type Platform interface {
	Kind
	// IsConfigured: the block or a variable says that the platform is meant.
	IsConfigured() bool
	// Unknown lists what of the provider block is not known yet, as "roma.endpoint", or the name of
	// the block alone where that is not known.
	Unknown() []string
	// Instance is where a job with these options runs. Where nothing names one the error is a
	// *NowhereError.
	Instance(options types.Object) (types.String, error)
	// CheckImport reports what a plan can see of an archive that may be sent: its length in bytes, 0
	// where there is none, and the open file, or nil where nobody looked into it.
	CheckImport(options types.Object, source string, size int64, archive *asset.Archive) diag.Diagnostics
	// Hint is what a plan says of settings that only an apply can prove.
	Hint() diag.Diagnostics
	// Connect makes the client, once.
	Connect() (Client, error)
	// AddressOf is the attribute of the provider block in which the address of a host stands.
	AddressOf(host string) string
	// Login says how requests are authorised.
	Login() Login
	// Explain has the words for what only this platform does; nil for everything else.
	Explain(op Op, err error) diag.Diagnostic
}

// Login is how requests to a platform are authorised.
type Login struct {
	// Way is its name and where it was written, without any value; empty where there is one way only.
	Way string
	// Refused is added to the advice where the credentials were refused.
	Refused string
	// Secrets are those of the block and the environment.
	Secrets []string
}

// Facts name the way.
func (l Login) Facts() []message.Fact {
	return []message.Fact{{Name: "Credentials", Value: l.Way}}
}

// Client is a platform that can be used.
type Client interface {
	Exporter(instance string, options types.Object) asset.Exporter
	Importer(instance string, options types.Object) asset.Importer
	// Queue has the turns that jobs of this kind wait for; nil where they need not wait.
	Queue(v message.Verb) *asset.Queue
	// Accept refuses a complete zip that is no archive of the platform. The error wraps
	// asset.ErrNoArchive.
	Accept(r io.ReaderAt, size int64) error
	// CheckSource refuses an archive that the platform would refuse.
	CheckSource(options types.Object, source string, archive *asset.Archive) error
	// Job looks at a job, or at the record of one, once.
	Job(ctx context.Context, instance, id string) (Job, error)
	// Inventory lists what can be exported; all of it if name is "".
	Inventory(ctx context.Context, instance, name string) (Inventory, error)
}

// Kinds are the kinds of servers that a provider knows, in the order in which messages name them.
type Kinds []Kind

// Find is the kind of a name. One that this version does not know is an error.
func (k Kinds) Find(name string) (Kind, error) { return find(k, name) }

// List are the configured platforms, in the same order.
type List []Platform

// Find is the platform of a name. One that this version does not know is an error.
func (l List) Find(name string) (Platform, error) { return find(l, name) }

func find[K Kind](all []K, name string) (K, error) {
	if i := slices.IndexFunc(all, func(k K) bool { return k.Name() == name }); i >= 0 {
		return all[i], nil
	}
	var none K
	return none, &UnknownError{Name: name}
}

// UnknownError is a platform that this version of the provider does not know.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("platform %q is not known to this version of the provider", e.Name)
}

// Connect makes the client of a platform. No request is sent.
func (l List) Connect(name string) (Client, error) {
	chosen, err := l.Find(name)
	if err != nil {
		return nil, err
	}
	return chosen.Connect()
}

// ExportText is what an export asks for: with the options that it carries, or with none.
func (k Kinds) ExportText(o Options, platform types.String) (text string, isKnown bool) {
	return k.text(o, platform, Kind.ExportText)
}

// ImportText is the same for an import.
func (k Kinds) ImportText(o Options, platform types.String) (text string, isKnown bool) {
	return k.text(o, platform, Kind.ImportText)
}

func (k Kinds) text(o Options, platform types.String, of func(Kind, types.Object) (string, bool)) (string, bool) {
	carried, isKnown := o.Carried()
	if !isKnown {
		return "", false
	}
	name := platform.ValueString()
	if len(carried) > 0 {
		name = carried[0]
	}
	chosen, err := k.Find(name)
	if err != nil {
		return "", false
	}
	return of(chosen, o.Of(name))
}

// Environment is what is configured besides a provider block.
type Environment struct {
	Getenv func(string) string
	// UserAgent names the provider to servers.
	UserAgent string
	// Log takes the lines of the HTTP client, which hold no header, no body and no query.
	Log func(ctx context.Context, msg string, fields map[string]any)
	// MetadataURL is where the metadata service of a cloud server is; empty for its own address.
	MetadataURL string
	// Observe stands between the provider and the network; nil where nothing does.
	Observe httpapi.Observer
	// Blocks: the provider block names a platform. Then variables do not say which is meant.
	Blocks bool
}
