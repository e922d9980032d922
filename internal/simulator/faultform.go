package simulator

import (
	"reflect"
	"slices"
	"strings"
)

// faultForm is what a form needs to know about an action.
type faultForm struct {
	Do string `json:"do"`
	// Says is what happens, in a sentence.
	Says string `json:"says"`
	// Kinds are what it can apply to; "*" stands for all of them.
	Kinds  []string    `json:"kinds"`
	Fields []fieldForm `json:"fields"`
}

// fieldForm is what a form needs to know about a field of an action.
type fieldForm struct {
	Name string `json:"name"`
	// Kind is text, number, flag, headers (an object of texts), lines (an array
	// of texts) or reasons (an array of Reason).
	Kind     string   `json:"kind"`
	Required bool     `json:"required"`
	Words    []string `json:"words"`
}

// faultForms describes all actions in the order of their names.
func faultForms() []faultForm {
	kinds := fieldKinds()
	var all []faultForm
	for _, name := range actionNames() {
		act := actions[name]
		form := faultForm{
			Do: name, Says: actionSentences[name], Kinds: append([]string{"*"}, allKinds...), Fields: []fieldForm{},
		}
		if act.kinds != nil {
			form.Kinds = append([]string{"*"}, act.kinds...)
		}
		for _, field := range act.fields {
			form.Fields = append(form.Fields, fieldForm{
				Name: field, Kind: kinds[field], Required: slices.Contains(act.required, field),
				Words: append([]string{}, act.words[field]...),
			})
		}
		all = append(all, form)
	}
	return all
}

// fieldKinds maps the JSON names of the fields of a Fault to how they are asked
// for.
func fieldKinds() map[string]string {
	kinds := make(map[string]string)
	for field := range reflect.TypeFor[Fault]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch field.Type {
		case reflect.TypeFor[map[string]string]():
			kinds[name] = "headers"
		case reflect.TypeFor[[]string]():
			kinds[name] = "lines"
		case reflect.TypeFor[[]Reason]():
			kinds[name] = "reasons"
		case reflect.TypeFor[bool]():
			kinds[name] = "flag"
		case reflect.TypeFor[string]():
			kinds[name] = "text"
		default:
			kinds[name] = "number"
		}
	}
	return kinds
}

// actionSentences say what each action does.
var actionSentences = map[string]string{
	"busy":         "Answers that another job is running (10012).",
	"status":       "Answers with that status, in the platform's own shape of an error unless a body is given.",
	"raw_body":     "Answers with that body.",
	"endless_body": "Answers with a body of that many bytes, 1 GiB unless given.",
	"hang":         "Never answers, until the client goes away.",
	"drop_before":  "Closes the connection; nothing was done.",
	"html_page":    "Answers with the page of a proxy; from CSA with the login page of its console.",
	"not_a_zip":    "Answers a download with JSON or HTML; the archive is gone.",
	"bad_zip":      "Sends a damaged or hostile zip; the archive is gone.",
	"redirect":     "Sends the client to another place.",
	doExpireToken:  "Ends all tokens issued so far, for this request too.",
	doRevokeToken:  "Makes all tokens issued so far invalid, for this request too.",
	doExpireKeys:   "Ends all temporary key pairs issued so far, for this request too.",
	doDropAfter:    "Does what was asked for, then closes the connection: the answer is lost.",
	doCut:          "Sends that many bytes of the body, then closes; chunked: ends as if complete.",
	doSlow:         "Answers late, or slowly. What was asked for is done before the delay.",

	doFailJob:           "The job fails, with these reasons or a number of made-up ones.",
	doNeverEnd:          "The job does not end by itself; the button that finishes jobs ends it.",
	doJobTime:           "The job takes that many milliseconds.",
	doForgetJob:         "The server does not know the job any more.",
	doStatusWord:        "The status of the job is that word.",
	doNoProgress:        "The job tells no progress.",
	doNoArchiveID:       "The job tells no id of its archive.",
	doArchiveInEntities: "The job tells the id of its archive at another documented place.",
	doTimesAsNumbers:    "The job tells its times as numbers.",
	doReasonField:       "A failed job tells its reasons in that field and shape.",
	doImportStatus:      "The import ends with that status, FAILURE unless given; nothing is imported.",
	doNoRecord:          "The import leaves no record.",
	doIDsMissing:        "The messages of the import have no ids.",
	doIgnoresPreview:    "A preview imports.",
	doPreviewBlind:      "A preview sees nothing of what makes an import fail.",
	doOldServer:         "Behaves as CSA 4.00: a preview imports.",

	doExpiredToken:  "The store answers that the session token has expired.",
	doHalf:          "Reads a part of what is uploaded, then closes; nothing is stored.",
	doRaced:         "Another client's object is there right before ours.",
	doReplaced:      "Another client's object takes the place of ours.",
	doWrongMetadata: "The object comes without its metadata.",
}
