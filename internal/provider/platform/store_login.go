package platform

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// StoreLogin is a platform whose login opens a store of archives, too.
type StoreLogin interface {
	Platform
	// Region is where the platform is; empty where nothing says so.
	Region() string
	// Cloud is the domain of the cloud that a region is in.
	Cloud(region string) string
	// StorePairs gives key pairs for a store in a region. No request is sent.
	StorePairs(region string) (StorePairs, error)
	// ExplainLogin is Explain for what only the login does.
	ExplainLogin(op Op, err error) diag.Diagnostic
}

// StorePairs gives a key pair for a bucket, and another one than that with the access key refused.
type StorePairs func(ctx context.Context, bucket, refused string) (StorePair, error)

// StorePair is a key pair; Ends is zero for one that does not end.
type StorePair struct {
	AccessKey, SecretKey, SecurityToken string
	Ends                                time.Time
}
