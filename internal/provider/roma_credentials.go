package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// credential is one value of a way to log in, and where it came from.
type credential struct {
	name     string
	block    types.String
	optional bool
	target   *string
}

// way is one way to log in; it is complete when all its required values are
// there.
type way struct {
	title  string
	values []credential
}

func romaWays(block *romaModel, c *roma.Config) []way {
	return []way{
		{"token", []credential{{name: "token", block: block.Token, target: &c.Token}}},
		{"key pair", []credential{
			{name: "access_key", block: block.AccessKey, target: &c.AccessKey},
			{name: "secret_key", block: block.SecretKey, target: &c.SecretKey},
			{name: "security_token", block: block.SecurityToken, optional: true, target: &c.SecurityToken},
		}},
		{"password", []credential{
			{name: "user_name", block: block.UserName, target: &c.UserName},
			{name: "password", block: block.Password, target: &c.Password},
			{name: "domain_name", block: block.DomainName, target: &c.DomainName},
		}},
	}
}

// romaCredentials fills in the first complete way to log in. Ways that are
// written in the block come first and alone: a token in the environment must
// not beat a key pair in the block. It returns what each way lacks when none
// is complete.
func romaCredentials(v *settingValues, block *romaModel, c *roma.Config) (missing []string) {
	ways := romaWays(block, c)
	var written []way
	for _, w := range ways {
		if w.written() {
			written = append(written, w)
		}
	}
	if len(written) > 0 {
		ways = written
	}
	for _, w := range ways {
		lacks := w.fill(v)
		if len(lacks) == 0 {
			return nil
		}
		missing = append(missing, w.title+": no "+strings.Join(lacks, ", no "))
	}
	return missing
}

// written says whether the block holds a value of this way. The account name
// alone does not tell who logs in.
func (w way) written() bool {
	for _, value := range w.values {
		if !value.block.IsNull() && value.name != "domain_name" {
			return true
		}
	}
	return false
}

// fill sets the values of a complete way and returns none, or names what it
// lacks and sets nothing.
func (w way) fill(v *settingValues) (lacks []string) {
	found := make([]string, len(w.values))
	fromBlock := true
	for i, value := range w.values {
		if value.optional && fromBlock && w.written() && value.block.IsNull() {
			// A security token of the environment belongs to another key pair.
			continue
		}
		fromBlock = fromBlock && !value.block.IsNull()
		found[i] = v.text(value.name, value.block)
		if found[i] == "" && !value.optional && !value.block.IsUnknown() {
			lacks = append(lacks, "roma."+value.name+" ("+romaVariables[value.name]+")")
		}
	}
	if len(lacks) > 0 {
		return lacks
	}
	for i, value := range w.values {
		*value.target = found[i]
	}
	return nil
}
