package doctor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// source is where credentials may come from.
type source struct {
	title string
	// names are the attributes that, on the command line, choose the source.
	names []string
	read  func(*reader) roma.Credentials
}

const (
	titleIdentityToken = "identity token"
	titleMetadata      = "metadata service"
)

// sources are in the provider's order of preference; the metadata service of a cloud
// server comes after them all.
var sources = []source{
	{"token", []string{"token"}, func(r *reader) roma.Credentials { return roma.Token(r.need("token")) }},
	{"key pair", []string{"access_key", "secret_key", "security_token"}, (*reader).keyPair},
	{"password", []string{"user_name", "user_id", "password"}, (*reader).password},
	{"profile", []string{"shared_config_file", "profile"}, (*reader).profile},
	{titleIdentityToken, []string{
		"assume_role_with_oidc.idp_id", "assume_role_with_oidc.id_token_file", "assume_role_with_oidc.agency_name",
		"assume_role_with_oidc.domain_id", "assume_role_with_oidc.duration",
	}, (*reader).identityToken},
}

// credentials is what was found out about who asks.
type credentials struct {
	// found are the titles of the complete sources, from the one that counts on.
	found []string
	// lacks says of each source that began and is not complete what is missing.
	lacks []string
	// agency: what counts is exchanged for a key pair of an agency.
	agency bool
}

// roma reads the settings of ROMA Connect and chooses the credentials as the provider does.
func (v *values) roma() (roma.Config, credentials) {
	var cred credentials
	c := roma.Config{
		Region: v.text("region"), Cloud: v.text("cloud"), Endpoint: v.text("endpoint"), AuthURL: v.text("auth_url"),
		ProjectID: v.text("project_id"), ProjectName: v.text("project_name"), InstanceID: v.text("instance_id"),
		Settings: v.server(),
	}
	onCommandLine := func(s source) bool {
		return slices.ContainsFunc(s.names, func(name string) bool { return v.written(name) != "" })
	}
	written := slices.ContainsFunc(sources, onCommandLine)
	for _, s := range sources {
		if written && !onCommandLine(s) {
			continue
		}
		r := &reader{values: v, fromFlags: true}
		found := s.read(r)
		switch {
		case len(r.lacks) > 0 && r.begun:
			cred.lacks = append(cred.lacks, s.title+": "+strings.Join(r.lacks, ", "))
		case len(r.lacks) == 0:
			if cred.found = append(cred.found, s.title); len(cred.found) == 1 {
				c.Credentials = found
				// Those of a profile count where nothing else says a region or a project.
				c.Region = cmp.Or(c.Region, r.region)
				if c.ProjectName == "" {
					c.ProjectID = cmp.Or(c.ProjectID, r.projectID)
				}
				role := r.role
				if role == nil {
					role = v.agency(!written && s.title != titleIdentityToken, &cred)
				}
				c.Credentials = assumed(c.Credentials, role)
			}
		}
	}
	if len(cred.found) == 0 && !written && len(cred.lacks) == 0 {
		cred.found = []string{titleMetadata}
		c.Credentials = assumed(roma.Metadata{}, v.agency(true, &cred))
	}
	_, cred.agency = c.Credentials.(roma.Agency)
	return c, cred
}

// assumed is an agency that is assumed with credentials, or these where there is none.
func assumed(with roma.Credentials, role *roma.AssumeRole) roma.Credentials {
	if role == nil {
		return with
	}
	return roma.Agency{With: with, AssumeRole: *role}
}

// agency reads assume_role. That of the variables belongs to credentials of the variables.
func (v *values) agency(ofEnvironment bool, cred *credentials) *roma.AssumeRole {
	const block = "assume_role."
	written := slices.ContainsFunc(RomaAttributes, func(a Attribute) bool {
		return strings.HasPrefix(a.Name, block) && v.written(a.Name) != ""
	})
	if !written && (!ofEnvironment || v.text(block+"agency_name") == "") {
		return nil
	}
	r := &reader{values: v}
	role := &roma.AssumeRole{AgencyName: r.need(block + "agency_name"), Duration: r.seconds(block + "duration")}
	if name, account := r.needOne(block+"domain_name", block+"domain_id"); name == block+"domain_id" {
		role.DomainID = account
	} else {
		role.DomainName = account
	}
	if len(r.lacks) > 0 {
		cred.lacks = append(cred.lacks, "assume_role: "+strings.Join(r.lacks, ", "))
	}
	return role
}

// reader reads one source.
type reader struct {
	values *values
	// begun: a value of the source is there; fromFlags: none came from a variable.
	begun, fromFlags bool
	lacks            []string
	// role is the agency that belongs to the source, or nil.
	role *roma.AssumeRole
	// region and projectID are those of a profile.
	region, projectID string
}

func (r *reader) text(name string) string {
	found := r.values.text(name)
	r.begun = r.begun || found != ""
	r.fromFlags = r.fromFlags && (found == "" || r.values.written(name) != "")
	return found
}

func (r *reader) need(name string) string {
	_, found := r.needOne(name)
	return found
}

// needOne returns the one of some attributes that is there: on the command line, or else
// in a variable.
func (r *reader) needOne(names ...string) (name, found string) {
	for _, name := range names {
		if r.values.written(name) != "" {
			return name, r.text(name)
		}
	}
	for _, name := range names {
		if found := r.text(name); found != "" {
			return name, found
		}
	}
	r.lacks = append(r.lacks, "no "+strings.Join(names, " or "))
	return "", ""
}

func (r *reader) keyPair() roma.Credentials {
	c := roma.KeyPair{AccessKey: r.need("access_key"), SecretKey: r.need("secret_key")}
	if !r.fromFlags {
		c.SecurityToken = r.text("security_token")
	}
	return c
}

func (r *reader) password() roma.Credentials {
	var c roma.Password
	name, user := r.needOne("user_name", "user_id")
	c.Password = r.need("password")
	if name == "user_id" {
		c.UserID = user
		if r.values.text("domain_name") == "" && r.values.text("domain_id") == "" {
			return c
		}
	} else {
		c.UserName = user
	}
	if name, account := r.needOne("domain_name", "domain_id"); name == "domain_id" {
		c.DomainID = account
	} else {
		c.DomainName = account
	}
	return c
}

func (r *reader) profile() roma.Credentials {
	file, name := r.text("shared_config_file"), r.text("profile")
	if !r.begun {
		r.lacks = append(r.lacks, "no profile or shared_config_file")
		return nil
	}
	p, err := roma.ReadProfile(file, name)
	if err != nil {
		r.lacks = append(r.lacks, err.Error())
		return nil
	}
	r.role = p.AssumeRole
	r.values.all = append(r.values.all, p.Region, p.ProjectID, p.DomainID, p.Token, p.AccessKey, p.SecretKey, p.SecurityToken)
	if p.AssumeRole != nil {
		r.values.all = append(r.values.all, p.AssumeRole.AgencyName, p.AssumeRole.DomainName, p.AssumeRole.DomainID)
	}
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
	if r.values.text(block+"agency_name") != "" {
		r.role = &roma.AssumeRole{AgencyName: r.need(block + "agency_name"), DomainID: r.need(block + "domain_id"), Duration: oidc.Duration}
	}
	return roma.IdentityToken{OIDC: oidc}
}

// seconds is 0 where nothing is given, which leaves the choice to the client.
func (r *reader) seconds(name string) time.Duration {
	text := r.text(name)
	if text == "" {
		return 0
	}
	return time.Duration(r.values.number(name, text, int(roma.MinDuration/time.Second), int(roma.MaxDuration/time.Second))) * time.Second
}
