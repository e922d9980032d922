package romaplatform

import (
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// source is where credentials may come from.
type source struct {
	title string
	// names are the attributes that, written in the block, choose the source.
	// The name of an account alone does not tell who logs in.
	names []string
	// read takes what the source needs; what is not there is in lacks then.
	read func(*reader) roma.Credentials
}

// Titles of sources.
const (
	titleKeyPair       = "key pair"
	titleProfile       = "profile"
	titleIdentityToken = "identity token"
)

// sources are in the order of preference. The metadata service of a cloud
// server comes after them all.
var sources = []source{
	{"token", []string{"token"}, func(r *reader) roma.Credentials {
		return roma.Token(r.need("token"))
	}},
	{titleKeyPair, []string{"access_key", "secret_key", "security_token"}, (*reader).keyPair},
	{"password", []string{"user_name", "user_id", "password"}, (*reader).password},
	{titleProfile, []string{"shared_config_file", "profile"}, (*reader).profile},
	{titleIdentityToken, []string{"assume_role_with_oidc"}, (*reader).identityToken},
}

// reader reads one source from the block and the variables behind it.
type reader struct {
	values *platform.Values
	block  map[string]types.String
	// begun: a value of the source is there, complete or not.
	begun bool
	// fromBlock: no value came from a variable so far.
	fromBlock bool
	// lacks says what is not there.
	lacks []string
	// sso: the key pair is that of a single sign-on.
	sso bool
	// role is the agency that belongs to the source, or nil.
	role *roma.AssumeRole
	// region and projectID are those of a profile.
	region, projectID string
}

// text returns a value and where it came from is remembered.
func (r *reader) text(name string) string {
	value := r.block[name]
	found := r.values.Text(name, value)
	if value.IsNull() {
		r.fromBlock = r.fromBlock && found == ""
	}
	r.begun = r.begun || found != "" || value.IsUnknown()
	return found
}

// need returns the value of one attribute, which must be there.
func (r *reader) need(name string) string {
	_, found := r.needOne(name)
	return found
}

// needOne returns the one of some attributes that is there: in the block, or
// else in a variable.
func (r *reader) needOne(names ...string) (name, found string) {
	for _, name := range names {
		if !r.block[name].IsNull() {
			if found := r.text(name); found != "" || r.block[name].IsUnknown() {
				return name, found
			}
		}
	}
	for _, name := range names {
		if found := r.text(name); found != "" {
			return name, found
		}
	}
	r.lacks = append(r.lacks, noneOf(names...))
	return "", ""
}

func (r *reader) keyPair() roma.Credentials {
	pair := roma.KeyPair{AccessKey: r.need("access_key"), SecretKey: r.need("secret_key")}
	if !r.fromBlock || !r.block["security_token"].IsNull() {
		// The security token of the environment belongs to another key pair if
		// this one is the block's.
		pair.SecurityToken = r.text("security_token")
	}
	return pair
}

func (r *reader) password() roma.Credentials {
	var c roma.Password
	name, user := r.needOne("user_name", "user_id")
	c.Password = r.need("password")
	accounts := []string{"domain_name", "domain_id"}
	if name == "user_id" {
		c.UserID = user
		if !slices.ContainsFunc(accounts, func(name string) bool { return r.there(name) }) {
			return c
		}
	} else {
		c.UserName = user
	}
	if name, account := r.needOne(accounts...); name == "domain_id" {
		c.DomainID = account
	} else {
		c.DomainName = account
	}
	return c
}

// there says whether an attribute has a value.
func (r *reader) there(name string) bool {
	return !r.block[name].IsNull() || platform.Tidy(name, r.values.Getenv(variables[name])) != ""
}

func (r *reader) profile() roma.Credentials {
	file, name := r.text("shared_config_file"), r.text("profile")
	switch {
	case !r.begun:
		r.lacks = append(r.lacks, noneOf("profile", "shared_config_file"))
		return nil
	case r.block["shared_config_file"].IsUnknown() || r.block["profile"].IsUnknown():
		return nil
	}
	p, err := roma.ReadProfile(file, name)
	if err != nil {
		r.lacks = append(r.lacks, message.Reason(err))
		return nil
	}
	r.role, r.sso = p.AssumeRole, p.SSO
	r.region, r.projectID = p.Region, p.ProjectID
	return p.Credentials()
}

func (r *reader) identityToken() roma.Credentials {
	const block = "assume_role_with_oidc."
	oidc := roma.OIDC{IdpID: r.need(block + "idp_id")}
	if !r.begun {
		// The other variables are those of assume_role too.
		return roma.IdentityToken{}
	}
	if name, value := r.needOne(block+"id_token", block+"id_token_file"); name == block+"id_token" {
		oidc.IDToken = value
	} else {
		oidc.IDTokenFile = value
	}
	oidc.Duration = r.seconds(block + "duration")
	if r.there(block + "agency_name") {
		r.role = &roma.AssumeRole{AgencyName: r.need(block + "agency_name"), DomainID: r.need(block + "domain_id"), Duration: oidc.Duration}
	}
	return roma.IdentityToken{OIDC: oidc}
}

// agency reads assume_role.
func (r *reader) agency() *roma.AssumeRole {
	const block = "assume_role."
	role := &roma.AssumeRole{AgencyName: r.need(block + "agency_name"), Duration: r.seconds(block + "duration")}
	if name, account := r.needOne(block+"domain_name", block+"domain_id"); name == block+"domain_id" {
		role.DomainID = account
	} else {
		role.DomainName = account
	}
	return role
}

func (r *reader) seconds(name string) time.Duration {
	shortest, longest := int(roma.MinDuration/time.Second), int(roma.MaxDuration/time.Second)
	return time.Duration(r.values.NumberText(name, r.text(name), shortest, longest)) * time.Second
}
