package main

import (
	"context"
	"errors"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// serve starts a simulator in this process.
func serve(ctx context.Context, o simulator.Options) (*simulator.Server, error) {
	return simulator.Serve(ctx, "127.0.0.1:0", o)
}

// closing ends a simulator at the end of a row.
func closing(server *simulator.Server, err *error) { *err = errors.Join(*err, server.Close()) }

// at are the variables that point the provider to a simulator, without
// credentials.
func at(server *simulator.Server) []string {
	info := server.Info.ROMA
	return []string{
		"HW_REGION_NAME=" + info.Region, "ROMA_ENDPOINT=" + info.Endpoint, "HW_AUTH_URL=" + info.AuthURL,
		"ROMA_INSTANCE_ID=" + info.Instances["dev"],
	}
}

// withKeys has the provider sign its requests.
func withKeys(server *simulator.Server) []string {
	info := server.Info.ROMA
	return append(at(server), "HW_ACCESS_KEY="+info.AccessKey, "HW_SECRET_KEY="+info.SecretKey)
}

// withPassword has the provider log in: a key pair could not send a large
// body.
func withPassword(server *simulator.Server) []string {
	info := server.Info.ROMA
	return append(at(server), "HW_USER_NAME="+info.UserName, "HW_USER_PASSWORD="+info.Password, "HW_DOMAIN_NAME="+info.DomainName)
}

// count is how many requests of a kind arrived, and how many of them were
// refused.
func count(server *simulator.Server, kind string) (all, refused int) {
	for _, r := range server.Simulator.Requests() {
		if r.Kind != kind {
			continue
		}
		all++
		if r.Status < 200 || r.Status > 299 {
			refused++
		}
	}
	return all, refused
}
