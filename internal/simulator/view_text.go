package simulator

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// mostText is how many bytes of a text the page shows: names in an archive,
	// paths of requests and texts of faults can have any length, and all of them
	// are sent with each change.
	mostText = 500
	// mostMessages is how many messages of a job it shows.
	mostMessages = 20
	hidden       = "***"
)

// clip shortens a text, between two characters.
func clip(text string) string {
	if len(text) <= mostText {
		return text
	}
	end := mostText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// clipAll shortens a list and its texts.
func clipAll(texts []string) []string {
	shown := make([]string, 0, min(len(texts), mostMessages+1))
	for _, text := range texts[:min(len(texts), mostMessages)] {
		shown = append(shown, clip(text))
	}
	if more := len(texts) - len(shown); more > 0 {
		shown = append(shown, "and "+counted(more, "more message"))
	}
	return shown
}

// secrets are all credentials of this run; the caller holds mu.
func (s *Simulator) secrets() []string {
	all := []string{s.promoter.password, s.operator.password}
	for _, key := range slices.Concat(s.keys, s.stores[platformS3].keys) {
		all = append(all, key.access, key.secret, key.securityToken)
	}
	all = slices.AppendSeq(all, maps.Keys(s.tokens))
	for _, srv := range s.csa {
		all = append(all, srv.password)
		for _, p := range srv.people {
			all = append(all, p.id)
		}
	}
	return slices.DeleteFunc(all, func(text string) bool { return text == "" })
}

// conceal hides what a client put into a path by mistake: credentials, and what
// follows an escaped question mark, which is a query.
func conceal(path string, secrets []string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		// Every JSON web token begins so.
		secret := strings.Contains(plain, "eyJ") || slices.ContainsFunc(secrets, func(secret string) bool {
			return strings.Contains(plain, secret)
		})
		switch before, _, query := strings.Cut(plain, "?"); {
		case query && !secret:
			// Nothing in there can be told from a part of a secret.
			return strings.Join(append(segments[:i:i], url.PathEscape(before)+"%3F"+hidden), "/")
		case query:
			return strings.Join(append(segments[:i:i], hidden), "/")
		case secret:
			segments[i] = hidden
		}
	}
	return strings.Join(segments, "/")
}
