package simulator

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"time"
)

const (
	// importPart is the only part of the form (ImportAsset, ROMA Connect API
	// reference).
	importPart = "ImportAssetRequestBody"
	typeAddNew = "AddNew"
	typeMerge  = "Merge"
)

var (
	// fileNameRule is that of error code ROMA.10013. Whether a name may hold
	// more than one dot is not said; here it may not.
	fileNameRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+_-]*\.zip$`)
	// prefixRule is the rule for names of apps: a prefix begins one.
	prefixRule = regexp.MustCompile(`^[\p{Han}A-Za-z0-9_.\- ()（）]*$`)
)

// importOptions are the query options of ImportAsset.
type importOptions struct {
	mode, prefix string
}

// importAssets is ImportAsset. The package is read before the job starts, so
// what is no package is refused at once.
func (s *Simulator) importAssets(c *call) {
	options, err := s.readOptions(c)
	if err != nil {
		c.fail(s.bodyFailure(err))
		return
	}
	file, err := s.readUpload(c)
	if err != nil {
		c.fail(s.bodyFailure(err))
		return
	}
	pack, err := readPackage(file)
	if errors.Is(err, errNoZip) {
		c.fail(s.refuse(http.StatusBadRequest, codeBadPackage, "Failed to decompress the file"))
		return
	}
	in := c.instance
	s.startJob(c, func(time.Time) *job {
		return &job{work: func(now time.Time) []Reason {
			if err != nil {
				return []Reason{{"application", c.entry.Upload.FileName, s.code(codeBadPackage), err.Error()}}
			}
			return s.apply(in, pack, options, now)
		}}
	})
}

func (s *Simulator) readOptions(c *call) (importOptions, error) {
	query := c.r.URL.Query()
	upload := &Upload{
		Type: query.Get("type"), Prefix: query.Get("prefix"),
		DatasourceOverwrite: query.Get("datasource_overwrite"),
		ContentLength:       c.r.ContentLength,
	}
	s.locked(func() { c.entry.Upload = upload })
	options := importOptions{mode: typeAddNew, prefix: upload.Prefix}
	if query.Has("type") {
		options.mode = upload.Type
	}
	switch {
	case options.mode != typeAddNew && options.mode != typeMerge:
		return options, s.invalid("The parameter type must be %s or %s", typeAddNew, typeMerge)
	case !prefixRule.MatchString(options.prefix):
		return options, s.invalid("The parameter prefix must consist of characters that application names may have")
	}
	if query.Has("datasource_overwrite") {
		if v := upload.DatasourceOverwrite; v != "true" && v != "false" {
			return options, s.invalid("The parameter datasource_overwrite must be true or false")
		}
	}
	return options, nil
}

// readUpload keeps the file of the form's only part.
func (s *Simulator) readUpload(c *call) (*spooled, error) {
	if c.r.ContentLength == 0 {
		return nil, s.refuse(http.StatusBadRequest, codeNoBody, "The request body is missing")
	}
	form, err := c.r.MultipartReader()
	if err != nil {
		return nil, s.invalid("The body must be multipart/form-data")
	}
	part, err := form.NextPart()
	if endOfForm(err) {
		return nil, s.refuse(http.StatusBadRequest, codeNoBody, "The form has no part")
	}
	if err != nil {
		return nil, err
	}
	name := rawFileName(part)
	s.locked(func() { c.entry.Upload.PartName, c.entry.Upload.FileName = part.FormName(), name })
	switch {
	case part.FormName() != importPart:
		return nil, s.invalid("The part must be named %s", importPart)
	case !fileNameRule.MatchString(name):
		return nil, s.refuse(http.StatusBadRequest, codeFileName,
			"Only .zip files whose name starts with a letter or digit and has no special characters but + - _ are allowed")
	}
	file, err := c.spool(part)
	if err != nil {
		return nil, fmt.Errorf("the file: %w", err)
	}
	s.locked(func() { c.entry.Upload.Size, c.entry.Upload.SHA256 = file.size, file.sha256 })
	if _, err := form.NextPart(); !endOfForm(err) {
		if err != nil {
			return nil, err
		}
		return nil, s.invalid("The form must have one part")
	}
	return file, nil
}

// endOfForm says whether a form ended with its closing boundary: one that is
// cut off ends with an error that wraps io.EOF.
func endOfForm(err error) bool {
	return errors.Is(err, io.EOF) && errors.Unwrap(err) == nil
}

// rawFileName is the file name as sent; Part.FileName hides directories.
func rawFileName(part *multipart.Part) string {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["filename"]
}

// apply imports a package, all of it or nothing; the caller holds mu. Whether
// a prefix also renames tasks is open in the documents; here it does.
func (s *Simulator) apply(in *instance, pack *assetPackage, options importOptions, now time.Time) []Reason {
	var reasons []Reason
	refuse := func(kind, name string, number int, text string) {
		reasons = append(reasons, Reason{kind, name, s.code(number), text})
	}
	for i := range pack.apps {
		app := &pack.apps[i]
		app.Name = options.prefix + app.Name
		switch old := in.appByName(app.Name); {
		case old != nil && old.Forbidden:
			refuse("application", app.Name, codeForbiddenApp, "No permission on the application")
		case old != nil && options.mode == typeAddNew:
			refuse("application", app.Name, codeInvalid, "An application with this name already exists")
		case old != nil:
			app.ID = old.ID
		case in.appByID(app.ID) != nil:
			app.ID = newUUID()
		}
	}
	for i := range pack.tasks {
		task := &pack.tasks[i]
		task.Name = options.prefix + task.Name
		switch old := in.taskByName(task.Name); {
		case old != nil && options.mode == typeAddNew:
			refuse("task", task.Name, codeInvalid, "A task with this name already exists")
		case old != nil:
			task.ID = old.ID
		case in.taskByID(task.ID) != nil:
			task.ID = newUUID()
		}
	}
	if len(reasons) > 0 {
		return reasons
	}
	if err := in.put(pack.apps, pack.tasks, now); err != nil {
		refuse("application", importPart, codeBadPackage, err.Error())
	}
	return reasons
}
