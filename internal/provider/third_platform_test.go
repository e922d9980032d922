package provider_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// lab is a platform that no product has: synchronous, with one instance, and no attributes. It keeps
// what it was asked for.
type lab struct {
	asked []string
	// fails is what the next job ends with.
	fails error
}

var errLabShut = errors.New("the lab is shut")

type labKind struct{ lab *lab }

func (labKind) Name() string                  { return "lab" }
func (labKind) Title() string                 { return "Lab" }
func (labKind) Variables() platform.Variables { return platform.Variables{"endpoint": "LAB_ENDPOINT"} }

func (labKind) Meant() []string                                          { return []string{"LAB_ENDPOINT"} }
func (labKind) ProviderSchema() (s providerschema.SingleNestedAttribute) { return s }
func (labKind) ExportSchema() (s schema.SingleNestedAttribute)           { return s }
func (labKind) ImportSchema() (s schema.SingleNestedAttribute)           { return s }
func (labKind) ValidateExport(types.Object, types.String, *diag.Diagnostics) {
}
func (labKind) ValidateImport(types.Object, *diag.Diagnostics)         {}
func (labKind) ValidateLookup(types.Object, string, *diag.Diagnostics) {}
func (labKind) ExportText(types.Object) (string, bool)                 { return "a lab", true }
func (labKind) Adopted(instance, _ string) (string, string)            { return instance, "" }
func (labKind) ImportText(types.Object) (string, bool)                 { return "a lab", true }

func (k labKind) Configure(_ context.Context, _ types.Object, env platform.Environment) (platform.Platform, diag.Diagnostics) {
	return &labPlatform{labKind: k, endpoint: env.Getenv("LAB_ENDPOINT")}, nil
}

type labPlatform struct {
	labKind

	endpoint string
}

func (p *labPlatform) IsConfigured() bool { return p.endpoint != "" }
func (p *labPlatform) Unknown() []string  { return nil }
func (p *labPlatform) Instance(types.Object) (types.String, error) {
	return types.StringValue(p.endpoint), nil
}
func (p *labPlatform) Hint() diag.Diagnostics            { return nil }
func (p *labPlatform) AddressOf(string) string           { return "endpoint" }
func (p *labPlatform) Login() platform.Login             { return platform.Login{} }
func (p *labPlatform) Connect() (platform.Client, error) { return labClient{p.lab}, nil }

func (p *labPlatform) CheckImport(types.Object, string, int64, *asset.Archive) diag.Diagnostics {
	return nil
}

func (p *labPlatform) Explain(op platform.Op, err error) diag.Diagnostic {
	if errors.Is(err, errLabShut) {
		return op.Said("Lab is shut", "The "+op.Asked()+" came too late.", err, "Come earlier, "+op.Again)
	}
	return nil
}

type labClient struct{ lab *lab }

func (c labClient) Exporter(instance string, _ types.Object) asset.Exporter {
	return labJobs{c.lab, "export " + instance}
}

func (c labClient) Importer(instance string, _ types.Object) asset.Importer {
	return labImports{labJobs{c.lab, "import " + instance}}
}

func (labClient) Queue(message.Verb) *asset.Queue                        { return nil }
func (labClient) Accept(io.ReaderAt, int64) error                        { return nil }
func (labClient) CheckSource(types.Object, string, *asset.Archive) error { return nil }

func (c labClient) Job(context.Context, string, string) (platform.Job, error) {
	return platform.Job{}, c.lab.fails
}

func (c labClient) Inventory(_ context.Context, instance, _ string) (platform.Inventory, error) {
	c.lab.asked = append(c.lab.asked, "inventory "+instance)
	return platform.Inventory{Apps: []platform.App{{ID: "lab-1", Name: "Lab"}}}, c.lab.fails
}

type labJobs struct {
	lab *lab
	as  string
}

func (j labJobs) Start(context.Context) (asset.Job, error) {
	j.lab.asked = append(j.lab.asked, j.as)
	return asset.Job{ID: fmt.Sprint("job-", len(j.lab.asked)), Status: asset.Succeeded}, j.lab.fails
}

func (j labJobs) Job(_ context.Context, id string) (asset.Job, error) {
	return asset.Job{ID: id, Status: asset.Succeeded}, nil
}

func (j labJobs) Download(context.Context, asset.Job) (io.ReadCloser, error) {
	var text bytes.Buffer
	w := zip.NewWriter(&text)
	_, err := w.Create("lab.txt")
	return io.NopCloser(&text), errors.Join(err, w.Close())
}

type labImports struct{ labJobs }

