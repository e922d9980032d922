package provider_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// exampleEnvironment is what the examples leave to the environment: the servers,
// the credentials, and the values of their variables. An example that asks for
// another variable gets its value here.
func exampleEnvironment(t *testing.T, server *simulator.Server) []string {
	t.Helper()
	roma, dev, prod := server.Info.ROMA, server.Info.CSA["dev"], server.Info.CSA["prod"]
	values := map[string]string{
		"ROMA_INSTANCE_ID": roma.Instances["dev"],
		// Examples name a region of the cloud; the project has the name of
		// the simulated one.
		"HW_PROJECT_NAME": roma.Region,
		"CSA_ENDPOINT":    dev.Endpoint,
		"CSA_USERNAME":    dev.Username,
		"CSA_PASSWORD":    dev.Password,

		"TF_VAR_dev_instance":  roma.Instances["dev"],
		"TF_VAR_prod_instance": roma.Instances["prod"],
		"TF_VAR_csa_endpoint":  dev.Endpoint,
		"TF_VAR_dev_endpoint":  dev.Endpoint,
		"TF_VAR_prod_endpoint": prod.Endpoint,
		"TF_VAR_username":      dev.Username,
		"TF_VAR_dev_password":  dev.Password,
		"TF_VAR_prod_password": prod.Password,
		"TF_VAR_offering":      csaOffering,
		// The ways to log in.
		"TF_VAR_access_key":        roma.AccessKey,
		"TF_VAR_secret_key":        roma.SecretKey,
		"TF_VAR_user_name":         roma.UserName,
		"TF_VAR_user_password":     roma.Password,
		"TF_VAR_account":           roma.DomainName,
		"TF_VAR_account_id":        roma.DomainID,
		"TF_VAR_agency":            roma.AgencyName,
		"TF_VAR_identity_provider": roma.OIDC.IDPID,
		"TF_VAR_id_token_file":     fileWith(t, "token", roma.OIDC.IDToken),
		"TF_VAR_csa_password":      dev.Password,
		"TF_VAR_config_file":       profileFile(t, map[string]any{"mode": "AKSK", "accessKeyId": roma.AccessKey, "secretAccessKey": roma.SecretKey}),
	}
	// What was approved lies in the store.
	approved, key := goldenArchive(t), "orders-1.3.0.zip"
	if err := server.Simulator.PutObject("obs", server.Info.OBS.Bucket, key, []byte(approved), map[string]string{"asset-sha256": hexSum(approved)}); err != nil {
		t.Fatal(err)
	}
	values["TF_VAR_archive"] = fmt.Sprintf(`{"path":"obs://%s/%s","sha256":%q}`, server.Info.OBS.Bucket, key, hexSum(approved))
	environment := storeVariables(server)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		environment = append(environment, name+"="+values[name])
	}
	return environment
}

// fileWith writes a file of its own.
func fileWith(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
