package provider

import (
	"context"
	"errors"
	"io/fs"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// contentOf is the content digest of the archive at path.
func contentOf(path string) (string, error) {
	archive, err := asset.OpenArchive(path)
	if err != nil {
		return "", err
	}
	_ = archive.Close()
	return archive.ContentDigest, nil
}

// sourceLook is what a plan sees at the source of an import.
type sourceLook struct {
	// content is the content digest; empty where nobody looked into the file.
	content string
	// absent: there is no file now.
	absent bool
	// size is the length in bytes, 0 where there is no file.
	size int64
	// wrong is why what is there cannot be imported.
	wrong error
	// archive is the file, open until close; nil where nobody looked into it.
	archive *asset.Archive
}

func (l sourceLook) close() {
	if l.archive != nil {
		// Nothing was written.
		_ = l.archive.Close()
	}
}

// lookAt looks at the planned source, to be closed by the caller. With a source_hash the file is not
// opened: its length and presence are all that a plan uses.
func lookAt(planned importModel) sourceLook {
	if planned.Source.IsNull() || planned.Source.IsUnknown() {
		return sourceLook{}
	}
	source := planned.Source.ValueString()
	if isObject(source) {
		// A plan asks no store.
		return sourceLook{}
	}
	if !planned.SourceHash.IsNull() {
		seen, err := asset.See(source)
		return sourceLook{absent: missing(err), size: seen.Size}
	}
	archive, err := asset.OpenArchive(source)
	if missing(err) {
		return sourceLook{absent: true}
	}
	if err != nil {
		return sourceLook{wrong: err}
	}
	return sourceLook{content: archive.ContentDigest, size: archive.Size, archive: archive}
}

// keptLook is what was seen at the source in one request of Terraform, which
// may be answered by more than one who needs it.
type keptLook struct{ look *sourceLook }

type keptLookKey struct{}

// keepLook lets lookOnce look once in a request. The returned function closes
// what was opened.
func keepLook(ctx context.Context) (context.Context, func()) {
	kept := new(keptLook)
	return context.WithValue(ctx, keptLookKey{}, kept), func() {
		if kept.look != nil {
			kept.look.close()
		}
	}
}

// lookOnce is lookAt, or what was seen in this request before. The returned
// function ends the use of it.
func lookOnce(ctx context.Context, planned importModel) (sourceLook, func()) {
	kept, ok := ctx.Value(keptLookKey{}).(*keptLook)
	if !ok {
		look := lookAt(planned)
		return look, look.close
	}
	if kept.look == nil {
		look := lookAt(planned)
		kept.look = &look
	}
	return *kept.look, func() {}
}

// checkPath reports a path that an archive cannot be written to, as far as a
// plan can see it.
func checkPath(path types.String, diags *diag.Diagnostics) {
	if path.IsNull() || path.IsUnknown() || isObject(path.ValueString()) {
		return
	}
	// What cannot be seen is no information.
	seen, _ := asset.See(path.ValueString())
	if asset.NamesDirectory(path.ValueString()) || seen.Directory {
		diags.Append(pathIsDirectory(path.ValueString()))
	}
}

// occupied says whether there may be something at path.
func occupied(path string) bool {
	there, err := asset.Occupied(path)
	return there || err != nil
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
