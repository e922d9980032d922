package provider_test

import (
	"maps"
	"slices"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// exampleEnvironment is what the examples leave to the environment: the servers,
// the credentials, and the values of their variables. An example that asks for
// another variable gets its value here.
func exampleEnvironment(server *simulator.Server) []string {
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
	}
	var environment []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		environment = append(environment, name+"="+values[name])
	}
	return environment
}
