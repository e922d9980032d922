package simulator

import (
	"net/http"
	"strconv"
	"time"
)

// MetadataMode is how the metadata service of a cloud server behaves.
type MetadataMode string

const (
	// MetadataOff is a machine without a metadata service.
	MetadataOff MetadataMode = ""
	// MetadataOptional takes requests with and without a token of its own
	// ("http_tokens", Querying ECS Metadata Configuration).
	MetadataOptional MetadataMode = "optional"
	// MetadataRequired refuses requests without such a token.
	MetadataRequired MetadataMode = "required"
	// MetadataLegacy knows no such tokens.
	MetadataLegacy MetadataMode = "legacy"
	// MetadataNoAgency is a cloud server that was given no agency.
	MetadataNoAgency MetadataMode = "no_agency"
)

var metadataModes = []MetadataMode{MetadataOff, MetadataOptional, MetadataRequired, MetadataLegacy, MetadataNoAgency}

const (
	headerMetadata = "X-Metadata-Token"
	// headerTTL is in seconds, longestTTL what the official SDKs ask for.
	headerTTL  = "X-Metadata-Token-Ttl-Seconds"
	longestTTL = 6 * 60 * 60
	// metadataKeyLife is how long the pair of a cloud server lives. It is
	// replaced renewBefore its end: the official SDKs expect that a pair with
	// 40 minutes left can be renewed.
	metadataKeyLife = 24 * time.Hour
	renewBefore     = time.Hour
)

// metadataService is the metadata service; Simulator.mu guards it.
type metadataService struct {
	sim *Simulator
	// tokens maps each token to its end.
	tokens map[string]time.Time
	key    *keyPair
}

var metadataRoutes = []route{
	{http.MethodPut, "/meta-data/latest/api/token", platformMetadata, kindMetadataToken, (*Simulator).metadataToken},
	{http.MethodGet, "/openstack/latest/securitykey", platformMetadata, kindMetadataKey, (*Simulator).metadataKey},
}

// Metadata answers for the metadata service of a cloud server, which listens at
// http://169.254.169.254 there. Its requests are in the log of the Simulator.
func (s *Simulator) Metadata() http.Handler {
	return s.metadata
}

// ServeHTTP answers for the metadata service.
func (m *metadataService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rt, params, ok := matchRoute(metadataRoutes, r)
	if !ok || m.sim.opts.Metadata == MetadataOff {
		rt = route{platform: platformMetadata, kind: kindOther, serve: (*Simulator).noMetadata}
	}
	m.sim.play(w, &call{r: r, params: params}, rt)
}

func (s *Simulator) noMetadata(c *call) {
	c.metadataText(http.StatusNotFound, "404 Not Found")
}

// metadataToken issues a token of the metadata service.
func (s *Simulator) metadataToken(c *call) {
	if s.opts.Metadata == MetadataLegacy {
		s.noMetadata(c)
		return
	}
	seconds, err := strconv.Atoi(c.r.Header.Get(headerTTL))
	if err != nil || seconds < 1 || seconds > longestTTL {
		c.metadataText(http.StatusBadRequest, "400 Bad Request\n\nInvalid "+headerTTL)
		return
	}
	text := randomHex(28)
	s.locked(func() {
		s.metadata.tokens[text] = time.Now().Add(time.Duration(seconds) * time.Second)
		s.issued["metadata tokens"]++
	})
	c.metadataText(http.StatusOK, text)
}

// metadataKey answers with the temporary key pair of the cloud server, the same
// one until it is due for a new one.
func (s *Simulator) metadataKey(c *call) {
	if s.opts.Metadata == MetadataNoAgency {
		c.metadataText(http.StatusUnauthorized, "401 Unauthorized\n\nPlease configure Cloud Service Agency first")
		return
	}
	var credential map[string]string
	s.locked(func() {
		if s.admitMetadata(c.r) {
			credential = s.metadata.current().credential()
			c.entry.Subject = serverIdentity.String()
		}
	})
	if credential == nil {
		c.metadataText(http.StatusUnauthorized, "401 Unauthorized")
		return
	}
	c.json(http.StatusOK, map[string]any{"credential": credential})
}

// admitMetadata checks the token of the metadata service; the caller holds mu.
func (s *Simulator) admitMetadata(r *http.Request) bool {
	text := r.Header.Get(headerMetadata)
	if text == "" || s.opts.Metadata == MetadataLegacy {
		return s.opts.Metadata != MetadataRequired
	}
	return time.Now().Before(s.metadata.tokens[text])
}

// current is the pair of the cloud server; the caller holds mu.
func (m *metadataService) current() *keyPair {
	life := metadataKeyLife
	if limit := m.sim.opts.TemporaryKeyLife; limit > 0 {
		life = min(life, limit)
	}
	if m.key == nil || m.key.expires.Sub(m.sim.clock()) <= min(renewBefore, life/2) {
		m.key = m.sim.issueKeys("metadata", serverIdentity, life)
	}
	return m.key
}

// metadataText answers with plain text, as the service does for all but JSON.
func (c *call) metadataText(status int, text string) {
	c.raw(status, "text/plain", []byte(text))
}
