package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// keyPolicy narrows what a temporary key pair may do ("policy" in Obtaining
// Temporary Access Keys and Security Tokens of an IAM User, IAM API reference).
// Only OBS looks at it, as documented there; the pair has its other rights.
type keyPolicy struct {
	Version   string            `json:"Version"`
	Statement []policyStatement `json:"Statement"`
}

type policyStatement struct {
	Effect    string          `json:"Effect"`
	Action    []string        `json:"Action"`
	Resource  []string        `json:"Resource"`
	Condition json.RawMessage `json:"Condition,omitempty"`
}

// Limits and words of a policy (Policy Content, IAM API reference).
const (
	policyVersion = "1.1"
	effectAllow   = "Allow"
	effectDeny    = "Deny"
	maxStatements = 8
)

var (
	policyAction = regexp.MustCompile(`^[a-zA-Z0-9_*-]+:[a-zA-Z0-9_*-]+:[a-zA-Z0-9_*-]+$`)
	// policyResource is SERVICE:REGION:ACCOUNT:TYPE:PATH.
	policyResource = regexp.MustCompile(`^[a-zA-Z0-9_*-]+:[^:]*:[^:]*:[a-zA-Z0-9_*-]+:.+$`)
)

// check refuses what IAM would not take. Conditions are not simulated.
func (p *keyPolicy) check() error {
	if p.Version != policyVersion {
		return fmt.Errorf("the version of a policy is %s", policyVersion)
	}
	if len(p.Statement) == 0 || len(p.Statement) > maxStatements {
		return fmt.Errorf("a policy has 1 to %d statements", maxStatements)
	}
	for _, st := range p.Statement {
		switch {
		case st.Effect != effectAllow && st.Effect != effectDeny:
			return errors.New("the effect is Allow or Deny")
		case len(st.Action) == 0 || slices.ContainsFunc(st.Action, func(a string) bool { return !policyAction.MatchString(a) }):
			return errors.New("an action is SERVICE:TYPE:OPERATION")
		case slices.ContainsFunc(st.Resource, func(r string) bool { return !policyResource.MatchString(r) }):
			return errors.New("a resource is SERVICE:REGION:ACCOUNT:TYPE:PATH")
		case len(st.Condition) > 0:
			return errors.New("conditions are not simulated")
		}
	}
	return nil
}

// acceptPolicy takes the policy of a request for a temporary key pair, if it
// has one, and tells whether it is in order.
func (s *Simulator) acceptPolicy(c *call, p *keyPolicy) bool {
	if p == nil {
		return true
	}
	text, err := json.Marshal(p)
	if err != nil || p.check() != nil {
		return false
	}
	c.policy = p
	s.locked(func() { c.entry.Policy = string(text) })
	return true
}

// allows tells whether something may be done with an object, for which path is
// BUCKET/KEY. Deny wins.
func (p *keyPolicy) allows(action, path string) bool {
	allowed := false
	for _, st := range p.Statement {
		if !st.covers(action, path) {
			continue
		}
		if st.Effect == effectDeny {
			return false
		}
		allowed = true
	}
	return allowed
}

// covers tells whether a statement is about an action on an object. Without
// resources it is about all of them. Names of actions and of the service have no
// case: the documents write "OBS:*:*:object:*" too.
func (st policyStatement) covers(action, path string) bool {
	if !slices.ContainsFunc(st.Action, func(pattern string) bool {
		return wildcard(strings.ToLower(pattern), strings.ToLower(action))
	}) {
		return false
	}
	if len(st.Resource) == 0 {
		return true
	}
	return slices.ContainsFunc(st.Resource, func(resource string) bool {
		parts := strings.SplitN(resource, ":", 5)
		return wildcard(strings.ToLower(parts[0]), platformOBS) && wildcard(parts[1], region) && wildcard(parts[2], domainID) &&
			wildcard(parts[3], "object") && wildcard(parts[4], path)
	})
}

// wildcard matches a text with a pattern in which an asterisk stands for any
// text.
func wildcard(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[last])
}

// action is what a policy calls a request (Object-related actions, OBS
// permissions and supported actions).
func (at *target) action(kind string) string {
	const object = "obs:object:"
	name := map[string]string{
		kindStoreHead: "GetObject", kindStoreGet: "GetObject",
		kindStorePut: "PutObject", kindStoreBegin: "PutObject", kindStorePart: "PutObject", kindStoreComplete: "PutObject",
		kindStoreAbort: "AbortMultipartUpload", kindStoreDelete: "DeleteObject",
	}[kind]
	if at.version != "" && (name == "GetObject" || name == "DeleteObject") {
		name += "Version"
	}
	return object + name
}
