package csa

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// Artifacts lists the catalogs and the offerings that are published in them,
// catalogs first, each by name and id; an offering in several catalogs is
// there once. Names are display names. If name is not "", only what has exactly
// this name. No other kinds can be listed (Catalog API, CSA 4.90). The error
// is mapped's, an *httpapi.AnswerError, or one of the look-up of the person.
func (c *Client) Artifacts(ctx context.Context, name string) ([]asset.Artifact, error) {
	catalogs, err := c.list(ctx, catalogList, "catalog")
	if err != nil {
		return nil, err
	}
	all := slices.Clone(catalogs)
	for _, catalog := range catalogs {
		offerings, err := c.list(ctx, offeringList, "catalog", catalog.ID, "offering")
		if err != nil {
			return nil, err
		}
		all = append(all, offerings...)
	}
	all = slices.DeleteFunc(all, func(a asset.Artifact) bool { return name != "" && a.Name != name })
	slices.SortFunc(all, func(a, b asset.Artifact) int {
		// CATALOG comes before SERVICE_OFFERING.
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	all = slices.CompactFunc(all, func(a, b asset.Artifact) bool { return a.Type == b.Type && a.ID == b.ID })
	for i, a := range all {
		all[i].Name = c.secrets.Hide(a.Name)
	}
	return all, nil
}

// listTime limits one list, so that a server that stops in the middle cannot
// hold a plan.
const listTime = 5 * time.Minute

var errListTime = errors.New("the list did not end within " + listTime.String())

// list reads one list, which the documents show without pages.
func (c *Client) list(ctx context.Context, l listForm, segments ...string) ([]asset.Artifact, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, listTime, errListTime)
	defer cancel()
	list, err := c.readList(ctx, l, segments...)
	if err != nil && errors.Is(context.Cause(ctx), errListTime) {
		// The limit is this package's and not the caller's.
		err = errListTime
	}
	return list, err
}

func (c *Client) readList(ctx context.Context, l listForm, segments ...string) ([]asset.Artifact, error) {
	id, err := c.person.resolve(ctx, c)
	if err != nil {
		return nil, err
	}
	query := url.Values{queryPerson: {id}}
	if l.detail != "" {
		query.Set("detail", l.detail)
	}
	call, err := c.call(http.MethodGet, query, segments...)
	if err != nil {
		return nil, err
	}
	call.Header.Set("Accept", mediaXML)
	call.Longest = maxList
	var list []asset.Artifact
	err = c.api.Parse(ctx, call, func(_ http.Header, data []byte) (err error) {
		list, err = l.parse(data)
		if slices.ContainsFunc(list, func(a asset.Artifact) bool { return c.secrets.Holds(a.ID) }) {
			err = errItemID
		}
		return c.shown(err)
	})
	return list, c.mapped(err)
}

// listForm is how a list looks. Items of a CatalogList begin with a small
// letter, those of a ServiceOfferingList with a capital; either is accepted.
type listForm struct {
	kind, root, item string
	// detail is asked for where the documents say that it can be.
	detail string
}

var (
	catalogList  = listForm{KindCatalog, "CatalogList", "catalog", "basic"}
	offeringList = listForm{KindServiceOffering, "ServiceOfferingList", "ServiceOffering", ""}
)

var errItemID = errors.New("an item of the list has no usable id")

func (l listForm) parse(data []byte) ([]asset.Artifact, error) {
	items := listItems{form: l, list: []asset.Artifact{}}
	if err := decodeXML(data, &items, l.root); err != nil {
		return nil, err
	}
	return items.list, nil
}

// listItems takes items one by one: of a hostile list not even the first
// million of empty ones is kept.
type listItems struct {
	form listForm
	list []asset.Artifact
}

// UnmarshalXML implements xml.Unmarshaler.
func (l *listItems) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := l.element(d, token); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (l *listItems) element(d *xml.Decoder, start xml.StartElement) error {
	if !strings.EqualFold(start.Name.Local, l.form.item) {
		return d.Skip()
	}
	var item struct {
		ID          string `xml:"id"`
		Name        string `xml:"name"`
		DisplayName string `xml:"displayName"`
	}
	if err := d.DecodeElement(&item, &start); err != nil {
		return err
	}
	a := asset.Artifact{ID: solid(item.ID), Type: l.form.kind, Name: single(item.DisplayName)}
	if a.Name == "" {
		a.Name = single(item.Name)
	}
	if !idForm.MatchString(a.ID) {
		return errItemID
	}
	l.list = append(l.list, a)
	return nil
}
