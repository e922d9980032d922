package message

// Verb is what a resource does, in the forms that sentences need.
type Verb struct{ Noun, Title string }

var (
	// Export is what one resource does.
	Export = Verb{Noun: "export", Title: "Export"}
	// Import is what the other one does.
	Import = Verb{Noun: "import", Title: "Import"}
)
