package platform

import (
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// Job is a job as a platform tells of it.
type Job struct {
	asset.Job
	// Record is what a server recorded of an import; nil where it records nothing.
	Record *Record
}

// Record is what a server recorded of an import, in its own words.
type Record struct {
	Status, Summary, User string
	// TimeOfImport is in the server's own form and zone.
	TimeOfImport string
	Entries      []RecordEntry
}

// RecordEntry is what a record says of one artifact.
type RecordEntry struct {
	Name, DisplayName, Description string
	Type, Operation                string
}

// Inventory is what could be exported from an instance.
type Inventory struct {
	Apps  []App
	Tasks []Task
	// NoTasks is why the tasks could not be listed, although the applications could.
	NoTasks   error
	Artifacts []asset.Artifact
}

// App is an application that can be exported.
type App struct {
	ID, Name, Remark string
	// Owner: the application is the user's own.
	Owner bool
	// Created and Updated are zero where the server does not say.
	Created, Updated time.Time
}

// Task is a task that can be exported.
type Task struct {
	ID, Name string
	// Type is the server's word; empty where it does not say.
	Type             string
	Created, Updated time.Time
}
