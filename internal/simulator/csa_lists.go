package simulator

import (
	"net/http"
	"net/url"
	"slices"
)

// csaCatalogs is "List catalogs" (Catalog API, CSA 4.80 API reference).
func (s *Simulator) csaCatalogs(c *call) {
	s.answerList(c, "CatalogList", "catalog", func() ([]*artifactRecord, *failure) {
		return c.server.ofType(typeCatalog), nil
	})
}

// csaOfferings is "List offerings in the catalog": the published ones.
func (s *Simulator) csaOfferings(c *call) {
	s.answerList(c, "ServiceOfferingList", "ServiceOffering", func() ([]*artifactRecord, *failure) {
		catalog := c.server.artifact(c.params["id"])
		if catalog == nil || catalog.Type != typeCatalog {
			return nil, csaFailure(http.StatusNotFound, "Catalog %s does not exist", c.params["id"])
		}
		return slices.DeleteFunc(c.server.ofType(typeOffering), func(a *artifactRecord) bool {
			return !slices.Contains(catalog.Uses, a.ID)
		}), nil
	})
}

// csaArtifacts is "List resource providers" (Artifact API). No other type is
// documented for this call.
func (s *Simulator) csaArtifacts(c *call) {
	s.answerList(c, "ResourceProviderList", "resourceProvider", func() ([]*artifactRecord, *failure) {
		if got := c.r.URL.Query().Get("artifactType"); got != typeProvider {
			return nil, csaFailure(http.StatusNotFound, "Artifacts of type %q cannot be listed", got)
		}
		return c.server.ofType(typeProvider), nil
	})
}

// ofType finds artifacts that are not retired; the caller holds mu.
func (srv *csaServer) ofType(artifactType string) []*artifactRecord {
	var all []*artifactRecord
	for _, a := range srv.artifacts {
		if a.Type == artifactType && !a.Retired {
			all = append(all, a)
		}
	}
	return all
}

func (s *Simulator) answerList(c *call, name, item string, choose func() ([]*artifactRecord, *failure)) {
	var items []element
	var f *failure
	s.locked(func() {
		var chosen []*artifactRecord
		chosen, f = choose()
		for _, a := range chosen {
			e := a.view(restricted(c.r.URL.Query()))
			e.name = item
			items = append(items, e)
		}
	})
	if f != nil {
		c.fail(f)
		return
	}
	c.document(list(name, items))
}

// restricted tells whether an answer lacks times, people and descriptions: so
// it is by default since 4.80 (Values for the restrict parameter).
func restricted(query url.Values) bool {
	return query.Get("restrict") != "false"
}

// csaArtifact is "View an artifact".
func (s *Simulator) csaArtifact(c *call) {
	var e element
	found := s.withArtifact(c, func(a *artifactRecord) {
		e = a.view(restricted(c.r.URL.Query()))
	})
	if found {
		c.document(e)
	}
}

// csaArtifactState is "Retrieve artifact state and status", always JSON.
func (s *Simulator) csaArtifactState(c *call) {
	var state map[string]any
	found := s.withArtifact(c, func(a *artifactRecord) {
		state = map[string]any{"id": a.ID, "artifactType": a.Type, "artifactState": stateName(a.Retired), "state": nil, "status": nil}
	})
	if found {
		c.csaJSON(state)
	}
}

// withArtifact looks at the artifact of the path under mu, or answers 404.
func (s *Simulator) withArtifact(c *call, look func(*artifactRecord)) (found bool) {
	s.locked(func() {
		if a := c.server.artifact(c.params["id"]); a != nil {
			found = true
			look(a)
		}
	})
	if !found {
		c.failCSA(http.StatusNotFound, csaUsual(http.StatusNotFound))
	}
	return found
}

// view is an artifact as lists and the Artifact API show it. The elements
// inside have ids and names of their own.
func (a *artifactRecord) view(short bool) element {
	e := tree(kindOf(a.Type).root, leaf("id", a.ID), leaf("objectId", a.ID))
	if !short {
		e.inside = append(e.inside, timeLeaf("createdOn", a.created), timeLeaf("updatedOn", a.updated),
			maker("createdBy"), maker("updatedBy"))
	}
	e.inside = append(e.inside, leaf("isCriticalSystemObject", false))
	if !short && a.Description != "" {
		e.inside = append(e.inside, leaf("description", a.Description))
	}
	e.inside = append(e.inside, leaf("name", a.Name), leaf("displayName", a.DisplayName), stateElement(a.Retired),
		tree("artifactType", leaf("id", "90d96588360da0c701360da0eec00018"), leaf("name", a.Type), leaf("displayName", kindOf(a.Type).words)))
	if a.Organization != "" {
		e.inside = append(e.inside, tree("organization", leaf("name", a.Organization), leaf("displayName", a.Organization)))
	}
	e.inside = append(e.inside, leaf("disabled", false))
	return e
}

// maker is who made or changed an artifact. Its id is the one of the built-in
// administrator in archives, and no userIdentifier here.
func maker(name string) element {
	return tree(name, leaf("id", "90d96588360da0c701360da0f1d600a1"), leaf("isCriticalSystemObject", true),
		leaf("name", csaUser), leaf("displayName", csaUser), leaf("disabled", false))
}

// stateName is the artifactState of all artifacts (Retrieve artifact state and
// status, CSA 4.90).
func stateName(retired bool) string {
	if retired {
		return "RETIRED"
	}
	return "ACTIVE"
}

func stateElement(retired bool) element {
	words := "Active"
	if retired {
		words = "Retired"
	}
	return tree("state", leaf("id", "90d96588360da0c701360da0ef470038"), leaf("objectId", "90d96588360da0c701360da0ef470038"),
		leaf("isCriticalSystemObject", true), leaf("name", stateName(retired)), leaf("displayName", words), leaf("disabled", false))
}
