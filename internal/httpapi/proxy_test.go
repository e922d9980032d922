package httpapi

import (
	"net/http"
	"reflect"
	"testing"
)

func TestProxies(t *testing.T) {
	t.Parallel()
	for _, direct := range []bool{false, true} {
		c := newClient(t, Options{BaseURL: "https://example.test", Direct: direct})
		for _, carrier := range []http.RoundTripper{c.pooled, c.fresh} {
			transport, ok := carrier.(*http.Transport)
			if !ok {
				t.Fatalf("a %T", carrier)
			}
			// The environment is read once in a process, so no test can set it.
			fromEnvironment := transport.Proxy != nil &&
				reflect.ValueOf(transport.Proxy).Pointer() == reflect.ValueOf(http.ProxyFromEnvironment).Pointer()
			if fromEnvironment == direct || direct != (transport.Proxy == nil) {
				t.Errorf("direct %t: from the environment %t, none %t", direct, fromEnvironment, transport.Proxy == nil)
			}
		}
	}
}
