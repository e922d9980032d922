package romaplatform

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// credentials is what the block and the environment say about who asks.
type credentials struct {
	// from is the title of the source that is used, or "".
	from string
	// origin is where that source was written, without any value.
	origin string
	// sso: they are those of a single sign-on.
	sso bool
	// agency is where the agency is written, or "" if none is assumed.
	agency string
	// missing says of each source what it lacks; nil where one is complete.
	missing []string
	// lookedFor says the same when nothing at all was found, and the metadata
	// service of a cloud server is all that is left.
	lookedFor []string
}

// readCredentials fills in the first complete source. Sources that are
// written in the block come first and alone: a token in the environment must
// not beat a key pair in the block.
func readCredentials(v *platform.Values, block *model, c *roma.Config) credentials {
	texts := block.texts()
	chosen := slices.DeleteFunc(slices.Clone(sources), func(s source) bool { return !s.written(block, texts) })
	written := len(chosen) > 0
	if !written {
		chosen = sources
	}
	var lacks []string
	begun := false
	for _, s := range chosen {
		r := &reader{values: v, block: texts, fromBlock: true}
		found := s.read(r)
		if len(r.lacks) == 0 {
			c.Credentials = found
			// They count where nothing else says a region or a project.
			c.Region = cmp.Or(c.Region, r.region)
			if c.ProjectName == "" {
				c.ProjectID = cmp.Or(c.ProjectID, r.projectID)
			}
			own := ownAgency{r.role, "the profile"}
			if s.title == titleIdentityToken {
				own.at = "roma.assume_role_with_oidc"
			}
			agency, missing := assume(v, block, texts, c, own, !written && s.title != titleIdentityToken)
			return credentials{from: s.title, origin: r.origin(s.title), sso: r.sso, agency: agency, missing: missing}
		}
		begun = begun || r.begun
		lacks = append(lacks, s.title+": "+strings.Join(r.lacks, ", "))
	}
	if written || begun {
		return credentials{missing: lacks}
	}
	c.Credentials = roma.Metadata{}
	agency, missing := assume(v, block, texts, c, ownAgency{}, true)
	return credentials{from: "metadata service", agency: agency, missing: missing, lookedFor: lacks}
}

// origin says where a source was written, in words that hold no value but the name of a
// profile.
func (r *reader) origin(title string) string {
	where := "the environment"
	if r.fromBlock {
		where = "the provider block"
	}
	if title != titleProfile {
		return where
	}
	if name := r.text("profile"); profileName.MatchString(name) {
		return fmt.Sprintf("%q, named in %s", name, where)
	}
	return where
}

// profileName is what is shown of a profile's name: what else stands there may be a secret that
// lost its way.
var profileName = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,32}$`)

// way is how requests are authorised, by its name and where it was written.
func (c credentials) way() string {
	if c.from == "" || c.origin == "" {
		return c.from
	}
	if c.from == titleProfile {
		return c.from + " " + c.origin
	}
	return c.from + " of " + c.origin
}

// ownAgency is the agency that a source names itself, or nil, and where.
type ownAgency struct {
	role *roma.AssumeRole
	at   string
}

// assume adds the agency: that of the block, or that of the source, or that of
// the environment, which belongs to the credentials of the environment. It
// says where that is written.
func assume(v *platform.Values, block *model, texts map[string]types.String, c *roma.Config, own ownAgency, ofEnvironment bool) (at string, missing []string) {
	r := &reader{values: v, block: texts, fromBlock: true}
	var role *roma.AssumeRole
	switch {
	case block.AssumeRole.IsUnknown():
		v.Unknown = append(v.Unknown, "assume_role")
	case !block.AssumeRole.IsNull():
		at, role = "roma.assume_role", r.agency()
	case own.role != nil:
		at, role = own.at, own.role
	case ofEnvironment && r.there("assume_role.agency_name"):
		at, role = "the variables "+variables["assume_role"], r.agency()
	}
	if role != nil {
		c.Credentials = roma.Agency{With: c.Credentials, AssumeRole: *role}
	}
	if len(r.lacks) > 0 {
		return at, []string{"assume_role: " + strings.Join(r.lacks, ", ")}
	}
	return at, nil
}

// written says whether the block holds a value of this source.
func (s source) written(block *model, texts map[string]types.String) bool {
	return slices.ContainsFunc(s.names, func(name string) bool {
		if name == "assume_role_with_oidc" {
			return !block.AssumeRoleWithOIDC.IsNull()
		}
		return !texts[name].IsNull()
	})
}

// texts are the values of the block by the names of their attributes.
func (m *model) texts() map[string]types.String {
	all := map[string]types.String{
		"token":      m.Token,
		"access_key": m.AccessKey, "secret_key": m.SecretKey, "security_token": m.SecurityToken,
		"user_name": m.UserName, "user_id": m.UserID, "password": m.Password,
		"domain_name": m.DomainName, "domain_id": m.DomainID,
		"shared_config_file": m.SharedConfigFile, "profile": m.Profile,
	}
	maps.Copy(all, nestedTexts("assume_role", m.AssumeRole))
	maps.Copy(all, nestedTexts("assume_role_with_oidc", m.AssumeRoleWithOIDC))
	for name, value := range all {
		all[name] = tfvalue.Given(value)
	}
	return all
}

// nestedTexts are the values of a nested attribute, numbers in decimal.
// Values of one that is not known are not known.
func nestedTexts(block string, object types.Object) map[string]types.String {
	all := map[string]types.String{}
	for name := range variables {
		inner, ok := strings.CutPrefix(name, block+".")
		switch {
		case !ok:
		case object.IsUnknown():
			all[name] = types.StringUnknown()
		default:
			all[name] = tfvalue.Decimal(object.Attributes()[inner])
		}
	}
	return all
}
