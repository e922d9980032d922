package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

// platformModel has the attributes of the platforms, which the provider block, resources and data
// sources have alike. They are objects, because a plan may not know them.
type platformModel struct {
	Roma types.Object `tfsdk:"roma"`
	Csa  types.Object `tfsdk:"csa"`
}

// options are the attributes by the names of their platforms.
func (m platformModel) options() platform.Options {
	return platform.Options{{Name: romaplatform.Name, Value: m.Roma}, {Name: csaplatform.Name, Value: m.Csa}}
}
