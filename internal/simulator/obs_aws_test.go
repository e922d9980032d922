package simulator

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// TestSignerOfAWS holds the verification against the signer of the AWS SDK, as a
// client of S3 uses it.
func TestSignerOfAWS(t *testing.T) {
	t.Parallel()
	for _, c := range bothStores(t, Options{}) {
		keys := []Keys{c.key, c.sim.TemporaryS3Keys(time.Hour)}
		if c.store == platformOBS {
			keys[1] = c.sim.TemporaryKeys()
		}
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		for _, key := range keys {
			for _, method := range []string{http.MethodPut, http.MethodHead, http.MethodGet, http.MethodDelete} {
				for _, name := range []string{"plain.zip", "a b+c/ü%~!'().zip", "a?versionId=null&x-id=Object"} {
					r := c.request(method, name, "body", header{"X-Amz-Meta-A": "two  spaces", "Content-Type": "application/zip"})
					r.Header.Set("X-Amz-Content-Sha256", unsignedPayload)
					credentials := aws.Credentials{AccessKeyID: key.AccessKey, SecretAccessKey: key.SecretKey, SessionToken: key.SecurityToken}
					if err := signer.SignHTTP(t.Context(), credentials, r, unsignedPayload, "s3", c.region, time.Now()); err != nil {
						t.Fatal(err)
					}
					if got := c.send(r); got.Code >= 300 {
						t.Errorf("%s %s: %d %s", method, name, got.Code, got.Body)
					}
				}
			}
		}
	}
}
