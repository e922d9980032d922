package message

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// CheckPlain reports white space at an end of a value, and control characters.
// name is that of the value below the attribute at.
func CheckPlain(at path.Path, name string, value types.String, diags *diag.Diagnostics) {
	if text := value.ValueString(); !IsPlain(text) {
		diags.Append(strayCharacters(at, name, text))
	}
}

// IsPlain says whether a text has no white space at its ends and no control characters.
func IsPlain(text string) bool {
	return strings.TrimFunc(text, isInvisible) == text && !strings.ContainsFunc(text, isMisleading)
}

// isInvisible: nobody sees it at an end of a value: white space, and characters
// without a shape, such as the byte order mark that file() takes over from an editor.
func isInvisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
}

// isMisleading: it hides something wherever it stands: control characters, the byte
// order mark, and what turns the direction of text. Others join letters, in some scripts.
func isMisleading(r rune) bool {
	return unicode.IsControl(r) || r == '\uFEFF' || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// NotEmpty reports an empty string where a value is wanted.
func NotEmpty(name string, value types.String, diags *diag.Diagnostics) {
	if !value.IsNull() && !value.IsUnknown() && value.ValueString() == "" {
		diags.Append(EmptyValue(path.Root(name), name))
	}
}

// EmptyValue is about a text that is written and empty.
func EmptyValue(at path.Path, name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Empty value", Dotted(at, name)+" must not be an empty string.")
}

// EmptyID is also what one([...]) of a data source gives for a name that is
// not there.
func EmptyID(at path.Path, name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Empty value", "An id in "+Dotted(at, name)+" is null or an empty string.")
}

// IDTooLong is about an id of more than most characters.
func IDTooLong(at path.Path, name, id string, most int) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Id too long", fmt.Sprintf(
		"%s has an id of %d characters; the platform allows at most %d. It begins with %q.",
		Dotted(at, name), utf8.RuneCountInString(id), most, strings.ToValidUTF8(id[:20], "")))
}

func strayCharacters(at path.Path, name, value string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Stray characters", fmt.Sprintf(
		"%s has the value %q, which begins or ends with white space or holds a control character. The text of a file ends with a line end: "+
			"write trimspace(file(\"...\")).", Dotted(at, name), value))
}

// CheckID reports an id that no server can know: one that is empty, has more than most characters (0: as
// many as one likes), or stray ones.
func CheckID(at path.Path, name string, id types.String, most int, diags *diag.Diagnostics) {
	switch {
	case id.IsNull() || id.IsUnknown():
	case id.ValueString() == "":
		diags.Append(EmptyValue(at, name))
	case most > 0 && utf8.RuneCountInString(id.ValueString()) > most:
		diags.Append(IDTooLong(at, name, id.ValueString(), most))
	default:
		CheckPlain(at, name, id, diags)
	}
}
