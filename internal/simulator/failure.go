package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Codes of the error code page of ROMA Connect, whose numbers are the same in
// both numberings, of the API gateway, and of the data integration service.
const (
	codeNoPermission    = 1006
	codeInvalidURL      = 1007
	codeBadPackage      = 10011
	codeBusy            = 10012
	codeFileName        = 10013
	codeForbiddenApp    = 12001
	codeInvalid         = 13000
	codeNoBody          = 13001
	codeSystem          = 11000
	gatewayNotPublished = "APIGW.0101"
	gatewayTooLarge     = "APIGW.0201"
	gatewayAuth         = "APIGW.0301"
	gatewayThrottled    = "APIGW.0308"
	fdiInvalid          = "FDI.3002"
)

// failure is an answer that is an error. It is an error itself, so that
// readers of a body can return it.
type failure struct {
	status        int
	code, message string
	// gateway tells that the API gateway answers, not ROMA Connect behind it.
	// Its body has no error_details.
	gateway bool
	// keystone tells that IAM answers in the shape of its token interface.
	keystone bool
}

func (f *failure) Error() string {
	return f.code + ": " + f.message
}

// code writes a ROMA Connect code in the numbering of the vocabulary.
func (s *Simulator) code(number int) string {
	if s.opts.Vocabulary == Vocabulary2022 {
		return fmt.Sprintf("ROMA.%08d", number)
	}
	return "ROMA." + strconv.Itoa(number)
}

// refuse is an error of ROMA Connect.
func (s *Simulator) refuse(status, number int, format string, args ...any) *failure {
	return &failure{status: status, code: s.code(number), message: fmt.Sprintf(format, args...)}
}

// invalid is the error for a parameter that breaks a documented rule.
func (s *Simulator) invalid(format string, args ...any) *failure {
	return s.refuse(http.StatusBadRequest, codeInvalid, format, args...)
}

// unauthorized is the gateway's only answer to bad credentials; the text tells
// what was wrong (error codes, API gateway signing guide).
func unauthorized(format string, args ...any) *failure {
	return &failure{
		status:  http.StatusUnauthorized,
		code:    gatewayAuth,
		message: "Incorrect IAM authentication information: " + fmt.Sprintf(format, args...),
		gateway: true,
	}
}

// fail answers with an error.
func (c *call) fail(f *failure) {
	if c.server != nil {
		c.failCSA(f.status, f.message)
		return
	}
	var body any
	switch {
	case f.keystone:
		body = map[string]any{"error": map[string]any{
			"code": f.status, "message": f.message, "title": http.StatusText(f.status),
		}}
	case f.gateway:
		body = map[string]any{"error_code": f.code, "error_msg": f.message, "request_id": c.requestID}
	default:
		body = map[string]any{
			"error_code": f.code, "error_msg": f.message,
			"error_details": f.message, "request_id": c.requestID,
		}
	}
	c.json(f.status, body)
}

// json answers with a JSON body of known length.
func (c *call) json(status int, body any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		panic(fmt.Sprintf("the simulator cannot encode its own answer: %v", err))
	}
	c.raw(status, "application/json;charset=UTF-8", buf.Bytes())
}

// raw answers with a body of known length.
func (c *call) raw(status int, contentType string, body []byte) {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	// The client that went away needs no answer.
	_, _ = c.w.Write(body)
}
