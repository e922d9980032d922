// Program terraform-provider-asset-profiled is the provider with a CPU profile
// of each of its processes, written to the directory BENCH_PROFILES when
// Terraform ends it.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime/pprof"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

func main() {
	if err := run(os.Getenv("BENCH_PROFILES")); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	file, err := os.Create(filepath.Join(dir, fmt.Sprintf("cpu-%d.pprof", os.Getpid())))
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return errors.Join(err, file.Close())
	}
	err = provider.Serve(provider.Options{Version: "profiled"})
	pprof.StopCPUProfile()
	return errors.Join(err, file.Close())
}