func (i labImports) Start(ctx context.Context, _ *asset.Archive) (asset.Job, error) {
	return i.labJobs.Start(ctx)
}

var (
	_ platform.Platform = (*labPlatform)(nil)
	_ platform.Client   = labClient{}
)

// TestThirdPlatform: a platform that the product does not have is treated as itself in plans, applies, messages
// and look-ups, and takes the branch of no other. What it needs besides is a field in platformModel.
func TestThirdPlatform(t *testing.T) {
	t.Parallel()
	there := &lab{}
	p := configuredFrom(t, provider.ServerWith(labKind{there}, map[string]string{"LAB_ENDPOINT": "lab-east"}), "1.14.0", values{})
	file := filepath.Join(t.TempDir(), "lab.zip")

	export := &managed{kind: "asset_export"}
	if said := p.reaches(t.Context(), t, export, values{"path": file}, false); said != "" {
		t.Fatal(said)
	}
	incoming := &managed{kind: "asset_import"}
	if said := p.reaches(t.Context(), t, incoming, values{"source": file}, false); said != "" {
		t.Fatal(said)
	}
	for _, it := range []*managed{export, incoming} {
		if state := p.shows(t, it); state["platform"] != "lab" || state["instance"] != "lab-east" || state["status"] != "SUCCEEDED" {
			t.Errorf("%s: %v", it.kind, state)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}

	// At rest, nothing is asked for; other triggers ask again.
	p.reaches(t.Context(), t, incoming, values{"source": file}, false)
	p.reaches(t.Context(), t, export, values{"path": file}, false)
	if said := p.reaches(t.Context(), t, incoming, values{"source": file, "triggers": map[string]string{"a": "b"}}, false); said != "" {
		t.Error(said)
	}
	if found, said := p.read(t.Context(), t, "asset_inventory", values{}); said != "" || found["platform"] != "lab" {
		t.Errorf("%v, %s", found, said)
	}
	if got, want := strings.Join(there.asked, ", "), "export lab-east, import lab-east, import lab-east, inventory lab-east"; got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
	labFails(t, p, there, incoming, file)
}

// labFails: its own words for what only it knows, and those of nobody for the rest.
func labFails(t *testing.T, p *plugin, there *lab, incoming *managed, file string) {
	t.Helper()
	for _, row := range []struct {
		err  error
		want string
	}{
		{errLabShut, "Error: Lab is shut\n"},
		{fmt.Errorf("%w: 403", asset.ErrDenied), "Error: Credentials refused\n"},
		{&asset.FailedError{Job: asset.Job{ID: "job", Reasons: []asset.Reason{{Message: "it exists"}}}}, "Error: Import job failed\n"},
	} {
		there.fails = row.err
		said := p.reaches(t.Context(), t, incoming, values{"source": file, "triggers": map[string]string{"a": row.want}}, false)
		if !strings.HasPrefix(said, row.want) || strings.Contains(said, "roma") || strings.Contains(said, "csa") || !strings.Contains(said, "Platform: lab") {
			t.Errorf("%v: %s", row.err, said)
		}
	}
	there.fails = errLabShut
	if _, said := p.read(t.Context(), t, "asset_inventory", values{}); !strings.HasPrefix(said, "Error: Lab is shut\n\nThe look-up of the inventory came too late.") {
		t.Error(said)
	}
}

// TestPlatformThatIsGone: a state of a platform that this version does not know is an error where something would run,
// never the other platform, and can be destroyed.
func TestPlatformThatIsGone(t *testing.T) {
	t.Parallel()
	there := &lab{}
	p := configuredFrom(t, provider.ServerWith(labKind{there}, map[string]string{"LAB_ENDPOINT": "lab-east"}), "1.14.0", values{})
	file := filepath.Join(t.TempDir(), "lab.zip")
	export := &managed{kind: "asset_export"}
	if said := p.reaches(t.Context(), t, export, values{"path": file}, false); said != "" {
		t.Fatal(said)
	}
	without := configuredFrom(t, provider.ServerOn(nil, "http://127.0.0.1:9")(), "1.14.0", values{})
	said := without.reaches(t.Context(), t, export, values{"path": file, "triggers": map[string]string{"a": "b"}}, false)
	if !strings.HasPrefix(said, "Error: Provider cannot be used\n") || !strings.Contains(said, `platform "lab" is not known to this version of the provider`) {
		t.Error(said)
	}
	if said := without.reaches(t.Context(), t, export, nil, false); strings.Contains(said, "Error: ") || export.state != nil {
		t.Errorf("it cannot be destroyed: %s", said)
	}
}
