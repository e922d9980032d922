package fastpath

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Resource is what is known of a resource type.
type Resource struct {
	// Type is that of its state.
	Type attr.Type
	// Unfinished is in every state that a refresh has something to say about.
	Unfinished string
	// Pending is in the private state of every resource that a plan has something to say about.
	Pending string
	// Rests says whether a plan would leave a prior state as it is, and say nothing.
	Rests func(ctx context.Context, state map[string]attr.Value, private []byte) bool
}

// Options are what the provider says of itself.
type Options struct {
	// Resources are the types by their names.
	Resources map[string]Resource
	// Around surrounds each plan: what was looked at for one answer need not be looked at again for
	// the other. The returned function ends it.
	Around func(context.Context) (context.Context, func())
}

// framework is all that the server of the framework offers: what a wrapper does not have, Terraform does not
// find.
type framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// Wrap puts the fast path in front of a server. One that offers less than the framework does is returned as
// it is.
func Wrap(next tfprotov6.ProviderServer, o Options) tfprotov6.ProviderServer {
	whole, ok := next.(framework)
	if !ok {
		return next
	}
	return &server{whole, o}
}

type server struct {
	framework

	o Options
}

// ValidateResourceConfig is the framework's.
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return emptied(ctx, req, s.framework.ValidateResourceConfig)
}

// UpgradeResourceState is the framework's.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return emptied(ctx, req, s.framework.UpgradeResourceState)
}

// ReadResource answers with the state that came, where nothing in it is unfinished.
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if s.readsAsIs(req) {
		return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, Private: req.Private}, nil
	}
	return emptied(ctx, req, s.framework.ReadResource)
}

// PlanResourceChange answers with the state that was proposed, where the resource rests.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx, done := s.o.Around(ctx)
	defer done()
	if s.plansAsIs(ctx, req) {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState, PlannedPrivate: req.PriorPrivate}, nil
	}
	return emptied(ctx, req, s.framework.PlanResourceChange)
}

// ApplyResourceChange is the framework's.
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return emptied(ctx, req, s.framework.ApplyResourceChange)
}

// readsAsIs says whether a refresh answers with the state that it got: it looks
// at nothing but unfinished jobs.
func (s *server) readsAsIs(req *tfprotov6.ReadResourceRequest) bool {
	ours, known := s.o.Resources[req.TypeName]
	return Enabled && known && req.CurrentIdentity == nil && packed(req.CurrentState) &&
		!bytes.Contains(req.Private, []byte(importedKey)) &&
		!bytes.Contains(req.CurrentState.MsgPack, []byte(ours.Unfinished))
}

// importedKey is what the framework puts into the private state of what was just imported, and takes out
// when it reads it.
const importedKey = ".import_before_read"

// plansAsIs says whether a plan answers with the state that was proposed: it is
// the prior one, an earlier update left nothing behind, and the resource would
// plan the same without having anything to say.
func (s *server) plansAsIs(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) bool {
	ours, known := s.o.Resources[req.TypeName]
	if !Enabled || !known || req.PriorIdentity != nil || !packed(req.PriorState) || !packed(req.ProposedNewState) ||
		!bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) || bytes.Contains(req.PriorPrivate, []byte(ours.Pending)) {
		return false
	}
	raw, err := req.PriorState.Unmarshal(ours.Type.TerraformType(ctx))
	if err != nil || raw.IsNull() {
		return false
	}
	value, err := ours.Type.ValueFromTerraform(ctx, raw)
	object, ok := value.(types.Object)
	return err == nil && ok && ours.Rests(ctx, object.Attributes(), req.PriorPrivate)
}

// packed says whether a value is in the one form that is compared byte for byte.
func packed(value *tfprotov6.DynamicValue) bool { return value != nil && len(value.MsgPack) > 0 }
