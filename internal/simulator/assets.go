package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// Assets are what a Simulator starts with: integration assets by the name of
// the instance, artifacts by the name of the CSA server, and buckets. Its JSON is the
// format of the program's -assets file.
type Assets struct {
	Instances map[string]InstanceAssets `json:"instances"`
	// CSA is that of DefaultAssets when nil. The servers "dev" and "prod" are
	// there in any case.
	CSA map[string]CSAAssets `json:"csa,omitempty"`
	// Stores are the buckets of the object stores, asset-releases in each when
	// nil.
	Stores *StoreAssets `json:"stores,omitempty"`
}

// InstanceAssets are the assets of one instance.
type InstanceAssets struct {
	// ID is the id of the instance. When empty, "dev" and "prod" have fixed
	// ids and other instances one that is derived from their name.
	ID    string `json:"id,omitempty"`
	Apps  []App  `json:"apps"`
	Tasks []Task `json:"tasks"`
}

// App is an integration application (ListRomaApp, ROMA Connect API reference).
type App struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Remark string `json:"remark,omitempty"`
	// Size adds that many incompressible bytes, the same ones for the same
	// id, to an archive that holds the app.
	Size int64 `json:"size,omitempty"`
	// Forbidden marks an app of somebody else: it is in no list and its
	// export is refused (ROMA.12001).
	Forbidden bool `json:"forbidden,omitempty"`
}

// Task is a data integration task (ListTasks, ROMA Connect API reference).
type Task struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Type is "timing" (when empty) or "realtime".
	Type string `json:"type,omitempty"`
}

// DefaultAssets are a small landscape on "dev" and nothing on "prod".
func DefaultAssets() *Assets {
	return &Assets{Instances: map[string]InstanceAssets{
		"dev": {
			Apps: []App{
				{ID: "b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3", Name: "orders", Remark: "order intake and status API"},
				{ID: "3f0c9d2e-7b41-4c5a-9d1f-6a8e2b4c7d90", Name: "billing", Remark: "invoices and payments"},
				{ID: "a94b6c1d-0e52-4f7b-8c3a-5d9e1f2a3b4c", Name: "catalog", Remark: "product data"},
				{ID: "5e2d8f70-c1b9-4a63-b0f4-2c7a9e8d1b36", Name: "orders archive", Remark: "orders older than a year"},
			},
			Tasks: []Task{
				{ID: "b2e6a456-1234-4a80-aa45-f4b8029f95a4", Name: "orders_to_warehouse"},
				{ID: "7c4e1a92-5b3d-4e8f-a6c0-1d2f3b4a5c6e", Name: "price_updates", Type: "realtime"},
			},
		},
		"prod": {},
	}, CSA: defaultCSA()}
}

// LoadAssets reads an -assets file. Unknown fields are errors.
func LoadAssets(path string) (*Assets, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	assets := new(Assets)
	if err := dec.Decode(assets); err != nil {
		return nil, fmt.Errorf("read the assets of %s: %w", path, err)
	}
	return assets, nil
}
