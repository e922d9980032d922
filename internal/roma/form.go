package roma

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

const (
	formField = "ImportAssetRequestBody"
	// formFile obeys the rule for file names of ROMA.10013 whatever the
	// archive is called here: .zip, letters and digits.
	formFile = "asset.zip"
)

// form is the multipart body of an import: one part, with a length that is
// known before it is sent.
type form struct {
	archive         *asset.Archive
	header, trailer string
	contentType     string
}

func newForm(archive *asset.Archive) (*form, error) {
	var around bytes.Buffer
	w := multipart.NewWriter(&around)
	_, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, formField, formFile)},
		"Content-Type":        {"application/octet-stream"},
	})
	if err != nil {
		return nil, err
	}
	header := around.String()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &form{
		archive:     archive,
		header:      header,
		trailer:     around.String()[len(header):],
		contentType: w.FormDataContentType(),
	}, nil
}

func (f *form) length() int64 {
	return int64(len(f.header)) + f.archive.Size + int64(len(f.trailer))
}

// open returns the body from its start.
func (f *form) open() (io.ReadCloser, error) {
	// The archive stays open: another try reads it again.
	return io.NopCloser(io.MultiReader(
		strings.NewReader(f.header),
		&exactly{r: f.archive.Reader(), left: f.archive.Size},
		strings.NewReader(f.trailer),
	)), nil
}

var errChanged = errors.New("the archive's length changed while it was sent")

// exactly passes on left bytes and fails if there are fewer or more, so that
// a file that changes can never make a request of the announced length.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if e.left < 0 || errors.Is(err, io.EOF) && e.left > 0 {
		return 0, errChanged
	}
	return n, err
}
