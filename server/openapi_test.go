package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"parodywave/server/internal/wire"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// TestMain has every answer that a test gets through http.DefaultClient checked
// against openapi.json.
func TestMain(m *testing.M) {
	c, err := newContract(described)
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi.json:", err)
		os.Exit(1)
	}
	http.DefaultClient.Transport = c
	os.Exit(m.Run())
}

// A contract is an http.RoundTripper that checks requests and answers against a
// description, and returns a difference as an error.
type contract struct {
	doc *openapi3.T
	mux *http.ServeMux

	mu   sync.Mutex
	seen map[string]bool // "GET /path 200"
}

// newContract reads a description. Objects may have only the fields that it
// describes.
func newContract(file []byte) (*contract, error) {
	var all any
	if err := json.Unmarshal(file, &all); err != nil {
		return nil, err
	}
	closeObjects(all)
	closed, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(closed)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		return nil, err
	}
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.PlainBodyDecoder)
	c := &contract{doc: doc, mux: http.NewServeMux(), seen: map[string]bool{}}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			c.mux.HandleFunc(method+" "+path, func(http.ResponseWriter, *http.Request) {})
		}
	}
	return c, nil
}

func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, listed := v["additionalProperties"]; v["type"] == "object" && !listed {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			closeObjects(x)
		}
	case []any:
		for _, x := range v {
			closeObjects(x)
		}
	}
}

// RoundTrip implements http.RoundTripper.
func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	route, pattern := c.route(r)
	if route == nil || r.URL.Query().Get("follow") == "true" { // no end to wait for
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err := c.check(r, sent, resp, body, route); err != nil {
		return nil, fmt.Errorf("openapi.json does not describe this: %s: %d %.300s: %w", r.URL, resp.StatusCode, body, err)
	}
	c.mu.Lock()
	c.seen[fmt.Sprint(pattern, " ", resp.StatusCode)] = true
	c.mu.Unlock()
	return resp, nil
}

// route returns the operation of a request, nil if there is none.
func (c *contract) route(r *http.Request) (*routers.Route, string) {
	_, pattern := c.mux.Handler(r)
	_, path, ok := strings.Cut(pattern, " ")
	if !ok {
		return nil, ""
	}
	item := c.doc.Paths.Value(path)
	return &routers.Route{Spec: c.doc, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)}, pattern
}

