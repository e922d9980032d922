package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// Upload is a multipart/form-data body of one file, with a length in bytes
// that is known before it is sent.
type Upload struct {
	// ContentType is the request's, with the boundary.
	ContentType string
	Length      int64

	content         func() io.Reader
	size            int64
	header, trailer string
}

// NewUpload makes the body for a file of size bytes, which content opens from
// its start for each try. Field and file are the names that the server asks
// for; they say nothing of this machine.
func NewUpload(field, file string, size int64, content func() io.Reader) (*Upload, error) {
	var around bytes.Buffer
	w := multipart.NewWriter(&around)
	_, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, field, file)},
		"Content-Type":        {"application/octet-stream"},
	})
	if err != nil {
		return nil, err
	}
	header := around.String()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &Upload{
		ContentType: w.FormDataContentType(),
		Length:      int64(around.Len()) + size,
		content:     content,
		size:        size,
		header:      header,
		trailer:     around.String()[len(header):],
	}, nil
}

// Open returns the body from its start. Its Read fails with ErrChanged if the
// content is not as long as was said.
func (u *Upload) Open() (io.ReadCloser, error) {
	// The file stays open: another try reads it again.
	return io.NopCloser(io.MultiReader(
		strings.NewReader(u.header),
		Exactly(u.content(), u.size),
		strings.NewReader(u.trailer),
	)), nil
}

// ErrChanged means that a file got longer or shorter while it was sent.
var ErrChanged = errors.New("the archive's length changed while it was sent")

// Exactly passes on so many bytes and fails with ErrChanged if there are fewer or
// more, so that a file that changes can never make a request of the announced length.
func Exactly(r io.Reader, bytes int64) io.Reader { return &exactly{r: r, left: bytes} }

type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if e.left < 0 || errors.Is(err, io.EOF) && e.left > 0 {
		return 0, ErrChanged
	}
	return n, err
}
