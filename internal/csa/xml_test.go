package csa

import (
	"errors"
	"strings"
	"testing"
)

func TestDecodeXML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<a><x>text</x></a>`: "text",
		"\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c --><A><x>text</x></A>":               "text",
		`<n:a xmlns:n="u"><n:x>&lt;&amp;&#233;<![CDATA[<x>]]></n:x></n:a>`:                             "<&é<x>",
		"<?xml version='1.0' encoding='ISO-8859-1'?><a><x>M\xfcller</x></a>":                           "Müller",
		"<?xml version='1.0' encoding='ISO-8859-1'?><a><x>" + strings.Repeat("\xfc", 700) + "</x></a>": strings.Repeat("ü", 700),
	} {
		var into struct {
			X string `xml:"x"`
		}
		if err := decodeXML([]byte(text), &into, "a"); err != nil || into.X != want {
			t.Errorf("%s: %q, %v", text, into.X, err)
		}
	}
}

func TestDecodeXMLErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                    "no a: EOF",
		"plain text":          "no a: EOF",
		"<b/>":                `no a: the document is "b"`,
		"<a>":                 "no a: XML syntax error",
		"<a><x></a>":          "no a: XML syntax error",
		"<a>&nbsp;</a>":       "no a: XML syntax error",
		"<a>\x00</a>":         "no a: XML syntax error",
		`<?xml version="2"?>`: "no a: xml: unsupported version",
		"<?xml version='1.0' encoding='UTF-7'?><a/>":                                                   `no a: xml: opening charset "UTF-7": the encoding "UTF-7" is not supported`,
		`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><x>&e;</x></a>`:                      "no a: XML syntax error on line 1: invalid character entity &e;",
		`<!DOCTYPE a [<!ENTITY e "eeee"><!ENTITY f "&e;&e;">]><a><x>&f;</x></a>`:                       "no a: XML syntax error on line 1: invalid character entity &f;",
		"<html><head><title>Log in</title></head>":                                                     `an HTML page with the title "Log in"`,
		"\n<!-- c -->\n<!DOCTYPE HTML><HTML><TITLE lang='en'>\n502 &ndash; <b>Bad</b> Gateway</TITLE>": `an HTML page with the title "502 – Bad Gateway"`,
		`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>`:               `an HTML page with the title ""`,
	} {
		var into struct {
			X string `xml:"x"`
		}
		err := decodeXML([]byte(text), &into, "a")
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
		if _, ok := errors.AsType[*PageError](err); ok != strings.HasPrefix(want, "an HTML page") {
			t.Errorf("%s: a page? %v", text, err)
		}
	}
}
