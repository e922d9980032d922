package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Messages about the provider block.

// foreignProviderData is a fault of the provider itself.
func foreignProviderData(data any) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Fault in the provider", fmt.Sprintf(
		"A resource was given %T for what the provider was configured with. Please report it, with the version of the provider.", data))
}