func (c *contract) check(r *http.Request, sent []byte, resp *http.Response, body []byte, route *routers.Route) error {
	ctx := context.Background()
	in := c.request(r, sent, route)
	if resp.StatusCode < 300 { // what was taken must be what may be sent
		if err := openapi3filter.ValidateRequest(ctx, in); err != nil {
			return err
		}
		for name := range r.URL.Query() {
			if route.Operation.Parameters.GetByInAndName("query", name) == nil {
				return fmt.Errorf("a query %q", name)
			}
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(ctx, out.SetBodyBytes(body)); err != nil || resp.StatusCode != http.StatusOK {
		return err
	}
	if route.Operation.OperationID == "getEvents" {
		return c.checkLines(body)
	}
	return nil
}

// request returns r as it is checked. The server ignores the type of a body: a
// missing one is set to the described one.
func (c *contract) request(r *http.Request, sent []byte, route *routers.Route) *openapi3filter.RequestValidationInput {
	clone := r.Clone(context.Background())
	clone.Body = io.NopCloser(bytes.NewReader(sent))
	if b := route.Operation.RequestBody; b != nil && clone.Header.Get("Content-Type") == "" {
		for kind := range b.Value.Content {
			clone.Header.Set("Content-Type", kind)
		}
	}
	mux, params := http.NewServeMux(), map[string]string{}
	mux.HandleFunc(route.Path, func(_ http.ResponseWriter, r *http.Request) {
		for _, p := range route.PathItem.Parameters {
			params[p.Value.Name] = r.PathValue(p.Value.Name)
		}
	})
	mux.ServeHTTP(nil, clone)
	return &openapi3filter.RequestValidationInput{Request: clone, PathParams: params, QueryParams: r.URL.Query(), Route: route}
}

func (c *contract) checkLines(body []byte) error {
	for line := range bytes.Lines(body) {
		var v any
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		if err := c.doc.Components.Schemas["EventLine"].Value.VisitJSON(v, openapi3.EnableJSONSchema2020()); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

// A routeList is a router that keeps the patterns of its routes.
type routeList []string

func (l *routeList) HandleFunc(pattern string, _ func(http.ResponseWriter, *http.Request)) {
	*l = append(*l, pattern)
}

func TestEveryRouteIsDescribedAndEveryPathServed(t *testing.T) {
	var served routeList
	new(Server).programRoutes(&served, health{}, nil)
	c := http.DefaultClient.Transport.(*contract)
	var listed []string
	for path, item := range c.doc.Paths.Map() {
		for method := range item.Operations() {
			listed = append(listed, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(listed)
	if !slices.Equal(served, listed) {
		t.Errorf("served:\n%s\ndescribed:\n%s", strings.Join(served, "\n"), strings.Join(listed, "\n"))
	}
	if len(listed) < 15 {
		t.Errorf("only %d operations", len(listed))
	}
}

func TestTheDescribedCodesAreThoseOfTheWire(t *testing.T) {
	c := http.DefaultClient.Transport.(*contract)
	var listed []string
	for _, v := range c.doc.Components.Schemas["Error"].Value.Properties["error"].Value.Properties["code"].Value.Enum {
		listed = append(listed, v.(string))
	}
	var codes []string
	for code := range wire.Statuses {
		codes = append(codes, string(code))
	}
	slices.Sort(listed)
	slices.Sort(codes)
	if !slices.Equal(listed, codes) {
		t.Errorf("described %q, and there are %q", listed, codes)
	}
}

// TestAnAnswerThatIsNotAsDescribedIsSeen is the control: of each description
// that is wrong in one place, some answer differs.
func TestAnAnswerThatIsNotAsDescribedIsSeen(t *testing.T) {
	right := minutes(t)
	for _, tc := range []struct{ path, is, not string }{
		{"/moment", `"title": {"type": "string", "description": "at that moment"},`, ``},
		{"/moment", `"prefixItems": [{"type": "integer", "minimum": 1}, {"$ref": "#/components/schemas/Revision"}, {"$ref": "#/components/schemas/Count"}]`, `"prefixItems": [{"type": "string"}]`},
		{"/timeline", `"required": ["name", "rev", "by", "at"]`, `"required": ["name", "rev", "by", "at", "color"]`},
		{"/timeline?at=9", `"unknown_type", "bad_value", "bad_change", "not_joined", "not_found"`, `"unknown_type"`},
		{"/lines", `{"name": "from", "in": "query"`, `{"name": "to2", "in": "query"`},
		{"/text", `{"ETag": {"$ref": "#/components/headers/Revision"}}`, `{"E-Tag": {"$ref": "#/components/headers/Revision"}}`},
		{"/events", `"required": ["v", "author", "name", "kind"]`, `"required": ["v", "author", "name", "kind", "color"]`},
		{"/blame", `"line": {"type": "integer", "minimum": 1, "description": "from 1"}`, `"line": {"type": "integer", "minimum": 2, "description": "from 1"}`},
	} {
		if !bytes.Contains(described, []byte(tc.is)) {
			t.Fatalf("openapi.json has no %s", tc.is)
		}
		path := tc.path
		if path == "/lines" {
			path += "?from=0"
		}
		for wrong, file := range map[bool][]byte{false: described, true: bytes.ReplaceAll(described, []byte(tc.is), []byte(tc.not))} {
			c, err := newContract(file)
			if err != nil {
				t.Fatalf("%s: %v", tc.not, err)
			}
			resp, err := (&http.Client{Transport: c}).Get(right.url + "/api/threads/" + string(right.thread) + path)
			if err == nil {
				resp.Body.Close()
			}
			if wrong != (err != nil) {
				t.Errorf("%s with %s for %s: %v", path, tc.not, tc.is, err)
			}
		}
	}
}

// missing returns the described answers that no test got.
func (c *contract) missing() (all []string) {
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status := range maps.Keys(op.Responses.Map()) {
				if name := method + " " + path + " " + status; status != "default" && !c.seen[name] {
					all = append(all, name)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}
