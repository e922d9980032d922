package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// digest times what a plan does with an archive: it opens it and derives the
// content digest from the central directory.
func digest(ctx context.Context, l *lab) (r result, err error) {
	for _, c := range []struct {
		what    string
		most    float64
		entries int
		total   int64
	}{
		{"`content_digest` of an archive of 1 GiB with 10 entries", 20, 10, 1 << 30},
		{"`content_digest` of an archive with 100,000 entries, not in the order of their names", 150, 100_000, 100_000 << 4},
	} {
		path := filepath.Join(l.dir, "digest.zip")
		if err := writeZip(path, c.entries, c.total/int64(c.entries)); err != nil {
			return r, err
		}
		times, err := inTurn(ctx, pick(l, 50, 5), timed{run: func(context.Context) error {
			archive, err := asset.OpenArchive(path)
			if err != nil {
				return err
			}
			return archive.Close()
		}})
		if err != nil {
			return r, err
		}
		for i := range times[0] {
			times[0][i] *= 1000
		}
		r.atMost(c.what, c.most, "ms", times[0])
		if err := os.Remove(path); err != nil {
			return r, err
		}
	}
	r.note("Opening the archive and deriving the digest from its central directory, in this process, with the file in the page cache.")
	return r, nil
}

// writeZip writes an archive with so many stored entries of a size each, in
// random order.
func writeZip(path string, entries int, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := zip.NewWriter(file)
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(entries) {
		name := fmt.Sprintf("apps/%s/%06d.yaml", strings.Repeat("definitions/", 3), i)
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.CopyN(entry, zeroes{}, size)
		}
		if err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return errors.Join(w.Close(), file.Close())
}

// zeroes is an endless stream of them.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
