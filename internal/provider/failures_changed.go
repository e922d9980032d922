package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// sourceChanged is an upload that was given up because the file got longer or
// shorter: neither the endpoint nor the network is at fault.
func (w *work) sourceChanged(err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("source"), "Source changed while it was sent", text{
		what: "The file at source got longer or shorter while it was sent. The request was given up before its end, so that the server " +
			"got no whole archive and started nothing.",
		facts: append(w.facts(w.job), serverFacts(err)...),
		next:  "Wait until nothing writes to the file any more, then apply again.",
	}.String())
}
