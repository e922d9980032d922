package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
	"unicode"
)

const (
	xmlHeader = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	xmlType   = "application/xml;charset=UTF-8"
	htmlType  = "text/html;charset=utf-8"
	// csaTime is the form of times in artifacts (Catalog API, CSA 4.80 API
	// reference).
	csaTime = "2006-01-02T15:04:05.000-07:00"
	// consolePage is what a server may answer in the place of data, with
	// status 200: the console asks for a login.
	consolePage = "<!DOCTYPE html>\n<html>\n<head><title>Cloud Service Management Console</title></head>\n" +
		"<body>\n<form action=\"j_spring_security_check\" method=\"post\"></form>\n</body>\n</html>\n"
)

// element is a part of an XML document. It has elements inside or a value:
// text, a bool or a number.
type element struct {
	name   string
	value  any
	inside []element
	// item marks a member of a list, which is an array in JSON.
	item bool
}

func leaf(name string, value any) element {
	return element{name: name, value: value}
}

func tree(name string, inside ...element) element {
	return element{name: name, inside: inside}
}

// timeLeaf is a leaf with a time in the form of CSA.
func timeLeaf(name string, t time.Time) element {
	return leaf(name, t.UTC().Format(csaTime))
}

var escapeXML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// xml writes the element as an indented document.
func (e element) xml() []byte {
	var buf bytes.Buffer
	buf.WriteString(xmlHeader)
	e.writeXML(&buf, "")
	return buf.Bytes()
}

func (e element) writeXML(buf *bytes.Buffer, indent string) {
	if e.inside == nil {
		fmt.Fprintf(buf, "%s<%s>%s</%s>\n", indent, e.name, escapeXML.Replace(fmt.Sprint(e.value)), e.name)
		return
	}
	fmt.Fprintf(buf, "%s<%s>\n", indent, e.name)
	for _, one := range e.inside {
		one.writeXML(buf, indent+"  ")
	}
	fmt.Fprintf(buf, "%s</%s>\n", indent, e.name)
}

// json is the element's value in the JSON form: names begin in lower case
// there (seen in clients), and members of lists are in an array.
func (e element) json() any {
	if e.inside == nil {
		return e.value
	}
	object := make(map[string]any)
	for _, one := range e.inside {
		name := lowerFirst(one.name)
		if list, _ := object[name].([]any); one.item {
			object[name] = append(list, one.json())
			continue
		}
		object[name] = one.json()
	}
	return object
}

func lowerFirst(name string) string {
	runes := []rune(name)
	runes[0] = unicode.ToLower(runes[0])
	return string(runes)
}

// list is the envelope of all lists.
func list(name string, items []element) element {
	e := tree(name, leaf("count", len(items)), leaf("limit", 0))
	for _, item := range items {
		item.item = true
		e.inside = append(e.inside, item)
	}
	return e
}

// document answers with an element in the form that the client accepts, XML
// unless it asks for JSON alone or first.
func (c *call) document(e element) {
	accept := c.r.Header.Get("Accept")
	asJSON, asXML := strings.Index(accept, "application/json"), strings.Index(accept, "application/xml")
	if asJSON < 0 || asXML >= 0 && asXML < asJSON {
		c.raw(http.StatusOK, xmlType, e.xml())
		return
	}
	c.csaJSON(e.json())
}

func (c *call) csaJSON(value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("the simulator cannot encode its own answer: %v", err))
	}
	c.raw(http.StatusOK, "application/json;charset=UTF-8", data)
}

// csaUsual is what the documents say of a status (Troubleshooting return
// codes, CSA 4.90).
func csaUsual(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "Not authorized"
	case http.StatusForbidden:
		return "The user requesting details is not the owner of the object"
	case http.StatusNotFound:
		return "Object not found"
	case http.StatusConflict:
		return "Conflict: the object exists already"
	case http.StatusInternalServerError:
		return "Server exception"
	default:
		return http.StatusText(status)
	}
}

// failCSA answers with the error page of the servlet container. No document
// describes the body of an error, but a client had to live with such a page.
func (c *call) failCSA(status int, message string) {
	if status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Basic realm="CSA"`)
	}
	title := fmt.Sprintf("HTTP Status %d - %s", status, html.EscapeString(message))
	c.raw(status, htmlType, []byte("<html><head><title>Apache Tomcat/7.0.42 - Error report</title></head><body><h1>"+title+"</h1>"+
		`<HR size="1" noshade="noshade"><p><b>type</b> Status report</p><p><b>message</b> <u>`+html.EscapeString(message)+
		`</u></p><HR size="1" noshade="noshade"></body></html>`))
}

// csaFailure is an error answer of CSA.
func csaFailure(status int, format string, args ...any) *failure {
	return &failure{status: status, message: fmt.Sprintf(format, args...)}
}
