package romaplatform

import (
	"cmp"
	"context"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// Region is that of the block, the environment or a profile.
func (s *settings) Region() string { return s.config.Region }

// Cloud is the domain of the cloud: that of the block, or the one that the region is in.
func (s *settings) Cloud(region string) string { return cmp.Or(s.config.Cloud, roma.CloudOf(region)) }

// StorePairs gives key pairs for OBS. One that is exchanged for a token reaches the bucket and nothing
// else.
func (s *settings) StorePairs(region string) (platform.StorePairs, error) {
	login, err := s.login(region)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, bucket, refused string) (platform.StorePair, error) {
		pair, err := login.StorePair(ctx, bucket, "", refused)
		return platform.StorePair{AccessKey: pair.AccessKey, SecretKey: pair.SecretKey, SecurityToken: pair.SecurityToken, Ends: pair.Ends}, err
	}, nil
}

// login is a client that knows how to log in. What only its API needs may not be configured: then the
// region of the bucket stands in.
func (s *settings) login(region string) (*roma.Client, error) {
	if len(s.missing) > 0 {
		return nil, &platform.CredentialsError{Missing: s.missing}
	}
	if s.config.Endpoint != "" {
		return s.connect()
	}
	config := s.config
	config.Region = region
	inRegion(&config, false, false)
	return roma.New(config)
}
