package provider_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// acts is the provider as a Terraform from 1.14 on sees it.
func (p *plugin) acts(t *testing.T) tfprotov6.ActionServer {
	t.Helper()
	server, ok := p.server.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the provider answers no actions")
	}
	return server
}

func (p *plugin) action(t *testing.T, kind string, config values) *tfprotov6.DynamicValue {
	t.Helper()
	return dynamic(t, p.schema.ActionSchemas[kind].Schema.ValueType(), config)
}

// plansAction validates and plans an action, and returns what was said.
func (p *plugin) plansAction(t *testing.T, kind string, config values) string {
	t.Helper()
	checked, err := p.acts(t).ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: kind, Config: p.action(t, kind, config)})
	if err != nil {
		t.Fatal(err)
	}
	if said := spoken(checked.Diagnostics); said != "" {
		return said
	}
	resp, err := p.acts(t).PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: kind, Config: p.action(t, kind, config)})
	if err != nil {
		t.Fatal(err)
	}
	return spoken(resp.Diagnostics)
}

// invokes invokes an action. line, if not nil, gets each line as it comes.
func (p *plugin) invokes(ctx context.Context, t *testing.T, kind string, config values, line func(string)) (lines []string, said string) {
	t.Helper()
	stream, err := p.acts(t).InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: kind, Config: p.action(t, kind, config)})
	if err != nil {
		t.Fatal(err)
	}
	ended := 0
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			lines = append(lines, e.Message)
			if line != nil {
				line(e.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			ended++
			said = spoken(e.Diagnostics)
		}
	}
	if ended != 1 {
		t.Errorf("the action has ended %d times", ended)
	}
	return lines, said
}
