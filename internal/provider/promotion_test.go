package provider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// promotion is the configuration of the README with one provider block.
func promotion(server *simulator.Server, file, extra string) string {
	return withKeys(server) + fmt.Sprintf(`
resource "asset_export" "orders" {
  roma = { apps = [%q], tasks = [%q] }
  path = %q
  %s
}

resource "asset_import" "orders" {
  source = asset_export.orders.archive.path
  roma   = { instance_id = %q, type = "Merge" }
}
`, ordersApp, ordersTask, file, extra, server.Info.ROMA.Instances["prod"])
}

func TestPromotion(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "orders.zip")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: inProcess(),
		Steps: []resource.TestStep{{
			Config: promotion(server, file, `triggers = { release = "1" }`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("asset_export.orders", tfjsonpath.New("status"), knownvalue.StringExact("SUCCEEDED")),
				statecheck.ExpectKnownValue("asset_export.orders", tfjsonpath.New("job_id"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue("asset_export.orders", tfjsonpath.New("archive_id"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue("asset_export.orders", tfjsonpath.New("begin_time"), knownvalue.StringRegexp(regexp.MustCompile(`^20\d\d-.*Z$`))),
				statecheck.ExpectKnownValue("asset_export.orders", tfjsonpath.New("archive").AtMapKey("path"), knownvalue.StringExact(file)),
				statecheck.ExpectKnownValue("asset_import.orders", tfjsonpath.New("status"), knownvalue.StringExact("SUCCEEDED")),
				statecheck.ExpectKnownValue("asset_import.orders", tfjsonpath.New("instance"), knownvalue.StringExact(server.Info.ROMA.Instances["prod"])),
				statecheck.ExpectKnownValue("asset_import.orders", tfjsonpath.New("messages"), knownvalue.ListSizeExact(0)),
			},
			Check: func(s *terraform.State) error {
				expectCounts(t, server, "export 1, download 1, import 1, projects 1")
				data, err := os.ReadFile(file)
				if err != nil {
					return err
				}
				sum := sha256.Sum256(data)
				served := server.Simulator.ServedArchives()
				if len(served) != 1 || served[0].SHA256 != hex.EncodeToString(sum[:]) {
					t.Errorf("the file differs from what the simulator built: %v", served)
				}
				if got := s.RootModule().Resources["asset_export.orders"].Primary.Attributes["archive.sha256"]; got != served[0].SHA256 {
					t.Errorf("sha256 in the state is %s, want %s", got, served[0].SHA256)
				}
				if info, err := os.Stat(file); err != nil || !private(info) {
					t.Errorf("mode %v, want 0600", info.Mode())
				}
				for _, r := range server.Simulator.Requests() {
					if !strings.HasPrefix(r.UserAgent, "terraform-provider-asset/") {
						t.Errorf("%s has the user agent %q", r.Kind, r.UserAgent)
					}
					if r.Upload != nil && (r.Upload.SHA256 != served[0].SHA256 || r.Upload.FileName != "asset.zip" || r.Upload.ContentLength < 0 ||
						r.Upload.PartName != "ImportAssetRequestBody") {
						t.Errorf("upload %+v", r.Upload)
					}
				}
				if apps := server.Simulator.State().Instances["prod"].Apps; len(apps) != 1 || apps[0].Name != "orders" {
					t.Errorf("prod has %v", apps)
				}
				server.Simulator.ResetRequests()
				return nil
			},
		}, {
			// A second plan of the same configuration: no change, no request.
			Config:           promotion(server, file, `triggers = { release = "1" }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			Check: func(*terraform.State) error {
				expectCounts(t, server, "export 0, import 0, job 0, download 0, projects 0")
				return nil
			},
		}, {
			// A new release with the same content: exported again, not imported.
			Config: promotion(server, file, `triggers = { release = "2" }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("asset_export.orders", plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue("asset_export.orders", tfjsonpath.New("archive")),
				plancheck.ExpectResourceAction("asset_import.orders", plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue("asset_import.orders", tfjsonpath.New("archive")),
			}},
			Check: func(*terraform.State) error {
				expectCounts(t, server, "export 1, download 1, import 0")
				return nil
			},
		}},
	})
}

func TestFailedJobLeavesNothing(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	order(t, server, simulator.Fault{On: "export", Do: "fail_job", Count: 2})
	file := filepath.Join(t.TempDir(), "orders.zip")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: inProcess(),
		Steps: []resource.TestStep{{
			Config:      promotion(server, file, ""),
			ExpectError: regexp.MustCompile(`(?s)Export job failed.*The server said:`),
		}, {
			RefreshState:       true,
			ExpectNonEmptyPlan: true,
			Check: func(s *terraform.State) error {
				if n := len(s.RootModule().Resources); n != 0 {
					t.Errorf("the state has %d resources", n)
				}
				expectCounts(t, server, "export 1, download 0, import 0")
				return nil
			},
		}},
	})
}

func TestJobIDSurvivesAFailedWait(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	order(t, server, simulator.Fault{On: "export", Do: "never_end"})
	file := filepath.Join(t.TempDir(), "orders.zip")
	var job string
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: inProcess(),
		Steps: []resource.TestStep{{
			Config:      promotion(server, file, `timeouts = { create = "1s" }`),
			ExpectError: regexp.MustCompile(`(?s)Export job is still running.*timeout of\s+1s.*terraform\s+untaint`),
		}, {
			RefreshState:       true,
			ExpectNonEmptyPlan: true,
			Check: func(s *terraform.State) error {
				left := s.RootModule().Resources["asset_export.orders"].Primary
				job = left.Attributes["job_id"]
				if job == "" || left.Attributes["status"] != "RUNNING" || !left.Tainted {
					t.Errorf("state: %v", left)
				}
				server.Simulator.FinishJobs()
				return nil
			},
		}, {
			// The next apply continues the job: there is no second POST.
			Config: promotion(server, file, `timeouts = { create = "20s" }`),
			Check: func(s *terraform.State) error {
				if got := s.RootModule().Resources["asset_export.orders"].Primary.Attributes["job_id"]; got != job {
					t.Errorf("job id %s, want %s", got, job)
				}
				expectCounts(t, server, "export 1, download 1, import 1")
				return nil
			},
		}},
	})
}

func TestArchiveStaysOnServerWithoutPath(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: inProcess(),
		Steps: []resource.TestStep{{
			Config: withKeys(server) + fmt.Sprintf(`resource "asset_export" "orders" { roma = { apps = [%q] } }`, ordersApp),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("asset_export.orders", tfjsonpath.New("archive_id"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue("asset_export.orders", tfjsonpath.New("archive"), knownvalue.Null()),
			},
			Check: func(*terraform.State) error {
				expectCounts(t, server, "export 1, download 0")
				if r := server.Simulator.Requests(); r[1].Kind != "export" || r[1].Tasks == nil || len(r[1].Tasks) != 0 {
					t.Errorf("tasks of the request are %v, want an empty list", r[1].Tasks)
				}
				return nil
			},
		}},
	})
}

func TestAddNewCollides(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	if err := server.Simulator.Put("prod", []simulator.App{{ID: "p1", Name: "orders"}}, nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "orders.zip")
	config := regexp.MustCompile("Merge").ReplaceAllString(promotion(server, file, ""), "AddNew")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: inProcess(),
		Steps: []resource.TestStep{{
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Import job failed.*application "orders".*roma.type = "Merge"`),
		}},
	})
}
