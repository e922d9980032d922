package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// importWork is what an import would leave behind.
type importWork struct {
	// artifacts are all of the server afterwards.
	artifacts []*artifactRecord
	// imported are those that were made or overwritten, in the order of the
	// archive.
	imported []Artifact
	// notes are about what was left as it is although it was to be overwritten.
	notes    []string
	problems []string
}

// globalCatalog can neither be imported nor deleted (Catalogs, CSA 4.90).
const globalCatalog = "Global Shared Catalog"

// supersededTime is how CSA writes a time for people.
const supersededTime = "January 2, 2006 3:04:05 PM MST"

// plan works out an import without doing it; the caller holds mu. What is
// there under the same name is skipped, overwritten or renamed.
//
// An update does not change published offerings and designs (Console Help of CSA
// 4.70). That the import is a success then, with a message about each of them, is
// assumed: the documents say neither.
func (srv *csaServer) plan(pack *csaPackage, options csaImportOptions, now time.Time) *importWork {
	work := &importWork{problems: slices.Concat(pack.problems, srv.missingFlows(pack))}
	next := &csaServer{artifacts: slices.Clone(srv.artifacts)}
	ids := make(map[string]string)
	var changed []Artifact
	for i := range pack.artifacts {
		a := pack.artifacts[i].clone()
		if a.Type == typeCatalog {
			a.Organization = options.organization
		}
		if a.DisplayName == globalCatalog {
			work.problems = append(work.problems, "The "+globalCatalog+" cannot be imported.")
		}
		old := next.same(&a)
		if old != nil && old.Forbidden && (options.update || options.preserve) {
			work.problems = append(work.problems, describe(&a)+" cannot be changed by this user.")
		}
		archived := a.ID
		switch {
		case old == nil:
			a.ID = randomHex(16)
		case options.update && srv.published(old):
			work.notes = append(work.notes, describe(&a)+" is published and is not updated.")
			ids[archived] = old.ID
			continue
		case options.update:
			a.ID = old.ID
		case options.preserve:
			next.supersede(old, now)
			a.ID = randomHex(16)
		default:
			// The console's words: what is equal is not imported.
			ids[archived] = old.ID
			continue
		}
		ids[archived] = a.ID
		changed = append(changed, a)
	}
	for _, a := range changed {
		a.Uses = translate(a.Uses, ids, next)
		next.store(a, now)
		work.imported = append(work.imported, a)
	}
	work.artifacts = next.artifacts
	return work
}

// published tells whether an offering is in a catalog, or a design was published.
func (srv *csaServer) published(a *artifactRecord) bool {
	return a.Published || a.Type == typeOffering && slices.ContainsFunc(srv.artifacts, func(b *artifactRecord) bool {
		return b.Type == typeCatalog && slices.Contains(b.Uses, a.ID)
	})
}

// missingFlows are the process definitions that are not deployed here: they
// fail an import, an update and a preview (Service design import, CSA 4.80).
func (srv *csaServer) missingFlows(pack *csaPackage) []string {
	var problems []string
	for i := range pack.artifacts {
		for _, flow := range pack.artifacts[i].Flows {
			if !slices.Contains(srv.flows, flow) {
				problems = append(problems, fmt.Sprintf("%s: process definition %s does not exist.", describe(&pack.artifacts[i]), flow))
			}
		}
	}
	return problems
}

// describe names an artifact as messages do.
func describe(a *Artifact) string {
	return kindOf(a.Type).words + " " + a.DisplayName
}

// supersede keeps an artifact under the next free name. What refers to it
// goes on to do so.
func (srv *csaServer) supersede(old *artifactRecord, now time.Time) {
	kept := *old
	for n := 1; ; n++ {
		suffix := "-" + strconv.Itoa(n)
		kept.Name, kept.DisplayName = old.Name+suffix, old.DisplayName+suffix
		if srv.same(&kept.Artifact) == nil {
			break
		}
	}
	kept.Description = strings.TrimSpace("Superseded on " + now.UTC().Format(supersededTime) + ". " + old.Description)
	kept.updated = now
	srv.artifacts[slices.Index(srv.artifacts, old)] = &kept
}

// translate turns ids of the archive into those of the server. What is
// neither in the archive nor on the server is dropped.
func translate(uses []string, ids map[string]string, srv *csaServer) []string {
	var all []string
	for _, id := range uses {
		if here, ok := ids[id]; ok {
			all = append(all, here)
		} else if srv.artifact(id) != nil {
			all = append(all, id)
		}
	}
	return all
}
