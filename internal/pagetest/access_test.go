package pagetest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// named are the roles whose elements a screen reader announces by name.
var named = []string{
	"button", "checkbox", "combobox", "dialog", "heading", "image", "link", "progressbar", "region", "spinbutton", "table", "textbox",
}

// tree answers the names of what a screen reader finds, by role.
func (p *tab) tree() map[string][]string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	got, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	found := make(map[string][]string)
	for _, node := range got.Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		role, name := text(p.t, node.Role), ""
		if node.Name != nil {
			name = text(p.t, node.Name)
		}
		found[role] = append(found[role], name)
	}
	return found
}

func text(t *testing.T, value *accessibility.Value) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(value.Value, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// busy is a page on which there is something of everything.
func busy(t *testing.T, options ...chromedp.Action[chromedp.Void]) (*rig, *tab) {
	t.Helper()
	s := start(t, "-job-time", "1h")
	s.control("POST", "faults", `{"on": "export", "do": "fail_job"}`)
	s.export()
	s.control("POST", "finish", "")
	job := s.export()
	s.control("POST", "finish", "")
	s.upload(s.download(job))
	s.control("POST", "finish", "")
	s.export()
	s.control("POST", "finish", "")
	s.control("POST", "expire?what=archives", "")
	s.export()
	s.control("POST", "finish", "")
	s.export()
	s.control("POST", "faults", `{"on": "*", "do": "hang", "skip": 1000, "times": -1}`)
	p := s.open(options...)
	p.until(`document.querySelector('#job-list progress') && document.querySelector('#archive-list .waiting')`)
	return s, p
}

func TestNamesForScreenReaders(t *testing.T) {
	t.Parallel()
	_, p := busy(t)
	found := p.tree()
	for _, want := range []struct{ role, name string }{
		{"heading", "Asset simulator"},
		{"heading", "Jobs"},
		{"heading", "ROMA Connect dev"},
		{"region", "Latest requests"},
		{"region", "CSA"},
		{"button", "Order a fault"},
		{"button", "Finish jobs"},
		{"button", "Expire tokens"},
		{"link", "Skip to the jobs"},
		{"main", ""},
		{"banner", ""},
		{"progressbar", "Progress of the export on dev"},
		{"table", "The latest requests, the newest first"},
		{"columnheader", "Duration"},
		{"list", "ROMA Connect prod"},
	} {
		if !slices.Contains(found[want.role], want.name) {
			t.Errorf("there is no %s %q, only %q", want.role, want.name, found[want.role])
		}
	}
	for _, action := range value[[]string](p, `fetch('/_simulator/actions').then(a => a.json()).then(all => all.map(one => one.do))`) {
		if value[bool](p, `!document.getElementById('fault-dialog').open`) {
			p.do(chromedp.Click(chromedp.CSS("#open-fault")))
			p.until(`document.getElementById('fault-dialog').open`)
		}
		if got := value[string](p, `(() => { const s = document.getElementById('fault-do'); s.value = '`+action+`'; s.dispatchEvent(new Event('change', {bubbles: true})); return s.value })()`); got != action {
			t.Fatalf("the action %s cannot be chosen", action)
		}
		found := p.tree()
		if len(found["combobox"]) < 2 || len(found["dialog"]) != 1 {
			t.Fatalf("%s: the form has %v", action, found)
		}
		for _, role := range named {
			if slices.Contains(found[role], "") {
				t.Errorf("%s: a %s has no name: %q", action, role, found[role])
			}
		}
	}
}

// colours finds texts without enough contrast (WCAG 2.2, 1.4.3: 4.5 to 1);
// what is translucent is not asked further.
const colours = `(() => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const bytes = colour => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, bottom) => top.slice(0, 3).map((c, i) => c * top[3] / 255 + bottom[i] * (1 - top[3] / 255)).concat(255);
  const ground = element => {
    const own = bytes(getComputedStyle(element).backgroundColor);
    return own[3] === 255 ? own : over(own, element.parentElement ? ground(element.parentElement) : [255, 255, 255, 255]);
  };
  const light = colour => {
    const [r, g, b] = colour.map(c => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = [];
  let looked = 0;
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!element.checkVisibility() || !(own || element.matches('input, select, textarea'))) continue;
    looked++;
    const below = ground(element), [a, b] = [light(over(bytes(getComputedStyle(element).color), below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    let around = element;
    while (around && getComputedStyle(around).opacity === '1') around = around.parentElement;
    if (ratio < 4.5 || around) texts.push(ratio.toFixed(2) + ' ' + element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 40));
  }
  return looked < 60 ? ['only ' + looked + ' texts'] : texts;
})()`

func TestContrast(t *testing.T) {
	t.Parallel()
	grounds := make(map[string]string)
	for _, name := range []string{"light", "dark"} {
		s, p := busy(t, scheme(name))
		grounds[name] = value[string](p, `getComputedStyle(document.body).backgroundColor`)
		if poor := value[[]string](p, colours); len(poor) > 0 {
			t.Errorf("%s: %s", name, strings.Join(poor, "\n"))
		}
		p.do(chromedp.Click(chromedp.CSS("#open-fault")))
		p.until(`document.getElementById('fault-dialog').open`)
		if poor := value[[]string](p, colours); len(poor) > 0 {
			t.Errorf("%s, form: %s", name, strings.Join(poor, "\n"))
		}
		p.do(chromedp.Click(chromedp.CSS("#fault-form [data-close]")))
		if err := s.process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.until(`document.getElementById('link').textContent === 'not connected, trying again'`)
		if poor := value[[]string](p, colours); len(poor) > 0 {
			t.Errorf("%s, not connected: %s", name, strings.Join(poor, "\n"))
		}
		// What is told now is told as wrong.
		p.do(chromedp.Click(chromedp.CSS(`[data-post="finish"]`)))
		p.until(`document.querySelector('#said.wrong')?.textContent === 'The simulator does not answer.'`)
	}
	if grounds["light"] == grounds["dark"] {
		t.Errorf("light and dark are both %s", grounds["light"])
	}
}

// TestNarrow opens the page on a telephone and on screens between.
func TestNarrow(t *testing.T) {
	t.Parallel()
	s, wide := busy(t)
	const overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`
	for _, width := range []int64{320, 390, 768, 1024, 1920} {
		wide.do(chromedp.EmulateViewport(width, 800))
		if got := value[int](wide, overflow); got > 0 {
			t.Errorf("at %d pixels the page is %d too wide", width, got)
		}
		for _, selector := range []string{"#open-fault", "#roma .card", "#job-list li", "#request-list td.path", "#request-list td:last-child"} {
			if got := value[float64](wide, `document.querySelector('`+selector+`').getBoundingClientRect().right - innerWidth`); got > 0 {
				t.Errorf("at %d pixels %s is %v pixels outside", width, selector, got)
			}
		}
		wide.do(chromedp.Click(chromedp.CSS("#open-fault")))
		wide.until(`document.getElementById('fault-dialog').open`)
		if got := value[int](wide, `(() => { const d = document.getElementById('fault-dialog'); return d.scrollWidth - d.clientWidth })()`); got > 0 {
			t.Errorf("at %d pixels the form is %d too wide", width, got)
		}
		wide.do(chromedp.Click(chromedp.CSS("#fault-form [data-close]")))
	}
	// A table is one for screen readers also where it is drawn as a list.
	wide.do(chromedp.EmulateViewport(390, 800))
	if found := wide.tree(); len(found["table"]) != 1 || len(found["row"]) < 5 {
		t.Errorf("the requests are %q in %d rows", found["table"], len(found["row"]))
	}
	s.control("DELETE", "requests", "")
	wide.until(`!document.querySelector('#request-list tr')`)
}
