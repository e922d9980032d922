package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// TestForeignProviderData: what is not this provider's is an error, and no nil that
// panics later; nothing at all, as in terraform validate, is none.
func TestForeignProviderData(t *testing.T) {
	t.Parallel()
	p := newProvider(Options{Version: "test", MetadataURL: nobody})
	for _, data := range []any{nil, "text"} {
		for _, made := range p.Resources(t.Context()) {
			it, _ := made().(resource.ResourceWithConfigure)
			resp := new(resource.ConfigureResponse)
			it.Configure(t.Context(), resource.ConfigureRequest{ProviderData: data}, resp)
			if resp.Diagnostics.HasError() != (data != nil) {
				t.Errorf("%T given %v: %v", it, data, resp.Diagnostics)
			}
		}
		for _, made := range p.DataSources(t.Context()) {
			it, _ := made().(datasource.DataSourceWithConfigure)
			resp := new(datasource.ConfigureResponse)
			it.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: data}, resp)
			if resp.Diagnostics.HasError() != (data != nil) {
				t.Errorf("%T given %v: %v", it, data, resp.Diagnostics)
			}
		}
	}
}
