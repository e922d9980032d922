package roma

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// ProjectError is a project name that does not name one project.
type ProjectError struct {
	Name string
	// IDs are the projects of that name: none, or more than one.
	IDs []string
}

func (e *ProjectError) Error() string {
	if len(e.IDs) == 0 {
		return fmt.Sprintf("no project is named %q", e.Name)
	}
	return fmt.Sprintf("%d projects are named %q: %s", len(e.IDs), e.Name, strings.Join(e.IDs, ", "))
}

// project knows the project's id, or finds it out once.
type project struct {
	name string
	iam  *identity
	cred credentials

	turn turn
	// id is guarded by turn.
	id string
}

func newProject(config Config, iam *identity, cred credentials) (*project, error) {
	if config.ProjectID == "" {
		if config.ProjectName == "" {
			return nil, &httpapi.ConfigError{Field: "project_id", Problem: "or project_name or region is needed"}
		}
		if iam.api == nil {
			return nil, &httpapi.ConfigError{Field: "auth_url", Problem: "or region is needed to look up the project"}
		}
	}
	return &project{
		name: config.ProjectName, iam: iam, cred: cred,
		turn: make(chan struct{}, 1), id: config.ProjectID,
	}, nil
}

// errQuoted is an id with a secret in it, which would be in each path and message.
var errQuoted = errors.New("IAM gave an unusable project id")

func (p *project) resolve(ctx context.Context) (string, error) {
	if err := p.turn.take(ctx); err != nil {
		return "", err
	}
	defer p.turn.give()
	if p.id != "" {
		return p.id, nil
	}
	id, err := p.find(ctx)
	if err != nil {
		return "", err
	}
	if p.iam.redactor.Holds(id) {
		return "", errQuoted
	}
	p.id = id
	return id, nil
}

func (p *project) find(ctx context.Context) (string, error) {
	if l, ok := p.cred.(*login); ok {
		g, err := l.get(ctx, "")
		if err != nil || g.projectID != "" {
			return g.projectID, err
		}
	}
	found, err := p.lookUp(ctx)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(found, p.iam.redactor.Holds) {
		return "", errQuoted
	}
	if len(found) != 1 {
		return "", &ProjectError{Name: p.name, IDs: found}
	}
	return found[0], nil
}

// lookUp returns the ids of the projects of the name (KeystoneListProjects,
// IAM API reference).
func (p *project) lookUp(ctx context.Context) ([]string, error) {
	call := &httpapi.Call{
		Kind:   httpapi.Lookup,
		Method: http.MethodGet,
		Path:   "/v3/projects",
		Query:  map[string][]string{"name": {p.name}},
		Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}},
	}
	var ids []string
	err := authorize(ctx, p.cred, call, hexSHA256(nil), func(call *httpapi.Call) error {
		return p.iam.api.Parse(ctx, call, func(_ http.Header, data []byte) (err error) {
			ids, err = parseProjects(data, p.name)
			return err
		})
	})
	return ids, err
}

// parseProjects returns the ids of the projects called wanted. The query asks
// for exactly these; a server that ignores it must not decide where the
// assets go.
func parseProjects(data []byte, wanted string) ([]string, error) {
	var answer struct {
		Projects *[]name `json:"projects"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("no projects: %w", err)
	}
	if answer.Projects == nil {
		return nil, errors.New("no projects")
	}
	var ids []string
	for _, p := range *answer.Projects {
		if p.Name != wanted {
			continue
		}
		if err := checkID("project id", p.ID); err != nil {
			return nil, err
		}
		ids = append(ids, p.ID)
	}
	return ids, nil
}
