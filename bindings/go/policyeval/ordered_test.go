// SPDX-License-Identifier: MIT

package policyeval

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
)

// An object is a JSON object whose members keep their order: it matters to the policies and facts of a vector.
type object struct{ members []member }

type member struct {
	name  string
	value any
}

func (o *object) has(name string) bool {
	_, ok := o.find(name)
	return ok
}

func (o *object) get(name string) any {
	value, _ := o.find(name)
	return value
}

func (o *object) find(name string) (any, bool) {
	if o != nil {
		for _, m := range o.members {
			if m.name == name {
				return m.value, true
			}
		}
	}
	return nil, false
}

// all gives the members; nil has none.
func (o *object) all() []member {
	if o == nil {
		return nil
	}
	return o.members
}

func (o *object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			b.WriteByte(',')
		}
		for k, part := range []any{m.name, m.value} {
			encoder := json.NewEncoder(&b)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(part); err != nil {
				return nil, err
			}
			b.Truncate(b.Len() - 1)
			if k == 0 {
				b.WriteByte(':')
			}
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// readValue reads one JSON value: *object, []any, string, json.Number, bool, nil.
func readValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := &object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			value, err := readValue(d)
			if err != nil {
				return nil, err
			}
			o.members = append(o.members, member{name.(string), value})
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		items := []any{}
		for d.More() {
			item, err := readValue(d)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err = d.Token()
		return items, err
	}
	return token, nil
}

func parse(t testing.TB, r io.Reader) *object {
	t.Helper()
	d := json.NewDecoder(r)
	d.UseNumber()
	value, err := readValue(d)
	must(t, err)
	o, ok := value.(*object)
	if !ok {
		t.Fatal("not an object")
	}
	return o
}

// The accessors give nothing for a value of another type.

func obj(value any) *object {
	o, _ := value.(*object)
	return o
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}

func str(value any) string {
	s, _ := value.(string)
	return s
}

func yes(value any) bool {
	b, _ := value.(bool)
	return b
}

// scalar is a value of a context key as text.
func scalar(value any) string {
	switch v := value.(type) {
	case bool:
		if v {
			return "true"
		}
		return "false"
	case json.Number:
		return v.String()
	}
	return str(value)
}

func words(value any) []string {
	items := []string{}
	for _, item := range list(value) {
		items = append(items, str(item))
	}
	return items
}

// text is JSON without the escapes that encoding/json adds for HTML.
func text(t testing.TB, value any) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	must(t, encoder.Encode(value))
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
