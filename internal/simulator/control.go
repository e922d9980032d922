package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// control answers for the Simulator itself, below /_simulator/.
func (s *Simulator) control(w http.ResponseWriter, r *http.Request) {
	what := strings.TrimPrefix(r.URL.Path, controlPrefix)
	err := admitControl(r)
	if err == nil && looks(r) && what == "events" {
		s.sendEvents(w, r)
		return
	}
	var answer any
	if err == nil {
		answer, err = s.controlled(what, r)
	}
	status := http.StatusOK
	switch {
	case errors.Is(err, errNotHere):
		status = http.StatusForbidden
	case errors.Is(err, errNoControl):
		status = http.StatusNotFound
	case err != nil:
		status = http.StatusBadRequest
	}
	if err != nil {
		answer = map[string]string{"error": err.Error()}
	}
	data, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("the simulator cannot encode its own answer: %v", err))
	}
	protect(w.Header())
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client that went away needs no answer.
	_, _ = w.Write(append(data, '\n'))
}

var errNoControl = errors.New("there is requests (GET, DELETE, POST ?reset), faults (GET, POST, DELETE), " +
	"state (GET), view (GET), events (GET), actions (GET), archives (GET), assets (POST), store (POST), finish (POST), expire (POST ?what=tokens, keys, all or archives), " +
	"revoke (POST), id-token (POST ?life=1h)")

func (s *Simulator) controlled(what string, r *http.Request) (any, error) {
	done := map[string]bool{"ok": true}
	method := r.Method
	if looks(r) {
		method = http.MethodGet
	}
	switch method + " " + what {
	case "GET requests":
		return s.Requests(), nil
	case "DELETE requests":
		s.ResetRequests()
		return done, nil
	case "POST requests":
		if !r.URL.Query().Has("reset") {
			return nil, errors.New("the only thing to post here is ?reset")
		}
		s.ResetRequests()
		return done, nil
	case "GET faults":
		return s.PendingFaults(), nil
	case "POST faults":
		return done, s.orderJSON(r.Body)
	case "DELETE faults":
		s.ClearFaults()
		return done, nil
	case "GET state":
		return s.State(), nil
	case "GET view":
		return s.view(), nil
	case "GET actions":
		return faultForms(), nil
	case "GET archives":
		return s.ServedArchives(), nil
	case "POST assets":
		return done, s.putJSON(r.Body)
	case "POST store":
		return done, s.putBucketsJSON(r.Body)
	case "POST finish":
		s.FinishJobs()
		return done, nil
	case "POST expire":
		return done, s.expire(r.URL.Query().Get("what"))
	case "POST revoke":
		s.RevokeTokens()
		return done, nil
	case "POST id-token":
		life, err := time.ParseDuration(orDefault(r.URL.Query().Get("life"), "1h"))
		if err != nil {
			return nil, fmt.Errorf("life: %w", err)
		}
		return map[string]string{"id_token": s.IDToken(life)}, nil
	default:
		return nil, errNoControl
	}
}

// expire ends credentials that were issued, or packages that were made, so far.
// All are all credentials.
func (s *Simulator) expire(what string) error {
	switch what {
	case "tokens":
		s.ExpireTokens()
	case "keys":
		s.ExpireTemporaryKeys()
	case "archives":
		s.ExpireArchives()
	case "", "all":
		s.ExpireTokens()
		s.ExpireTemporaryKeys()
	default:
		return fmt.Errorf("what is tokens, keys, all (of both) or archives, not %q", what)
	}
	return nil
}

// orderJSON orders one fault or an array of them.
func (s *Simulator) orderJSON(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read the faults: %w", err)
	}
	var faults []Fault
	if data = bytes.TrimSpace(data); bytes.HasPrefix(data, []byte("[")) {
		err = strict(data, &faults)
	} else {
		faults = make([]Fault, 1)
		err = strict(data, &faults[0])
	}
	if err != nil {
		return err
	}
	return s.Order(faults...)
}

func (s *Simulator) putJSON(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read the assets: %w", err)
	}
	var assets Assets
	if err := strict(data, &assets); err != nil {
		return err
	}
	for name, content := range assets.Instances {
		if err := s.Put(name, content.Apps, content.Tasks); err != nil {
			return err
		}
	}
	for name, content := range assets.CSA {
		if content.Organizations != nil || content.Flows != nil {
			return errors.New("only the artifacts of a CSA server can be changed")
		}
		if err := s.PutArtifacts(name, content.Artifacts...); err != nil {
			return err
		}
	}
	if assets.Stores != nil {
		return s.PutBuckets(*assets.Stores)
	}
	return nil
}

// putBucketsJSON adds buckets or changes their switches.
func (s *Simulator) putBucketsJSON(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read the buckets: %w", err)
	}
	var buckets StoreAssets
	if err := strict(data, &buckets); err != nil {
		return err
	}
	return s.PutBuckets(buckets)
}

// strict decodes JSON and refuses unknown fields.
func strict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("decode the body: %w", err)
	}
	return nil
}

// Put changes an instance as somebody at the console would: apps and tasks
// with a known id are replaced, others added.
func (s *Simulator) Put(instance string, apps []App, tasks []Task) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.settle(now)
	in, err := s.instanceByName(instance)
	if err != nil {
		return err
	}
	if err := in.put(apps, tasks, now); err != nil {
		return fmt.Errorf("instance %q: %w", instance, err)
	}
	return nil
}
