package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// sourceChanged is an upload that was given up because the file got longer or
// shorter: neither the endpoint nor the network is at fault.
func (f *failed) sourceChanged(err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("source"), "Source changed while it was sent", message.Text{
		What: "The file at source got longer or shorter while it was sent. The request was given up before its end, so that the server " +
			"got no whole archive and started nothing.",
		Facts: append(f.Run.Facts(f.Job), message.ServerFacts(err)...),
		Next:  "Wait until nothing writes to the file any more, then apply again.",
	}.String())
}
