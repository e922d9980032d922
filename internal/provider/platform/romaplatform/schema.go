package romaplatform

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

func providerSchema() schema.SingleNestedAttribute {
	const public, secret = false, true
	text := platform.Variables(variables).Text
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Huawei Cloud ROMA Connect. A value written here beats its environment variable. Credentials written here " +
			"win as a set; within one source the order is token, key pair, password, profile, identity token, and at last the metadata service of a " +
			"cloud server.",
		Attributes: platform.Variables(variables).WithServer("A request that starts a job is sent once.", map[string]schema.Attribute{
			"region":         text("region", "Region, for example `cn-north-4`.", public),
			"cloud":          text("cloud", "Domain of the cloud. Default `"+roma.DefaultCloud+"`, in European regions (`eu-west-101`) `myhuaweicloud.eu`.", public),
			"endpoint":       text("endpoint", "URL of ROMA Connect. Default `https://roma.{region}.{cloud}`.", public),
			"auth_url":       text("auth_url", "URL of IAM. Default `https://iam.{region}.{cloud}/v3`.", public),
			"project_id":     text("project_id", "Project id. Looked up by `project_name` when it is not given.", public),
			"project_name":   text("project_name", "Project name. Default: the region.", public),
			"instance_id":    text("instance_id", "Id of the ROMA Connect instance for resources that name none.", public),
			"token":          text("token", "Ready IAM token with project scope. It cannot be renewed.", secret),
			"access_key":     text("access_key", "Access key id; requests are signed with SDK-HMAC-SHA256.", public),
			"secret_key":     text("secret_key", "Secret access key.", secret),
			"security_token": text("security_token", "Security token of a temporary key pair, which cannot be renewed.", secret),
			"user_name":      text("user_name", "IAM user name, for a token by password. A HUAWEI ID cannot be used.", public),
			"user_id":        text("user_id", "Id of the IAM user, in place of `user_name`.", public),
			"password":       text("password", "Password of the IAM user.", secret),
			"domain_name":    text("domain_name", "Account name that the IAM user belongs to.", public),
			"domain_id":      text("domain_id", "Id of that account, in place of `domain_name`.", public),
			"shared_config_file": text("shared_config_file", "Configuration file of KooCLI (`hcloud`), not encrypted. Default "+
				"`~/.hcloud/config.json` if `profile` is set.", public),
			"profile":               text("profile", "Profile in that file. Default: its `current` one.", public),
			"assume_role":           assumeRoleSchema(),
			"assume_role_with_oidc": assumeRoleWithOIDCSchema(),
		}),
	}
}

func withVariable(name, meaning string) string {
	return platform.Variables(variables).Describe(name, meaning)
}

func assumeRoleSchema() schema.SingleNestedAttribute {
	const block = "assume_role."
	text := func(name, meaning string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: withVariable(block+name, meaning)}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: withVariable("assume_role", "Exchange the credentials for a temporary key pair of an agency. It is renewed before it ends. "+
			"The agency of the environment counts for credentials of the environment."),
		Attributes: map[string]schema.Attribute{
			"agency_name": text("agency_name", "Name of the agency."),
			"domain_name": text("domain_name", "Name of the account that the agency is in."),
			"domain_id":   text("domain_id", "Id of that account, in place of `domain_name`."),
			"duration":    durationSchema(block, roma.DefaultDuration),
		},
	}
}

func assumeRoleWithOIDCSchema() schema.SingleNestedAttribute {
	const block = "assume_role_with_oidc."
	text := func(name, meaning string, sensitive bool) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Sensitive: sensitive, MarkdownDescription: withVariable(block+name, meaning)}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: withVariable("assume_role_with_oidc", "Exchange an identity token (OpenID Connect), for example of a CI system, for a temporary "+
			"key pair, and that for one of an agency if one is named."),
		Attributes: map[string]schema.Attribute{
			"agency_name":   text("agency_name", "Name of the agency. Without it the key pair of the federated user is used.", false),
			"domain_id":     text("domain_id", "Id of the account that the agency is in.", false),
			"idp_id":        text("idp_id", "Id of the identity provider in IAM.", false),
			"id_token":      text("id_token", "The identity token.", true),
			"id_token_file": text("id_token_file", "File with the identity token, in place of `id_token`. It is read anew for each renewal.", false),
			"duration":      durationSchema(block, roma.DefaultOIDCDuration),
		},
	}
}

func durationSchema(block string, standard time.Duration) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true,
		MarkdownDescription: withVariable(block+"duration", fmt.Sprintf("How long a key pair holds, from %d to %d seconds. Default %d.",
			int(roma.MinDuration.Seconds()), int(roma.MaxDuration.Seconds()), int(standard.Seconds()))),
	}
}
