package provider

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"runtime"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// A value that people cannot tell from the one that they mean is refused in the
// plan: no platform and no file system would take it for the same.

// checkHash warns of a digest in a form that is not verified, so that nobody takes it for one that is.
func checkHash(value types.String, diags *diag.Diagnostics) {
	text := value.ValueString()
	raw, err := base64.StdEncoding.DecodeString(text)
	isBase64 := err == nil && len(raw) == sha256.Size
	if isBase64 || prefixedDigest.MatchString(text) || almostDigest.MatchString(text) {
		diags.Append(notVerified(text))
	}
}

var (
	prefixedDigest = regexp.MustCompile(`(?i)^sha-?(256|512)[:=-]`)
	// almostDigest is one that lost or got a digit, or a SHA-512.
	almostDigest = regexp.MustCompile(`(?i)^([0-9a-f]{62,63}|[0-9a-f]{65,66}|[0-9a-f]{128})$`)
)

var (
	address      = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]+)://`)
	windowsDrive = regexp.MustCompile(`^[A-Za-z]:[\\/]`)
)

// checkPlace is checkFileName for what may also be the address of an object; versions says
// whether one of its versions may be named.
func checkPlace(name string, value types.String, versions bool, diags *diag.Diagnostics) {
	switch at, isAddress, err := store.Parse(value.ValueString()); {
	case !isAddress:
		checkFileName(name, value, diags)
	case err != nil:
		diags.Append(badAddress(name, err))
	case at.Version != "" && !versions:
		diags.Append(versionInPath(name))
	}
}

// checkFileName reports what looks like the name of a file and is none. It
// quotes nothing of an address, which may hold a signature.
func checkFileName(name string, value types.String, diags *diag.Diagnostics) {
	message.NotEmpty(name, value, diags)
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
		message.CheckPlain(path.Root(name), name, value, diags)
	}
}
