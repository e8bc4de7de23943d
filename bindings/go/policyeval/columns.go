// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>
#include <stdint.h>
#include <stdlib.h>

extern int libpolicyevalGoCancelled(uintptr_t number);
static int columns_cancelled(void *user) { return libpolicyevalGoCancelled(*(uintptr_t *)user); }

// One column as Go gives it: offsets into the texts of the table; rows without a value have the offset UINT64_MAX.
typedef struct go_column {
  int field;
  uint64_t key, key_len;
} go_column;

static int decide_columns(policyeval_policyset *set, policyeval_request *request, const char *texts,
                          const go_column *given, size_t ncolumns, const uint64_t *places, size_t count, int *effects,
                          uintptr_t number, size_t *done) {
  policyeval_column *columns = calloc(ncolumns + 1, sizeof *columns);
  policyeval_slice *values = calloc(ncolumns * count + 1, sizeof *values);
  int rc = columns && values ? POLICYEVAL_OK : POLICYEVAL_ENOMEM;
  for (size_t c = 0; rc == POLICYEVAL_OK && c < ncolumns; c++) {
    policyeval_slice *column = values + c * count;
    const uint64_t *place = places + 2 * c * count;
    for (size_t i = 0; i < count; i++)
      if (place[2 * i] != UINT64_MAX) column[i] = (policyeval_slice){texts + place[2 * i], place[2 * i + 1]};
    columns[c] = (policyeval_column){.field = given[c].field, .values = column};
    if (given[c].field == POLICYEVAL_COLUMN_CONTEXT)
      columns[c].key = (policyeval_slice){texts + given[c].key, given[c].key_len};
  }
  if (rc == POLICYEVAL_OK)
    rc = policyeval_decide_columns(set, request, columns, ncolumns, count, effects, number ? columns_cancelled : NULL,
                                   &number, done);
  free(values);
  free(columns);
  return rc;
}
*/
import "C"

import (
	"context"
	"fmt"
	"math"
	"unsafe"
)

// A Column is one fact of many requests: PrincipalColumn, ActionColumn, ResourceColumn, ContextColumn.
type Column struct {
	field   C.int
	key     string
	values  []string
	present []bool // nil: every row has a value
}

// PrincipalColumn gives each row its caller, as Principal does.
func PrincipalColumn(arns ...string) Column {
	return Column{field: C.POLICYEVAL_COLUMN_PRINCIPAL, values: arns}
}

// ActionColumn gives each row its action.
func ActionColumn(names ...string) Column {
	return Column{field: C.POLICYEVAL_COLUMN_ACTION, values: names}
}

// ResourceColumn gives each row its resource.
func ResourceColumn(arns ...string) Column {
	return Column{field: C.POLICYEVAL_COLUMN_RESOURCE, values: arns}
}

// ContextColumn gives each row its value of a context key. present tells which rows have the key; nil: all.
func ContextColumn(key string, values []string, present []bool) Column {
	return Column{C.POLICYEVAL_COLUMN_CONTEXT, key, values, present}
}

// A Table is columns of equal length, made ready for the library. It is immutable, for any number of goroutines, and
// needs no Close.
type Table struct {
	texts   []byte
	columns []C.go_column
	places  []C.uint64_t // offset and length of every value, column by column
	rows    int
}

// NewTable makes a table. Errors: EINVAL (columns of different length).
func NewTable(columns ...Column) (*Table, error) {
	const op = "new table"
	t := &Table{texts: []byte{0}}
	for i, column := range columns {
		if i == 0 {
			t.rows = len(column.values)
		}
		if len(column.values) != t.rows || column.present != nil && len(column.present) != t.rows {
			return nil, invalid(op, fmt.Sprintf("column %d is not as long as the first one", i))
		}
		if column.field == 0 {
			return nil, invalid(op, fmt.Sprintf("column %d is empty: use PrincipalColumn, ActionColumn, …", i))
		}
		key, size := t.put(column.key)
		t.columns = append(t.columns, C.go_column{column.field, key, size})
	}
	t.places = make([]C.uint64_t, 0, 2*t.rows*len(columns)+1)
	for _, column := range columns {
		var at, size C.uint64_t
		for i, value := range column.values {
			if column.present != nil && !column.present[i] {
				t.places = append(t.places, math.MaxUint64, 0)
				continue
			}
			// The library does less work for a text that it saw in the row before.
			if i == 0 || size == 0 || value != string(t.texts[at:at+size]) {
				at, size = t.put(value)
			}
			t.places = append(t.places, at, size)
		}
	}
	return t, nil
}

func (t *Table) put(text string) (at, size C.uint64_t) {
	at = C.uint64_t(len(t.texts))
	t.texts = append(t.texts, text...)
	t.texts = append(t.texts, 0)
	return at, C.uint64_t(len(text))
}

// Rows is the number of rows.
func (t *Table) Rows() int {
	if t == nil {
		return 0
	}
	return t.rows
}

// DecideTable decides every row of a table with one call into the library: request, with the row's facts in place of its
// own. It stops at the first error, and when ctx is done; then the effects are those of the rows before. The request is
// left with the facts of the last row.
func (s *PolicySet) DecideTable(ctx context.Context, request *Request, table *Table) ([]Effect, error) {
	if table == nil {
		return nil, invalid(opDecide, "the table is nil")
	}
	number, done, err := cancellation(opDecide, ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := s.both(request); err != nil {
		return nil, err
	}
	defer s.release()
	defer request.releaseAlone()
	if table.rows == 0 {
		return nil, nil
	}
	effects := make([]Effect, table.rows)
	var decided C.size_t
	rc := C.decide_columns(s.c(), request.c(), (*C.char)(unsafe.Pointer(&table.texts[0])), &table.columns[0],
		C.size_t(len(table.columns)), &table.places[0], C.size_t(table.rows), (*C.int)(unsafe.Pointer(&effects[0])), number, &decided)
	effects = effects[:int(decided)]
	if rc == C.POLICYEVAL_ECANCELED && ctx.Err() != nil {
		return effects, refuse(opDecide, ctx.Err())
	}
	if rc != 0 {
		detail := C.GoString(C.policyeval_request_detail(request.c()))
		return effects, failed(opDecide, rc, fmt.Sprintf("row %d: %s", len(effects), detail))
	}
	return effects, nil
}
