package s3

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// xmlError is the body of an error ("REST error responses", S3 API reference).
type xmlError struct {
	Code, Message, RequestID string
	// Region is that of a bucket for AuthorizationHeaderMalformed, Endpoint its host for
	// PermanentRedirect, ServerTime the store's clock for RequestTimeTooSkewed.
	Region, Endpoint, ServerTime string
}

// parseError reads the elements of <Error>. Of a body that is cut off it takes what is there,
// and anything else gives an empty value.
func parseError(body []byte) xmlError {
	var e xmlError
	fields := map[string]*string{
		"Code": &e.Code, "Message": &e.Message, "RequestId": &e.RequestID,
		"Region": &e.Region, "Endpoint": &e.Endpoint, "ServerTime": &e.ServerTime,
	}
	walk(body, "Error", func(name, text string) {
		if field := fields[name]; field != nil && *field == "" {
			*field = text
		}
	})
	return e
}

// walk calls found with the text of each element right below the root, which has the given
// name, whatever its namespace, until the document ends or breaks.
func walk(body []byte, root string, found func(name, text string)) {
	d := xml.NewDecoder(bytes.NewReader(body))
	depth := 0
	var name string
	var text strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			if depth == 1 && token.Name.Local != root {
				return
			}
			if depth == 2 {
				name = token.Name.Local
				text.Reset()
			}
		case xml.CharData:
			if depth == 2 {
				text.Write(token)
			}
		case xml.EndElement:
			if depth == 2 {
				found(name, strings.TrimSpace(text.String()))
			}
			depth--
		}
	}
}

func errorWords(_ int, _ http.Header, body []byte) httpapi.Words {
	e := parseError(body)
	return httpapi.Words{Code: e.Code, Message: e.Message, RequestID: e.RequestID}
}

// parseUpload returns the id of a multipart upload that was begun, or "".
func parseUpload(body []byte) (id string) {
	walk(body, "InitiateMultipartUploadResult", func(name, text string) {
		if name == "UploadId" {
			id = text
		}
	})
	return id
}

// header is the value of X-Amz-NAME, else of X-Obs-NAME: OBS answers in either way.
func header(h http.Header, name string) string {
	if value := h.Get("X-Amz-" + name); value != "" {
		return value
	}
	return h.Get("X-Obs-" + name)
}
