package csa

// NormalEndpoint returns what Client.Endpoint would, for an address whose
// account is not known yet. The error is a *ConfigError.
func NormalEndpoint(text string) (string, error) { return normalEndpoint(text) }
