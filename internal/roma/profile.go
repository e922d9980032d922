package roma

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Profile is one profile of the configuration file of KooCLI, the vendor's
// command line ("Configuration Management", KooCLI user guide, hcli_03_004_01
// and hcli_05_10). Each value is empty where the profile has none.
type Profile struct {
	Region, ProjectID, DomainID string
	// Token, or else the key pair, is what the profile logs in with.
	Token                               string
	AccessKey, SecretKey, SecurityToken string
	// Metadata: the profile uses the agency of the cloud server (ecsAgency).
	Metadata bool
	// AssumeRole is the agency to assume with these, or nil.
	AssumeRole *AssumeRole
	// SSO: the key pair is that of a single sign-on, which ends.
	SSO bool
}

// Credentials are what the profile logs in with, without its agency; nil where it has none.
func (p Profile) Credentials() Credentials {
	switch {
	case p.Token != "":
		return Token(p.Token)
	case p.AccessKey != "" || p.SecretKey != "":
		return KeyPair{AccessKey: p.AccessKey, SecretKey: p.SecretKey, SecurityToken: p.SecurityToken}
	case p.Metadata:
		return Metadata{}
	}
	return nil
}

// ProfileError is a profile that cannot be used. It quotes no value of it, and
// neither a name that leads to nothing: that may be a secret in the wrong
// variable.
type ProfileError struct {
	// File is the file, or "shared_config_file" where there is none of the
	// name that was given; Name is that of a profile in it, or empty.
	File, Name string
	Problem    string
	// Cause is an error of the file system, or nil.
	Cause error
}

func (e *ProfileError) Error() string {
	text := e.File + ": "
	if e.Name != "" {
		text = e.File + ": the profile " + quoted(e.Name) + " "
	}
	return text + e.Problem
}

func (e *ProfileError) Unwrap() error { return e.Cause }

// profileFile is where KooCLI keeps its profiles, below the home directory.
const profileFile = ".hcloud/config.json"

// byteOrderMark is what editors and shells of Windows put before a text.
var byteOrderMark = []byte("\xef\xbb\xbf")

// maxProfileFile is the longest file that is read, in bytes.
const maxProfileFile = 1 << 20

// storedProfile is an entry of the file; the names are those that KooCLI
// prints and that the official provider reads.
type storedProfile struct {
	Name            string `json:"name"`
	Mode            string `json:"mode"`
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SecurityToken   string `json:"securityToken"`
	Token           string `json:"xAuthToken"`
	Region          string `json:"region"`
	ProjectID       string `json:"projectId"`
	DomainID        string `json:"domainId"`
	AgencyDomainID  string `json:"agencyDomainId"`
	AgencyDomain    string `json:"agencyDomainName"`
	AgencyName      string `json:"agencyName"`
	SourceProfile   string `json:"sourceProfile"`
	SSO             struct {
		STS struct {
			AccessKeyID     string `json:"accessKeyId"`
			SecretAccessKey string `json:"secretAccessKey"`
			SecurityToken   string `json:"securityToken"`
		} `json:"stsToken"`
	} `json:"ssoAuth"`
}

type storedProfiles struct {
	Current  string          `json:"current"`
	Profiles []storedProfile `json:"profiles"`

	file string
}

// ReadProfile reads the profile called name, or the current one if name is
// empty, from file, or from ~/.hcloud/config.json if file is empty. A "~/" at
// the beginning of file is the home directory. The error is a *ProfileError.
func ReadProfile(file, name string) (Profile, error) {
	file, data, err := readProfiles(file)
	if err != nil {
		return Profile{}, err
	}
	return parseProfile(file, data, name)
}

// parseProfile reads a profile out of the content of file.
func parseProfile(file string, data []byte, name string) (Profile, error) {
	all := &storedProfiles{file: file}
	if json.Unmarshal(bytes.TrimPrefix(data, byteOrderMark), all) != nil {
		// The error of the parser may quote a secret.
		return Profile{}, &ProfileError{File: file, Problem: "is not the JSON of KooCLI"}
	}
	if name == "" {
		name = all.Current
	}
	stored, err := all.find(name)
	if err != nil {
		return Profile{}, err
	}
	p, problem := stored.profile(all)
	if problem != "" {
		return Profile{}, &ProfileError{File: file, Name: name, Problem: problem}
	}
	return p, nil
}

