package simulator

import (
	"net/http"
	"regexp"
	"strings"
)

// payloadHash64 is a SHA-256 in the place of a payload word.
var payloadHash64 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// checkProtocol refuses what the store does not speak. OBS takes two payload
// words only ("Authentication of signature V4", OBS API reference) and none of
// the checksums that AWS SDKs send since January 2025
// (huaweicloud/terraform-provider-huaweicloud#7021, #7022). S3 takes the hash
// of the body too and ignores checksum headers.
func (st *store) checkProtocol(r *http.Request) *refusal {
	word := r.Header.Get(headerAmzHash)
	chunked := strings.Contains(strings.ToLower(r.Header.Get("Content-Encoding")), "aws-chunked")
	if st.name == platformOBS {
		for name := range r.Header {
			name = strings.ToLower(name)
			if name == "x-amz-sdk-checksum-algorithm" || name == "x-amz-trailer" || strings.HasPrefix(name, "x-amz-checksum-") {
				return invalidArgument("Invalid Argument: the header " + name + " is not supported")
			}
		}
		if chunked && word != v4Streaming || len(r.Trailer) > 0 {
			return invalidArgument("Invalid Argument: trailers are not supported")
		}
	}
	if signatureKind(r) != signatureV4 {
		return nil
	}
	switch {
	case word == "":
		return &refusal{
			status: http.StatusBadRequest, code: "InvalidRequest",
			message: "Missing required header for this request: x-amz-content-sha256",
		}
	case word == unsignedPayload && !chunked:
		return nil
	case word == v4Streaming, st.name == platformS3 && (chunked || strings.HasPrefix(word, "STREAMING-")):
		return notImplemented()
	case st.name == platformS3 && payloadHash64.MatchString(word):
		return nil
	default:
		return invalidArgument("x-amz-content-sha256 must be " + unsignedPayload + " or " + v4Streaming + ".")
	}
}
