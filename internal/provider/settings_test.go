package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// White space around a value is an accident of copying, in a password it may
// belong to it.
func TestWhiteSpaceAroundValues(t *testing.T) {
	t.Parallel()
	env := environment(map[string]string{
		"HW_REGION_NAME": " r\n", "HW_USER_NAME": "u ", "HW_USER_PASSWORD": " a b \r\n", "HW_DOMAIN_NAME": "\td",
	})
	if c := resolveRoma(nil, env).config; c.Region != "r" || c.UserName != "u" || c.Password != " a b " || c.DomainName != "d" {
		t.Errorf("of the environment: %q, %q, %q, %q", c.Region, c.UserName, c.Password, c.DomainName)
	}
	c := resolveCSA(&csaModel{Username: types.StringValue(" u "), Password: types.StringValue(" a b \n")}, environment(nil)).config
	if c.Username != "u" || c.Password != " a b " {
		t.Errorf("of the block: %q, %q", c.Username, c.Password)
	}
}
