package csa

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// form is the multipart body of an import: one part, with a length that is
// known before it is sent. An archive that got shorter meanwhile makes a body
// that is too short, which is never sent whole.
type form struct {
	archive     *asset.Archive
	head, tail  string
	contentType string
}

func newForm(archive *asset.Archive) (*form, error) {
	var around bytes.Buffer
	w := multipart.NewWriter(&around)
	// The three demanded headers (Import API, CSA 4.80 API reference). The
	// file name has no directory, and says nothing of this machine.
	_, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="archive.zip"`},
		"Content-Type":        {"application/octet-stream"},
	})
	if err != nil {
		return nil, err
	}
	head := around.String()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &form{
		archive: archive, head: head, tail: around.String()[len(head):],
		contentType: w.FormDataContentType(),
	}, nil
}

func (f *form) length() int64 { return int64(len(f.head)) + f.archive.Size + int64(len(f.tail)) }

// open returns the body from its start.
func (f *form) open() (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(strings.NewReader(f.head), f.archive.Reader(), strings.NewReader(f.tail))), nil
}
