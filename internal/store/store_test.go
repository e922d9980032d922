package store

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", MaxKey)
	for text, want := range map[string]Address{
		"obs://releases/orders-1.0.zip":         {OBS, "releases", "orders-1.0.zip", ""},
		"s3://a-b.c/x/y z+ü%20.zip":             {S3, "a-b.c", "x/y z+ü%20.zip", ""},
		"s3://abc//a//b":                        {S3, "abc", "/a//b", ""},
		"s3://abc/...":                          {S3, "abc", "...", ""},
		"s3://abc/a@b:c&d=e":                    {S3, "abc", "a@b:c&d=e", ""},
		"s3://abc/" + long:                      {S3, "abc", long, ""},
		"obs://abc/k?versionId=G00111+/=_.~:-9": {OBS, "abc", "k", "G00111+/=_.~:-9"},
		"s3://abc/k?versionId=null":             {S3, "abc", "k", "null"},
	} {
		got, looks, err := Parse(text)
		if err != nil || !looks || got != want {
			t.Errorf("%s: %+v %v %v", text, got, looks, err)
		}
		if got.String() != text {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestParseFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "orders.zip", "./s3://x", "/s3://abc/k", "s3:/abc/k", "s3:abc", `C:\a.zip`, "C://a.zip", "://x", "9s://x", "a b://x"} {
		if got, looks, err := Parse(text); looks || err != nil || got != (Address{}) {
			t.Errorf("%s: %+v %v %v", text, got, looks, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://hushbucket.example/k?X-Amz-Signature=hush": "neither",
		"gs://hush/k": "neither", "file:///hush": "neither", "s3a://hush/k": "neither",
		"S3://hush/k": "small letters", "Obs://hush/k": "small letters",
		"\ts3://hush/k": "blank", "\n\tobs://hush/k": "blank",
		"s3://hush@bucket/k": "user name", "s3://AK:hu/sh@bucket/k": "user name", "s3://:hush@bucket/k": "user name", "s3://hush:80/k": "port",
		"s3://abc/k#hush": "fragment", "s3://abc/k?versionId=1#hush": "fragment", "s3://abc/#hush": "fragment",
		"s3:///hush": "no bucket", "s3://": "no bucket", "s3://?hush": "no bucket",
		"s3://hush": "no key", "s3://hush/": "no key", "s3://abc?versionId=hush": "no key",
		"s3://hU/k": "valid name", "s3://Hush/k": "valid name", "s3://hush_/k": "valid name", "s3://-hush/k": "valid name", "s3://hush./k": "valid name",
		"s3://hush..a/k": "valid name", "s3://hush.-a/k": "valid name", "s3://10.0.0.1/hush": "valid name", "s3://" + strings.Repeat("h", 64) + "/k": "valid name", "s3://hüsh/k": "valid name",
		"s3://abc/hush/": "slash", "s3://abc/a/../hush": "between slashes", "s3://abc/./hush": "between slashes", "s3://abc/..": "between slashes",
		"s3://abc/hush\n": "control", "s3://abc/hush\xff": "UTF-8", "s3://abc/" + strings.Repeat("h", 1025): "1024",
		"s3://abc/k?": "query", "s3://abc/k?hush": "query", "s3://abc/k?versionId=": "query", "s3://abc/k?versionid=hush": "query", "s3://abc/k?versionId=hush&x=y": "query",
		"s3://abc/k?versionId=1&X-Amz-Signature=hush": "query", "s3://abc/k?X-Amz-Signature=hush&versionId=1": "query", "s3://abc/k?versionId=hush%2F": "query", "s3://abc/k?versionId=hush?": "query",
	} {
		got, looks, err := Parse(text)
		wrong, ok := errors.AsType[*AddressError](err)
		if !looks || !ok || got != (Address{}) || !strings.Contains(wrong.Problem, want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %+v %v %v", text, got, looks, err)
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	a := Address{S3, "abc", "k", ""}
	if err := a.Unversioned(); err != nil {
		t.Error(err)
	}
	v := a.WithVersion("7")
	if err := v.Unversioned(); v.String() != "s3://abc/k?versionId=7" || err == nil || a.Version != "" || v == a {
		t.Error(v, err)
	}
	if v.WithVersion("") != a || v.WithVersion("a&b") != a {
		t.Error("a version stays")
	}
}

func TestBaseName(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"a.zip": "a.zip", "x/y/ä b+%.zip": "ä b+%.zip", "/k": "k", `x/a\b:c*.zip`: "a_b_c_.zip", "a. .": "a", "...": "_", "a\x7f\xffb": "a__b",
	} {
		if got := (Address{Key: key}).BaseName(); got != want {
			t.Errorf("%q: %q", key, got)
		}
	}
}

// FuzzParse: an address that is read comes out as it was; what is refused is not quoted.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"obs://releases/a b.zip", "s3://abc//k?versionId=1", "s3://u:p@abc/k", "https://x/y?z", "C://x", " s3://abc/k", "s3://abc/%2e%2e/k#x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, looks, err := Parse(text)
		switch {
		case err != nil:
			if !looks || a != (Address{}) {
				t.Errorf("%q: %+v %v", text, a, err)
			}
			if _, rest, _ := strings.Cut(text, "://"); len(rest) > 20 && strings.Contains(err.Error(), rest) {
				t.Errorf("%q is quoted", text)
			}
		case looks:
			again, _, err := Parse(a.String())
			if err != nil || again != a || a.String() != text {
				t.Errorf("%q: %+v, then %+v %v", text, a, again, err)
			}
			if name := a.BaseName(); name == "" || strings.ContainsAny(name, `/\`) || strings.Trim(name, ".") == "" {
				t.Errorf("%q: base name %q", text, name)
			}
		case a != Address{}:
			t.Errorf("%q: %+v", text, a)
		}
	})
}
