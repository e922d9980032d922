package simulator

import (
	"maps"
	"time"
)

// State is what the Simulator holds.
type State struct {
	Instances map[string]InstanceState `json:"instances"`
	// CSA has the CSA servers by their names.
	CSA map[string]CSAState `json:"csa"`
	// Stores are "obs" and "s3".
	Stores map[string]StoreState `json:"stores"`
	// Issued counts the credentials that were issued: "tokens by password",
	// "tokens by id_token", "keys by token", "keys by assume_role", "keys by
	// STS", "keys by metadata", "metadata tokens".
	Issued map[string]int `json:"issued"`
}

// InstanceState is what one instance holds.
type InstanceState struct {
	ID    string `json:"id"`
	Apps  []App  `json:"apps"`
	Tasks []Task `json:"tasks"`
	// Jobs counts jobs as "export succeeded", "import running" and so on.
	Jobs map[string]int `json:"jobs"`
	// Archives counts the packages that wait for their download.
	Archives int `json:"archives"`
}

// State describes the instances, the CSA servers and the stores as of now.
func (s *Simulator) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(time.Now())
	all := make(map[string]InstanceState, len(s.instances))
	for _, in := range s.instances {
		state := InstanceState{ID: in.id, Apps: []App{}, Tasks: []Task{}, Jobs: make(map[string]int)}
		for _, app := range in.apps {
			state.Apps = append(state.Apps, app.App)
		}
		for _, task := range in.tasks {
			state.Tasks = append(state.Tasks, task.Task)
		}
		for _, j := range s.jobs {
			if j.inst == in {
				state.Jobs[j.kind+" "+j.outcome()]++
			}
		}
		for _, a := range s.archives {
			if a.inst == in && !a.gone() {
				state.Archives++
			}
		}
		all[in.name] = state
	}
	servers := make(map[string]CSAState, len(s.csa))
	for name, srv := range s.csa {
		servers[name] = srv.state()
	}
	stores := make(map[string]StoreState, len(s.stores))
	for name, st := range s.stores {
		stores[name] = st.state()
	}
	return State{Instances: all, CSA: servers, Stores: stores, Issued: maps.Clone(s.issued)}
}

func (j *job) outcome() string {
	switch {
	case !j.ended:
		return "running"
	case j.failed():
		return "failed"
	default:
		return "succeeded"
	}
}

// PendingFault is a fault that waits for its requests.
type PendingFault struct {
	Fault
	// Left is how often it will still apply, -1 for ever.
	Left int `json:"left"`
	// Seen is how many requests it matched so far.
	Seen int `json:"seen"`
}

// PendingFaults are the faults that wait, in the order in which they were
// ordered.
func (s *Simulator) PendingFaults() []PendingFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]PendingFault, len(s.faults))
	for i, o := range s.faults {
		all[i] = PendingFault{o.Fault, o.left, o.seen}
	}
	return all
}
