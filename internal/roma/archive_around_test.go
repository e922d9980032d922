package roma

import (
	"io"
	"testing"
)

// A zip may have bytes before it and behind it; what it is worth is looked at
// when it is complete.
func TestArchiveWithBytesAround(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"\nPK\x03\x04rest\n", "\xef\xbb\xbf\r\nPK\x05\x06rest", "#!/bin/sh\nexit\nPK\x03\x04"} {
		stream, err := newClient(t, tokenConfig(always(200, body))).download(t.Context(), instance, "a")
		if err != nil {
			t.Errorf("%q: %v", body, err)
			continue
		}
		data, err := io.ReadAll(stream)
		if string(data) != body || err != nil {
			t.Errorf("%q, %v; want %q", data, err, body)
		}
		if err := stream.Close(); err != nil {
			t.Error(err)
		}
	}
}
