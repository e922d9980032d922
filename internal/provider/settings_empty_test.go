package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// TestEmptyIsNotGiven: the variable of the environment counts for an empty text
// of the block, and a line end in a variable does no harm.
func TestEmptyIsNotGiven(t *testing.T) {
	t.Parallel()
	empty := types.StringValue("")
	s := resolveRoma(&romaModel{Region: empty, AccessKey: empty, SecretKey: empty, Token: empty, SharedConfigFile: empty, Endpoint: empty}, environment(map[string]string{
		"HW_REGION_NAME": "r", "HW_ACCESS_KEY": "\uFEFFAK", "HW_SECRET_KEY": "SK", "ROMA_ENDPOINT": "https://e", "HW_INSECURE": "true\r\n", "HW_MAX_RETRIES": "7\n",
	}))
	c := s.config
	if c.Region != "r" || c.AccessKey != "AK" || c.SecretKey != "SK" || c.Endpoint != "https://e" || len(s.missing)+len(s.problems) != 0 || !c.Insecure || c.MaxRetries != 7 {
		t.Errorf("got %+v, missing %q, problems %q", c, s.missing, s.problems)
	}
	csa := resolveCSA(&csaModel{Endpoint: empty, Username: empty}, environment(map[string]string{"CSA_ENDPOINT": "https://c", "CSA_USERNAME": "u"}))
	if csa.config.Endpoint != "https://c" || csa.config.Username != "u" {
		t.Errorf("got %+v", csa.config)
	}
	// A password may end in a blank, but not in the line end of its file.
	login := resolveRoma(nil, environment(map[string]string{"HW_USER_NAME": "u", "HW_DOMAIN_NAME": "d", "HW_USER_PASSWORD": "t0p secret \r\n", "HW_REGION_NAME": "r"}))
	if got := login.config.Password; got != "t0p secret " {
		t.Errorf("password %q", got)
	}
}
