package simulator

// Identities of the simulated cloud. The ids are fixed so that examples can
// name them; everything secret is made anew for each Simulator.
const (
	region     = "sim-local-1"
	projectID  = "5d7f1c0e9a3b4c2d8e6f7a1b2c3d4e5f"
	domainID   = "c4a1e7d90b6f4f5d9a3e2b1c0d9e8f70"
	domainName = "simulated-account"
	userID     = "e1f0d2c3b4a5968778695a4b3c2d1e0f"
	userName   = "promoter"

	// The second account has a project of the same name, as every account
	// has, and nothing in ROMA Connect. Its user works through an agency.
	operatorProjectID  = "9b8a7c6d5e4f4a3b2c1d0e9f8a7b6c5d"
	operatorDomainID   = "a7b6c5d4e3f24f1e0d9c8b7a69584736"
	operatorDomainName = "simulated-operations"
	operatorID         = "f0e1d2c3b4a5469788796a5b4c3d2e1f"
	operatorName       = "operator"

	// Agencies of the first account.
	agencyPromotion = "asset-promotion"
	agencyAudit     = "asset-audit"
	agencyPowerless = "asset-powerless"

	// idpID is the identity provider of the first account, idpSubject who it
	// vouches for.
	idpID      = "simulated-idp"
	idpSubject = "pipeline"

	// metadataAgency is the agency of the simulated cloud server.
	metadataAgency = "asset-server"
)

// account is what IAM calls a domain.
type account struct {
	id, name, project string
}

var (
	homeAccount     = account{domainID, domainName, projectID}
	operatorAccount = account{operatorDomainID, operatorDomainName, operatorProjectID}
	accounts        = []account{homeAccount, operatorAccount}
)

// Kinds of identities, as named in the log.
const (
	identityUser      = "user"
	identityAgency    = "agency"
	identityFederated = "federated"
)

// identity is on whose behalf a request is made.
type identity struct {
	kind, id, name string
	account        account
	// powerless has no rights in ROMA Connect.
	powerless bool
}

// String is how the log names the identity.
func (i identity) String() string {
	return i.kind + " " + i.name
}

// user is an IAM user. Only the secrets differ between Simulators.
type user struct {
	identity
	password string
	key      *keyPair
}

func newUser(id, name string, in account, powerless bool) *user {
	u := &user{
		identity: identity{kind: identityUser, id: id, name: name, account: in, powerless: powerless},
		password: "Sim-" + randomHex(12),
	}
	u.key = newKeyPair("AKSIM", u.identity)
	return u
}

// agency lets others act for its account.
type agency struct {
	identity
	// trusts are the ids of the accounts whose users, federated users and
	// agencies may assume it.
	trusts []string
}

// agencies are those of the first account. An agency of a cloud server is
// trusted to the service alone, so nobody can ask for it.
var agencies = []agency{
	{identity{identityAgency, "0d1c2b3a495867760f1e2d3c4b5a6978", agencyPromotion, homeAccount, false}, []string{domainID, operatorDomainID}},
	{identity{identityAgency, "1e2d3c4b5a69788f00112233445566aa", agencyAudit, homeAccount, false}, nil},
	{identity{identityAgency, "2f3e4d5c6b7a8990a1b2c3d4e5f60718", agencyPowerless, homeAccount, true}, []string{domainID, operatorDomainID}},
}

// serverIdentity is on whose behalf a cloud server acts.
var serverIdentity = identity{kind: identityAgency, id: "3a4b5c6d7e8f9001b2c3d4e5f6071829", name: metadataAgency, account: homeAccount}

// findAccount finds an account by id, name or both.
func findAccount(at named) (account, bool) {
	for _, a := range accounts {
		if at.is(a.id, a.name) {
			return a, true
		}
	}
	return account{}, false
}

// findAgency finds an agency of an account.
func findAgency(in account, name string) (agency, bool) {
	for _, a := range agencies {
		if a.account == in && a.name == name {
			return a, true
		}
	}
	return agency{}, false
}
