package simulator

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

const (
	// csaPart is the part of the form that holds the archive (Import API, CSA
	// 4.80 API reference).
	csaPart = "file"
	// maxField is far above what an option needs.
	maxField = 64 << 10
)

// csaImportOptions are the parameters of the Import API. Two flags exclude
// each other.
type csaImportOptions struct {
	preview, update, preserve, associate bool
	organization, validate               string
}

// csaOptionNames are the parameters in the log.
var csaOptionNames = []string{
	previewImport, "update", "updatePreserveExisting", "orgForCatalogImport", "associateProviders", "validateType",
	"exceptionCode", "forceCreation",
}

// csaUpload is an import request that was read to its end.
type csaUpload struct {
	file *spooled
	// values are the options; one in the query beats one in the form, as in
	// a servlet.
	values map[string]string
}

// readCSAUpload reads the form: the archive in one part, and perhaps options
// in others, as a known client sends them.
func (s *Simulator) readCSAUpload(c *call) (*csaUpload, error) {
	up := &csaUpload{values: make(map[string]string)}
	query := c.r.URL.Query()
	for _, name := range csaOptionNames {
		if query.Has(name) {
			up.values[name] = query.Get(name)
		}
	}
	s.locked(func() { c.entry.Upload = &Upload{ContentLength: c.r.ContentLength} })
	s.logOptions(c, up)
	form, err := c.r.MultipartReader()
	if err != nil {
		return nil, csaFailure(http.StatusUnsupportedMediaType, "The body must be multipart/form-data")
	}
	for {
		part, err := form.NextPart()
		if endOfForm(err) {
			break
		}
		if err != nil {
			return nil, err
		}
		if part.FormName() == csaPart || rawFileName(part) != "" {
			s.locked(func() {
				u := c.entry.Upload
				u.PartName, u.FileName, u.PartType = part.FormName(), rawFileName(part), part.Header.Get("Content-Type")
			})
		}
		if part.FormName() == csaPart {
			if up.file, err = c.spool(part); err != nil {
				return nil, err
			}
			s.locked(func() { c.entry.Upload.Size, c.entry.Upload.SHA256 = up.file.size, up.file.sha256 })
			continue
		}
		if err := s.readField(c, up, part.FormName(), part); err != nil {
			return nil, err
		}
	}
	s.logOptions(c, up)
	// What follows the form has to be read for the end of the request to be
	// noticed.
	if _, err := io.Copy(io.Discard, c.r.Body); err != nil {
		return nil, err
	}
	if up.file == nil {
		return nil, csaFailure(http.StatusBadRequest, "Bad request: the part %s is missing", csaPart)
	}
	return up, nil
}

// readField takes an option from the form.
func (s *Simulator) readField(c *call, up *csaUpload, name string, r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxField))
	if err != nil {
		return err
	}
	if !slices.Contains(csaOptionNames, name) {
		return nil
	}
	s.locked(func() { c.entry.Upload.FormFields = append(c.entry.Upload.FormFields, name) })
	if _, ok := up.values[name]; !ok {
		up.values[name] = string(text)
	}
	return nil
}

// logOptions writes the options into the log, and that it is a preview.
func (s *Simulator) logOptions(c *call, up *csaUpload) {
	options := maps.Clone(up.values)
	s.locked(func() {
		c.entry.Upload.Options = options
		if options[previewImport] == "true" {
			c.entry.Kind = kindCSAPreview
		}
	})
}

// options checks the rules for parameters. An old server knows no preview,
// and not every word for a design.
func (up *csaUpload) options(old bool) (csaImportOptions, error) {
	o := csaImportOptions{organization: up.values["orgForCatalogImport"], validate: up.values["validateType"]}
	flags := map[string]*bool{
		"update": &o.update, "updatePreserveExisting": &o.preserve, "associateProviders": &o.associate, previewImport: &o.preview,
	}
	for name, flag := range flags {
		switch value := up.values[name]; {
		case value == "true":
			*flag = true
		case value != "" && value != "false":
			return o, csaFailure(http.StatusBadRequest, "Bad request: %s must be true or false", name)
		}
	}
	if old {
		o.preview = false
	}
	if o.update && o.preserve {
		return o, csaFailure(http.StatusBadRequest, "Bad request: update cannot be used with updatePreserveExisting")
	}
	words := []string{typePalette, typeCatalog, typeOffering, typeDesign, typeResource, typeEnvironment}
	if !old {
		words = append(words, serviceDesign)
	}
	if o.validate != "" && !slices.Contains(words, o.validate) {
		return o, csaFailure(http.StatusBadRequest, "Bad request: validateType must be one of %s", strings.Join(words, ", "))
	}
	return o, nil
}

// serviceDesign is the other name of a design in validateType.
const serviceDesign = "SERVICE_DESIGN"

// fit checks the options that depend on what the archive is.
func (o *csaImportOptions) fit(srv *csaServer, primary *Artifact) error {
	if want := o.validate; want != "" && want != primary.Type && (want != serviceDesign || primary.Type != typeDesign) {
		return csaFailure(http.StatusBadRequest, "Bad request: the archive is of type %s, not %s", primary.Type, want)
	}
	if primary.Type == typePalette {
		// An import of a palette is always an update (Import API).
		o.update, o.preserve, o.associate = true, false, false
	}
	if primary.Type != typeCatalog {
		return nil
	}
	if o.organization == "" {
		return csaFailure(http.StatusBadRequest, "Bad request: orgForCatalogImport is required for the import of a catalog")
	}
	if _, ok := srv.organization(o.organization); !ok {
		return csaFailure(http.StatusNotFound, "Organization %s does not exist", o.organization)
	}
	return nil
}

// csaBodyFailure is the answer to a body that was refused or broke off.
func csaBodyFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	return csaFailure(http.StatusBadRequest, "%s", fmt.Sprintf("Bad request: %v", err))
}
