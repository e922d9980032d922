package simulator

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// controlPrefix is where the Simulator itself is asked and told, as opposed to
// what it simulates.
const controlPrefix = "/_simulator/"

// call is one request on its way through the Simulator.
type call struct {
	r         *http.Request
	w         *answerWriter
	entry     *Request
	params    map[string]string
	requestID string
	// identity is on whose behalf the request is, once it was authenticated.
	identity identity
	// policy narrows the temporary key pair that the request asks for.
	policy *keyPolicy
	// instance is the instance that the path names, when it names one.
	instance *instance
	// server is the CSA server that the request is for, person on whose
	// behalf it is.
	server *csaServer
	person *person
	// at is the object that the request is for, bucket where it is.
	at     *target
	bucket *bucket
	// cleanup removes what was spooled.
	cleanup []func()
}

// ServeHTTP answers for ROMA Connect, IAM, CSA and the Simulator itself. It ends an
// answer that a fault breaks off with http.ErrAbortHandler.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.control(w, r)
		return
	}
	if st := s.proxiedStore(r); st != nil {
		st.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == "/" && looks(r) && localHost(r) {
		servePage(w)
		return
	}
	srv, rt, params := s.findCSA(r)
	if srv == nil {
		rt, params = findRoute(r)
	}
	s.play(w, &call{r: r, server: srv, params: params}, rt)
}

// play answers a request for one of the platforms or stores.
func (s *Simulator) play(w http.ResponseWriter, c *call, rt route) {
	s.begin(w, c, rt)
	start := time.Now()
	defer func() {
		s.locked(func() { c.entry.DurationMS = time.Since(start).Milliseconds() })
		for _, f := range c.cleanup {
			f()
		}
	}()
	if fault := s.takeFault(c); fault != nil {
		if actions[fault.Do].answer != nil {
			actions[fault.Do].answer(s, c, fault)
			return
		}
		s.endCredentials(fault.Do)
		c.w.fault = fault
	}
	switch {
	case c.server != nil:
		s.dispatchCSA(c, rt)
	case c.at != nil:
		s.dispatchStore(c, rt)
	default:
		s.dispatch(c, rt)
	}
	if c.w.fault != nil && c.w.fault.Do == doDropAfter {
		abort()
	}
}

// endCredentials does what some faults do before the request is served.
func (s *Simulator) endCredentials(do string) {
	switch do {
	case doExpireToken:
		s.ExpireTokens()
	case doRevokeToken:
		s.RevokeTokens()
	case doExpireKeys:
		s.ExpireTemporaryKeys()
	}
}

// begin writes the request into the log, where it stays even if it is never
// answered, and sets the headers that every answer of a platform has.
func (s *Simulator) begin(w http.ResponseWriter, c *call, rt route) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, srv := c.r, c.server
	now := time.Now()
	s.settle(now)
	s.seq++
	entry := &Request{
		Seq: s.seq, Time: now.UTC(), Platform: rt.platform, Kind: rt.kind, DurationMS: underWay,
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Auth: carried(r),
		ContentType: r.Header.Get("Content-Type"), UserAgent: r.UserAgent(),
	}
	if srv != nil {
		entry.Instance, entry.Query, entry.Cookie = srv.name, redact(entry.Query), r.Header.Get("Cookie") != ""
	}
	if c.at != nil {
		entry.Path, entry.Query, entry.Object = c.at.path, redactSigned(entry.Query), c.at.logged(r)
	}
	s.log = append(s.log, entry)
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.Body = &countedBody{body: r.Body, sim: s, entry: entry}
	c.entry, c.requestID = entry, randomHex(16)
	c.w = &answerWriter{w: w, sim: s, ctx: r.Context(), entry: entry}
	switch {
	case srv != nil:
		greetCSA(w, r, srv)
	case c.at != nil:
		c.greetStore()
	default:
		w.Header().Set("X-Request-Id", c.requestID)
		w.Header().Set("Date", s.clock().UTC().Format(http.TimeFormat))
	}
}

// dispatch does what the gateway and the start of every operation do, in that
// order: limits, credentials, project, instance.
func (s *Simulator) dispatch(c *call, rt route) {
	if f := s.limitBody(c.r); f != nil {
		c.fail(f)
		return
	}
	if rt.open() {
		rt.serve(s, c)
		return
	}
	if err := s.authenticate(c, rt); err != nil {
		c.fail(asFailure(err))
		return
	}
	if f := s.resolve(c); f != nil {
		c.fail(f)
		return
	}
	rt.serve(s, c)
}

// limitBody refuses a body above MaxBody, before reading it where its length
// is announced.
func (s *Simulator) limitBody(r *http.Request) *failure {
	if s.opts.MaxBody <= 0 {
		return nil
	}
	f := &failure{
		status: http.StatusRequestEntityTooLarge, code: gatewayTooLarge, gateway: true,
		message: "Request entity too large",
	}
	if r.ContentLength > s.opts.MaxBody {
		return f
	}
	r.Body = &limitedBody{ReadCloser: r.Body, left: s.opts.MaxBody, failure: f}
	return nil
}

// resolve checks the project and finds the instance of the path.
func (s *Simulator) resolve(c *call) *failure {
	project, ok := c.params["project"]
	if !ok {
		return nil
	}
	if project != c.identity.account.project {
		return s.refuse(http.StatusForbidden, codeNoPermission, "No permission for project %s", project)
	}
	if c.identity.powerless {
		return s.refuse(http.StatusForbidden, codeNoPermission, "No permission: %s may not use ROMA Connect", c.identity)
	}
	if header := c.r.Header.Get("X-Project-Id"); header != "" && header != project {
		return s.refuse(http.StatusForbidden, codeNoPermission, "X-Project-Id is not the project of the URL")
	}
	id, ok := c.params["instance"]
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.instance = s.instanceByID(id); c.instance == nil {
		return s.refuse(http.StatusNotFound, codeInvalidURL, "Instance %s does not exist", id)
	}
	return nil
}

// limitedBody refuses to read more than an allowance.
type limitedBody struct {
	io.ReadCloser
	left    int64
	failure *failure
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, b.failure
	}
	return n, err
}

// asFailure is the answer to an error: the error itself where it is an answer,
// else a body that could not be read.
func asFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	return &failure{status: http.StatusBadRequest, code: gatewayTooLarge, gateway: true, message: "Bad request: " + err.Error()}
}
