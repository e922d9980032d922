package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// ErrOptions marks options, or an address to listen on, that make no sense.
var ErrOptions = errors.New("invalid option")

// Vocabulary chooses between the two generations of the ROMA Connect API
// reference.
type Vocabulary string

const (
	// Current is the API reference of 2023 and later: RUNNING, SUCCEEDED,
	// FAILED, `reason`, times as text, short error codes.
	Current Vocabulary = "current"
	// Vocabulary2022 is the API reference of 2022: Running, Success, Failed,
	// Finished, `reasons`, times as numbers, error codes of eight digits.
	Vocabulary2022 Vocabulary = "2022"
)

const (
	// defaultTokenLife is how long an IAM token is valid (Obtaining a User
	// Token, IAM API reference).
	defaultTokenLife = 24 * time.Hour
	// defaultSignedBody is the largest body that may be signed with a key
	// pair: 12 MB (Authentication, API reference of every service).
	defaultSignedBody = 12 << 20
)

// Options configure a Simulator. The zero value serves the default assets in
// the current vocabulary, its jobs are finished at the first look, and its CSA
// imports are answered at once.
type Options struct {
	// JobTime is how long a job runs, and how long CSA takes for the answer to
	// an import.
	JobTime time.Duration
	// Vocabulary is Current when empty.
	Vocabulary Vocabulary
	// Assets are DefaultAssets when nil.
	Assets *Assets
	// TokenLife is how long an IAM token is valid, 24 hours when zero.
	TokenLife time.Duration
	// ArchiveLife is how long a package waits for its download; without end when
	// zero, since no document names one.
	ArchiveLife time.Duration
	// TemporaryKeyLife is the longest that a temporary key pair lives, also when
	// a longer life was asked for; no limit when zero. Real ones live 15 minutes
	// at least.
	TemporaryKeyLife time.Duration
	// ClockSkew is how far the clock of the gateway and of IAM is ahead of the
	// real time, or behind it when negative.
	ClockSkew time.Duration
	// FederatedPowerless leaves federated users without rights in ROMA Connect,
	// so that they need an agency.
	FederatedPowerless bool
	// Metadata makes Serve listen as the metadata service of a cloud server on
	// an address of its own, which is always http; not at all when empty.
	Metadata MetadataMode
	// SignedBodyLimit is the largest body of a request signed with a key pair
	// in bytes: 12 MiB when zero, no limit when negative.
	SignedBodyLimit int64
	// UnsignedPayloadUnlimited lifts SignedBodyLimit from requests whose body
	// is not part of the signature. The documents do not say which holds.
	UnsignedPayloadUnlimited bool
	// MaxBody is the largest body of any request in bytes, answered with 413
	// when exceeded; no limit when zero.
	MaxBody int64
	// SecondDownload is the HTTP status of the answer to a download of an
	// archive that was taken: 404 (when zero), 400, 403, or 200 for a JSON
	// body in place of the archive. The documents do not say which.
	SecondDownload int
	// RepeatableExports makes two CSA exports of the same artifacts differ in
	// nothing but the times of their entries. Without it, as on real servers,
	// confidential values are encrypted anew in each export, and the keys in
	// JSON change their order.
	RepeatableExports bool
	// TLSDir makes Serve speak https with a certificate of a fresh private
	// authority, whose certificate is written to ca.pem in this directory.
	TLSDir string
	// Certificate is what is wrong with the certificate of the server, nothing
	// when empty.
	Certificate CertificateFault
}

// complete fills in the defaults and refuses what makes no sense.
func (o *Options) complete() error {
	switch o.Vocabulary {
	case "":
		o.Vocabulary = Current
	case Current, Vocabulary2022:
	default:
		return fmt.Errorf("%w: unknown vocabulary %q, it is %q or %q", ErrOptions, o.Vocabulary, Current, Vocabulary2022)
	}
	if o.JobTime < 0 {
		return fmt.Errorf("%w: the job time %v is negative", ErrOptions, o.JobTime)
	}
	if o.TokenLife < 0 {
		return fmt.Errorf("%w: the token life %v is negative", ErrOptions, o.TokenLife)
	}
	if o.ArchiveLife < 0 {
		return fmt.Errorf("%w: the archive life %v is negative", ErrOptions, o.ArchiveLife)
	}
	if o.TemporaryKeyLife < 0 {
		return fmt.Errorf("%w: the key life %v is negative", ErrOptions, o.TemporaryKeyLife)
	}
	if !slices.Contains(metadataModes, o.Metadata) {
		return fmt.Errorf("%w: unknown metadata service %q, it is one of %q", ErrOptions, o.Metadata, metadataModes[1:])
	}
	if !slices.Contains(certificateFaults, o.Certificate) {
		return fmt.Errorf("%w: unknown certificate %q, it is one of %q", ErrOptions, o.Certificate, certificateFaults[1:])
	}
	if o.Certificate != CertificateGood && o.TLSDir == "" {
		return fmt.Errorf("%w: the certificate %q needs a directory for https", ErrOptions, o.Certificate)
	}
	if o.TokenLife == 0 {
		o.TokenLife = defaultTokenLife
	}
	if o.SignedBodyLimit == 0 {
		o.SignedBodyLimit = defaultSignedBody
	}
	if o.Assets == nil {
		o.Assets = DefaultAssets()
	}
	switch o.SecondDownload {
	case 0:
		o.SecondDownload = http.StatusNotFound
	case http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound:
	default:
		return fmt.Errorf("%w: second download status %d is none of 200, 400, 403, 404", ErrOptions, o.SecondDownload)
	}
	return nil
}
