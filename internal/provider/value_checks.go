package provider

import (
	"regexp"
	"runtime"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A value that people cannot tell from the one that they mean is refused in the
// plan: no platform and no file system would take it for the same.

// checkPlain reports white space at an end of a value, and control characters.
// name is that of the value below the attribute at.
func checkPlain(at path.Path, name string, value types.String, diags *diag.Diagnostics) {
	if text := value.ValueString(); strings.TrimSpace(text) != text || strings.ContainsFunc(text, unicode.IsControl) {
		diags.Append(strayCharacters(at, name, text))
	}
}

var (
	address      = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]+)://`)
	windowsDrive = regexp.MustCompile(`^[A-Za-z]:[\\/]`)
)

// checkFileName reports what looks like the name of a file and is none. It
// quotes nothing of an address, which may hold a signature.
func checkFileName(name string, value types.String, diags *diag.Diagnostics) {
	notEmpty(name, value, diags)
	text := value.ValueString()
	switch found := address.FindStringSubmatch(strings.TrimSpace(text)); {
	case found != nil:
		diags.Append(isAddress(name, found[1]))
	case strings.HasPrefix(text, "~"):
		diags.Append(notExpanded(name, text, "pathexpand(\"~/...\")"))
	case strings.HasPrefix(text, "$"):
		diags.Append(notExpanded(name, text, "a variable of Terraform, or pathexpand(\"~/...\")"))
	case runtime.GOOS != "windows" && windowsDrive.MatchString(text):
		diags.Append(ofAnotherSystem(name, text))
	default:
		checkPlain(path.Root(name), name, value, diags)
	}
}
