package main

// storeFaults are about archives in stores.
var storeFaults = []fault{
	{
		name: "an upload replaces what is there",
		file: "internal/store/object/location.go", in: "provider", run: `^TestStore|^TestFaults$/^store`,
		text: `OnlyIfAbsent: !l.again,`,
		with: `OnlyIfAbsent: false,`,
	}, {
		name: "a taken key is found out after the job",
		file: "internal/store/object/location.go", in: "provider", run: `^TestStoreKeyIsTaken$`,
		text: `case there.VersionID == "":`,
		with: `case there.VersionID == "-":`,
	}, {
		name: "that a key may be written is not proven",
		file: "internal/store/object/location.go", in: "provider", run: `^TestFaults$/^store`,
		text: `if err := l.client.ProveWritable(ctx, l.at); err != nil {`,
		with: `if err := l.client.ProveWritable(ctx, l.at); err != nil && ctx.Err() != nil {`,
	}, {
		name: "what the store shows after an upload is not looked at",
		file: "internal/store/object/location.go", in: "provider", run: `^TestFaults$/^store|^TestStoreUploadFails$`,
		text: `case Holds(shown, stored):`,
		with: `case shown.Size >= 0:`,
	}, {
		name: "a staged archive stays after its upload",
		file: "internal/store/object/location.go", in: "provider", run: `^TestStorePromotion$`,
		text: `_, _ = asset.Remove(file, stored.SHA256)`,
		with: `_ = file`,
	}, {
		name: "the version of an archive is not told",
		file: "internal/store/object/location.go", in: "provider", run: `^TestStoreKeyIsTaken$`,
		text: `if object.VersionID != "" {`,
		with: `if object.VersionID == "-" {`,
	}, {
		name: "bytes of another archive are moved",
		file: "internal/store/object/move.go", in: "provider", run: `^TestStoreMoves`,
		text: `if hex.EncodeToString(sum.Sum(nil)) != want {`,
		with: `if hex.EncodeToString(sum.Sum(nil)) == "" {`,
	}, {
		name: "an object is imported whatever its metadata says",
		file: "internal/store/object/fetch.go", in: "provider", run: `^TestStoreImport$`,
		text: `object.SHA256 != "" && sum != object.SHA256`,
		with: `object.SHA256 == "-"`,
	}, {
		name: "another's object is removed",
		file: "internal/store/object/move.go", in: "provider", run: `^TestStoreDestroy$`,
		text: `case object.SHA256 != archive.SHA256:`,
		with: `case object.SHA256 != archive.SHA256 && ctx.Err() != nil:`,
	}, {
		name: "a store can say the secrets of a platform",
		file: "internal/provider/store_settings.go", in: "provider", run: `^TestNoStoreSecretGetsOut$`,
		text: `config.Redactor.Add(s.secrets()...)`,
		with: `_ = s.secrets`,
	}, {
		name: "a key is escaped twice",
		file: "internal/store/s3/s3.go", in: "store/s3",
		text: `o.DisableURIPathEscaping = true`,
		with: `o.DisableURIPathEscaping = false`,
	}, {
		name: "a signed URL is an address",
		file: "internal/store/store.go", in: "store",
		text: `if !ok || !goodVersion(a.Version) {`,
		with: `if !ok && !goodVersion(a.Version) && a.Version == "" {`,
	}, {
		name: "a kept archive is forgotten while its store is away",
		file: "internal/provider/export_apply.go", in: "provider", run: `^TestStoreKeptArchiveIsRemembered$`,
		text: `!isKept && out.Job.ID == left.Job {`,
		with: `!isKept && errors.Is(out.Err, errPathTwice) {`,
	}, {
		name: "what had arrived in a store is not looked for before a move",
		file: "internal/store/object/move.go", in: "provider", run: `^TestStoreMoveThatFails$`,
		text: `err != nil || !Holds(there, archive) {`,
		with: `err != nil || there.Size >= 0 {`,
	}, {
		name: "a store that does not answer is taken for one without the object",
		file: "internal/store/object/location.go", in: "provider", run: `^TestStoreKeptArchiveIsRemembered$`,
		text: "return &Error{At: l.at, Err: err}\n\tcase there.VersionID",
		with: "return nil\n\tcase there.VersionID",
	},
}