// readProfiles returns the content of the file, and its whole name.
func readProfiles(given string) (file string, data []byte, err error) {
	if err := httpapi.CheckPath(given); err != nil {
		// It is not quoted: it may be the file's content, with a secret key.
		return "", nil, &ProfileError{File: "shared_config_file", Problem: err.Error(), Cause: err}
	}
	file = given
	if rest, ok := strings.CutPrefix(file, "~/"); ok || file == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", nil, &ProfileError{File: "shared_config_file", Problem: "there is no home directory", Cause: err}
		}
		if file == "" {
			rest = filepath.FromSlash(profileFile)
		}
		file = filepath.Join(home, rest)
	}
	data, err = httpapi.ReadShort(file, maxProfileFile)
	if err != nil {
		shown := file
		if _, named := errors.AsType[*fs.PathError](err); named && given != "" {
			shown, err = "shared_config_file", httpapi.Unnamed(err)
		}
		return "", nil, &ProfileError{File: shown, Problem: "cannot be read: " + err.Error(), Cause: err}
	}
	return file, data, nil
}

func (s *storedProfiles) find(name string) (storedProfile, error) {
	i := slices.IndexFunc(s.Profiles, func(p storedProfile) bool { return p.Name == name })
	switch {
	case name == "":
		return storedProfile{}, &ProfileError{File: s.file, Problem: "names no current profile"}
	case i < 0:
		return storedProfile{}, &ProfileError{File: s.file, Problem: "holds no profile of the name that was given. " + s.names()}
	}
	return s.Profiles[i], nil
}

const (
	// mostProfiles are named in an error.
	mostProfiles = 20
	// longestProfile is how much is quoted of a name, in characters.
	longestProfile = 64
)

// names says which profiles there are.
func (s *storedProfiles) names() string {
	var names []string
	for _, p := range s.Profiles[:min(len(s.Profiles), mostProfiles)] {
		names = append(names, quoted(p.Name))
	}
	switch more := len(s.Profiles) - len(names); {
	case len(names) == 0:
		return "It holds none at all"
	case more > 0:
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return "It holds " + strings.Join(names, ", ")
}

// quoted is the name of a profile as an error has it.
func quoted(name string) string { return fmt.Sprintf("%.*q", longestProfile, name) }

// profile is what an entry means, or why it cannot be used.
func (p storedProfile) profile(all *storedProfiles) (result Profile, problem string) {
	result, problem = p.login(all)
	result.Region, result.ProjectID, result.DomainID = p.Region, p.ProjectID, p.DomainID
	if problem != "" || p.AgencyName == "" {
		return result, problem
	}
	if p.AgencyDomainID == "" && p.AgencyDomain == "" {
		return result, "names an agency without agencyDomainId or agencyDomainName"
	}
	result.AssumeRole = &AssumeRole{AgencyName: p.AgencyName, DomainName: p.AgencyDomain, DomainID: p.AgencyDomainID}
	return result, ""
}

// login is what an entry logs in with, by its authentication mode.
func (p storedProfile) login(all *storedProfiles) (Profile, string) {
	switch strings.ToLower(p.Mode) {
	case "", "aksk":
		return withPair(p.AccessKeyID, p.SecretAccessKey, p.SecurityToken)
	case "sso":
		sts := p.SSO.STS
		if sts.SecurityToken == "" {
			return Profile{}, "has no credentials of a single sign-on: run `hcloud configure sso`"
		}
		found, problem := withPair(sts.AccessKeyID, sts.SecretAccessKey, sts.SecurityToken)
		found.SSO = true
		return found, problem
	case "token":
		if p.Token == "" {
			return Profile{}, "has no xAuthToken"
		}
		return Profile{Token: p.Token}, ""
	case "ecsagency":
		return Profile{Metadata: true}, ""
	case "agency", "assumerole":
		return p.source(all)
	}
	return Profile{}, "has an unknown mode"
}

// source is what an entry that assumes a role does so with.
func (p storedProfile) source(all *storedProfiles) (Profile, string) {
	switch {
	case p.AgencyName == "":
		return Profile{}, "has no agencyName"
	case p.SourceProfile == "":
		return withPair(p.AccessKeyID, p.SecretAccessKey, p.SecurityToken)
	}
	base, err := all.find(p.SourceProfile)
	if err != nil {
		return Profile{}, "names the source profile " + quoted(p.SourceProfile) + ", which is not there"
	}
	if base.AgencyName != "" {
		return Profile{}, "names the source profile " + quoted(p.SourceProfile) + ", which assumes a role itself"
	}
	return base.login(all)
}

// plainKey is what an access key looks like. What KooCLI has encrypted, or
// masked in its output, has other characters.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func withPair(accessKey, secretKey, securityToken string) (Profile, string) {
	switch {
	case accessKey == "" || secretKey == "":
		return Profile{}, "has no accessKeyId and secretAccessKey"
	case !plainKey.MatchString(accessKey) || strings.Trim(secretKey, "*") == "":
		return Profile{}, "is encrypted: run `hcloud configure set --cli-auth-encrypt=false`, and configure the profile anew"
	}
	return Profile{AccessKey: accessKey, SecretKey: secretKey, SecurityToken: securityToken}, ""
}
