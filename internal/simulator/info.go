package simulator

import (
	"path/filepath"
	"strings"
	"time"
)

// Info is what a client needs to know to use a Simulator. Its JSON is the line
// that the program prints.
type Info struct {
	// Page is where a browser shows what happens.
	Page string   `json:"page"`
	ROMA ROMAInfo `json:"roma"`
	// CSA has the CSA servers by their names.
	CSA map[string]CSAInfo `json:"csa"`
	// OBS takes the key pairs of ROMA.
	OBS OBSInfo `json:"obs"`
	S3  S3Info  `json:"s3"`
	// CAFile is the file with the certificate of the private authority.
	CAFile string `json:"ca_file,omitempty"`
}

// ROMAInfo is the ROMA Connect part of Info.
type ROMAInfo struct {
	Endpoint   string `json:"endpoint"`
	AuthURL    string `json:"auth_url"`
	Region     string `json:"region"`
	ProjectID  string `json:"project_id"`
	AccessKey  string `json:"access_key"`
	SecretKey  string `json:"secret_key"`
	UserName   string `json:"user_name"`
	Password   string `json:"password"`
	DomainName string `json:"domain_name"`
	// Instances maps the names of the instances to their ids.
	Instances map[string]string `json:"instances"`

	UserID   string `json:"user_id"`
	DomainID string `json:"domain_id"`
	// ProjectName is the name of the project, which is the region's.
	ProjectName string `json:"project_name"`
	// AgencyName is an agency of this account that both users may assume.
	AgencyName string `json:"agency_name"`
	// Operator is the user of the second account, who has no rights of its own.
	Operator OperatorInfo `json:"operator"`
	// OIDC is a federated user of this account.
	OIDC OIDCInfo `json:"oidc"`
	// MetadataURL is where the metadata service of a cloud server listens, for
	// example "http://127.0.0.1:8081"; empty without Options.Metadata.
	MetadataURL string `json:"metadata_url,omitempty"`
}

// OBSInfo is the OBS part of Info.
type OBSInfo struct {
	// Endpoint is an address, where OBS takes buckets in the path, for example
	// "http://127.0.0.1:8082". The region is that of ROMA.
	Endpoint string `json:"endpoint"`
	// Bucket is a bucket in that region.
	Bucket string `json:"bucket"`
}

// S3Info is the S3 part of Info.
type S3Info struct {
	Endpoint  string `json:"endpoint"`
	Region    string `json:"region"`
	Bucket    string `json:"bucket"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// OperatorInfo is the user of the second account.
type OperatorInfo struct {
	AccessKey  string `json:"access_key"`
	SecretKey  string `json:"secret_key"`
	UserName   string `json:"user_name"`
	UserID     string `json:"user_id"`
	Password   string `json:"password"`
	DomainName string `json:"domain_name"`
	DomainID   string `json:"domain_id"`
	// ProjectID is the project of the second account, which ROMA Connect
	// refuses.
	ProjectID string `json:"project_id"`
}

// OIDCInfo is how a federated user logs in.
type OIDCInfo struct {
	IDPID string `json:"idp_id"`
	// IDToken is valid for an hour.
	IDToken string `json:"id_token"`
}

// Info describes the Simulator as served at base, for example
// "http://127.0.0.1:8080". MetadataURL and the endpoints of the
// stores, which have addresses of their own, are known to the Server only.
func (s *Simulator) Info(base string) Info {
	idToken := s.IDToken(time.Hour)
	s.mu.Lock()
	defer s.mu.Unlock()
	base = strings.TrimSuffix(base, "/")
	ids := make(map[string]string, len(s.instances))
	for _, in := range s.instances {
		ids[in.name] = in.id
	}
	info := Info{Page: base + "/", CSA: s.csaInfo(base), ROMA: ROMAInfo{
		Endpoint:    base,
		AuthURL:     base + "/v3",
		Region:      region,
		ProjectID:   projectID,
		AccessKey:   s.promoter.key.access,
		SecretKey:   s.promoter.key.secret,
		UserName:    userName,
		Password:    s.promoter.password,
		DomainName:  domainName,
		Instances:   ids,
		UserID:      userID,
		DomainID:    domainID,
		ProjectName: region,
		AgencyName:  agencyPromotion,
		Operator: OperatorInfo{
			AccessKey: s.operator.key.access, SecretKey: s.operator.key.secret,
			UserName: operatorName, UserID: operatorID, Password: s.operator.password,
			DomainName: operatorDomainName, DomainID: operatorDomainID, ProjectID: operatorProjectID,
		},
		OIDC: OIDCInfo{IDPID: idpID, IDToken: idToken},
	}}
	st := s.stores[platformS3]
	info.OBS.Bucket = s.stores[platformOBS].firstBucket()
	info.S3 = S3Info{
		Region: st.region, Bucket: st.firstBucket(), AccessKey: st.keys[0].access, SecretKey: st.keys[0].secret,
	}
	if s.opts.TLSDir != "" {
		info.CAFile = filepath.Join(s.opts.TLSDir, caFile)
	}
	return info
}
