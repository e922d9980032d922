package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
)

// Lives of temporary key pairs from STS in seconds. They are shorter for a
// caller with a security token.
const (
	longestSTSLife = 12 * 60 * 60
	longestChained = 60 * 60
	usualSTSLife   = 60 * 60

	// stsTime is how STS writes times.
	stsTime = "2006-01-02T15:04:05.000Z"
)

var (
	agencyURN   = regexp.MustCompile(`^iam::([0-9a-f]+):agency:(.+)$`)
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,128}$`)
)

// assumeAgency is "Obtaining a Temporary Security Credential Through an Agency or
// Trust Agency" (IAM API reference for identity policies). In the cloud it is at
// the host of STS. It takes signatures only.
func (s *Simulator) assumeAgency(c *call) {
	if c.entry.Auth == authToken {
		c.fail(unauthorized("the operation takes a signature only"))
		return
	}
	if err := s.authenticate(c, route{platform: platformIAM, kind: kindAssume}); err != nil {
		c.fail(asFailure(err))
		return
	}
	var req struct {
		AgencyURN         string `json:"agency_urn"`
		AgencySessionName string `json:"agency_session_name"`
		DurationSeconds   *int   `json:"duration_seconds"`
	}
	if err := json.NewDecoder(io.LimitReader(c.r.Body, maxJSONBody)).Decode(&req); err != nil {
		c.failSTS(http.StatusBadRequest, "The request body is not JSON")
		return
	}
	parts := agencyURN.FindStringSubmatch(req.AgencyURN)
	if parts == nil || !sessionName.MatchString(req.AgencySessionName) {
		c.failSTS(http.StatusBadRequest, "agency_urn or agency_session_name is invalid")
		return
	}
	s.locked(func() { c.entry.Agency = parts[2] })
	in, found := findAccount(named{ID: parts[1]})
	a, there := findAgency(in, parts[2])
	if !found || !there {
		c.failSTS(http.StatusNotFound, fmt.Sprintf("The agency %s does not exist", req.AgencyURN))
		return
	}
	if !a.admits(c.identity) {
		c.failSTS(http.StatusForbidden, "Access denied: sts:agencies:assume is not allowed on "+req.AgencyURN)
		return
	}
	longest := longestSTSLife
	if c.entry.Auth == authTemporaryKey {
		longest = longestChained
	}
	life, ok := s.keyLife(c, req.DurationSeconds, usualSTSLife, longest)
	if !ok {
		c.failSTS(http.StatusBadRequest, fmt.Sprintf("duration_seconds is not from %d to %d", shortestKeyLife, longest))
		return
	}
	var key *keyPair
	s.locked(func() { key = s.issueKeys("STS", a.identity, life) })
	c.json(http.StatusOK, map[string]any{
		"assumed_agency": map[string]string{
			"id":  a.id + ":" + req.AgencySessionName,
			"urn": "sts::" + in.id + ":assumed-agency:" + a.name + "/" + req.AgencySessionName,
		},
		"credentials": map[string]string{
			"access_key_id": key.access, "secret_access_key": key.secret, "security_token": key.securityToken,
			"expiration": key.expires.UTC().Format(stsTime),
		},
	})
}

// failSTS answers with an error of STS. Its documents give the form of the
// codes, not the codes.
func (c *call) failSTS(status int, text string) {
	body := map[string]string{"error_code": fmt.Sprintf("STS5.1%03d", status), "error_msg": text}
	if status == http.StatusForbidden {
		body["encoded_authorization_message"] = randomHex(32)
	}
	c.json(status, body)
}
