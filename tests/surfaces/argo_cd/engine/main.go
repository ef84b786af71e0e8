// Does with an application what Argo CD's notifications controller does: asks the trigger's
// conditions, renders the template, sends the request. The parts are those it is made of, in Debian's
// versions: Go's text/template, sprig, antonmedv/expr and hashicorp/go-retryablehttp, put together as
// in argoproj/notifications-engine (pkg/triggers, pkg/templates, pkg/services/webhook.go).
//
// One task as JSON on stdin, one result on stdout.
package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"text/template"
	"time"

	"github.com/Masterminds/sprig"
	"github.com/antonmedv/expr"
	"github.com/hashicorp/go-retryablehttp"
)

type condition struct{ When, OncePer string }

type task struct {
	App        map[string]interface{}
	Context    map[string]string
	Recipient  string
	Conditions []condition
	Body       string
	Send       *struct {
		URL, Method, Username, Password string
		Headers                         []struct{ Name, Value string }
		RetryWaitMin, RetryWaitMax      time.Duration
	}
}

type verdict struct {
	Triggered bool   `json:"triggered"`
	OncePer   string `json:"once_per"`
	Error     string `json:"error"`
}

type result struct {
	Conditions []verdict `json:"conditions"`
	Body       string    `json:"body"`
	Error      string    `json:"error"`
	Status     int       `json:"status"`
}

func parse(timestamp string) time.Time {
	moment, err := time.Parse(time.RFC3339, timestamp)
	if err != nil {
		panic(err)
	}
	return moment
}

func main() {
	var given task
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	vars := map[string]interface{}{
		"app":       given.App,
		"context":   given.Context,
		"recipient": given.Recipient,
		"time":      map[string]interface{}{"Parse": parse, "Now": time.Now},
	}
	var out result
	for _, one := range given.Conditions {
		out.Conditions = append(out.Conditions, ask(one, vars))
	}
	if given.Body != "" {
		body, err := render(given.Body, vars)
		out.Body = body
		if err == nil && given.Send != nil {
			out.Status, err = send(given, body)
		}
		if err != nil {
			out.Error = err.Error()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}

func ask(one condition, vars map[string]interface{}) (out verdict) {
	when, err := expr.Eval(one.When, vars)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	out.Triggered, _ = when.(bool)
	if out.Triggered {
		key, err := expr.Eval(one.OncePer, vars)
		if err != nil {
			return verdict{Error: err.Error()}
		}
		out.OncePer, _ = key.(string)
	}
	return out
}

func render(body string, vars map[string]interface{}) (string, error) {
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	parsed, err := template.New("compass").Funcs(functions).Parse(body)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, vars)
	return out.String(), err
}

func send(given task, body string) (int, error) {
	request, err := retryablehttp.NewRequest(given.Send.Method, given.Send.URL, bytes.NewBufferString(body))
	if err != nil {
		return 0, err
	}
	for _, header := range given.Send.Headers {
		request.Header.Set(header.Name, header.Value)
	}
	request.SetBasicAuth(given.Send.Username, given.Send.Password)
	client := retryablehttp.NewClient()
	client.HTTPClient = &http.Client{}
	client.Logger = nil
	client.RetryMax = 3
	client.RetryWaitMin = given.Send.RetryWaitMin
	client.RetryWaitMax = given.Send.RetryWaitMax
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return answer.StatusCode, nil
}
