package main

// assetFaults are in internal/asset and its packages.
var assetFaults = []fault{
	{
		name: "a note takes the place of a link that somebody put there",
		file: "internal/asset/note.go", in: "asset",
		text: `return fmt.Errorf("%s: %w", name, ErrNotRegular)`,
		with: `_ = fmt.Errorf("%s: %w", name, ErrNotRegular)`,
	}, {
		name: "a directory that is made for an archive is open to everybody",
		file: "internal/asset/store.go", in: "asset",
		text: `os.MkdirAll(dirOf(path), 0o700)`,
		with: `os.MkdirAll(dirOf(path), 0o755)`,
	}, {
		name: "what arrived of a broken archive stays as a temporary file",
		file: "internal/asset/store.go", in: "asset",
		text: `return nil, Stored{}, errors.Join(err, discard(file))`,
		with: `return nil, Stored{}, err`,
	}, {
		name: "a temporary file that may be the only copy of an archive is removed",
		file: "internal/asset/names.go", in: "asset",
		text: ` < abandoned || isWhole(name)`,
		with: ` < abandoned`,
	}, {
		name: "Remove deletes a file that holds something else",
		file: "internal/asset/store.go", in: "asset",
		text: `if err != nil || !same {`,
		with: `if err != nil && !same {`,
	}, {
		name: "the wait for a job does not obey Retry-After",
		file: "internal/asset/wait.go", in: "asset",
		text: `gap = max(gap, seen.RetryAfter)`,
		with: `gap = max(gap, 0)`,
	}, {
		name: "the longest gap between two looks is 20 seconds",
		file: "internal/asset/wait.go", in: "asset",
		text: `longGap  = 10 * time.Second`,
		with: `longGap  = 20 * time.Second`,
	}, {
		name: "a row of bad answers ends the wait at once",
		file: "internal/asset/wait.go", in: "asset",
		text: `bad >= badRow && time.Since`,
		with: `bad >= badRow || time.Since`,
	}, {
		name: "a look that hangs is not ended",
		file: "internal/asset/wait.go", in: "asset",
		text: `ctx, cancel := context.WithTimeout(ctx, lookTimeout)`,
		with: `ctx, cancel := context.WithCancel(ctx)`,
	}, {
		name: "a busy server's Retry-After is not obeyed",
		file: "internal/asset/queue.go", in: "asset",
		text: `max(jitter(gap), Delay(err))`,
		with: `jitter(gap)`,
	}, {
		name: "the queue serves who came last",
		file: "internal/asset/queue.go", in: "asset",
		text: "close(q.waiting[0])\n\t\tq.waiting = q.waiting[1:]",
		with: "close(q.waiting[len(q.waiting)-1])\n\t\tq.waiting = q.waiting[:len(q.waiting)-1]",
	}, {
		name: "a turn that comes while its caller gives up is lost",
		file: "internal/asset/queue.go", in: "asset",
		text: "// The turn came at the same moment: hand it on.\n\t\t\tq.leave()",
		with: "// The turn came at the same moment: hand it on.",
	}, {
		name: "another file than this export's is replaced",
		file: "internal/asset/target.go", in: "asset",
		text: `slices.Contains(t.Own, sum) && unchanged(info, now)`,
		with: `(slices.Contains(t.Own, sum) || len(t.Own) > 0) && unchanged(info, now)`,
	}, {
		name: "a key follows no links",
		file: "internal/asset/key.go", in: "asset",
		text: `next = target`,
		with: `_ = target`,
	}, {
		name: "archives of every platform are compared as those of CSA are",
		file: "internal/asset/zipdir/canonical.go", in: "asset/zipdir",
		text: `w.canonical = w.manifest`,
		with: `w.canonical = true`,
	}, {
		name: "a signature with elliptic curves changes the content of an archive",
		file: "internal/asset/zipdir/canonical.go", in: "asset/zipdir",
		text: ` || hasSuffixFold(name, ".EC")`,
		with: ``,
	}, {
		name: "words that end in ENC count as encrypted values",
		file: "internal/asset/zipdir/canonical.go", in: "asset/zipdir",
		text: `word := i > 0 && inWord(rest[i-1])`,
		with: `word := false && inWord(rest[i-1])`,
	}, {
		name: "the digest leaves the lengths of entries out",
		file: "internal/asset/zipdir/selection.go", in: "asset/zipdir",
		text: `strconv.AppendUint(s.line, r.size, 10)`,
		with: `strconv.AppendUint(s.line, 0, 10)`,
	}, {
		name: "members of JSON with equal names change places",
		file: "internal/asset/zipdir/canonicaljson.go", in: "asset/zipdir",
		text: `return bytes.Compare(c.out[a.begin+1:a.name-1], c.out[b.begin+1:b.name-1])`,
		with: `return bytes.Compare(c.out[a.begin+1:a.end], c.out[b.begin+1:b.end])`,
	},
}
