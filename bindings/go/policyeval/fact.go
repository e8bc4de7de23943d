// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>
#include <stdlib.h>

#define TEXT(s) (_GoStringLen(s) ? _GoStringPtr(s) : ""), _GoStringLen(s)

// The calls that a request and a question of three policies have in common.
#define FACTS(object)                                                                                              \
  static int object##_set_principal(policyeval_##object *o, _GoString_ arn) {                                      \
    return policyeval_##object##_set_principal(o, TEXT(arn));                                                      \
  }                                                                                                                \
  static int object##_set_principal_fact(policyeval_##object *o, int fact, _GoString_ value) {                     \
    return policyeval_##object##_set_principal_fact(o, fact, TEXT(value));                                         \
  }                                                                                                                \
  static int object##_set_context(policyeval_##object *o, _GoString_ key, _GoString_ value) {                      \
    return policyeval_##object##_set_context(o, TEXT(key), TEXT(value));                                           \
  }                                                                                                                \
  static int object##_set_context_list(policyeval_##object *o, _GoString_ key, _GoString_ joined, size_t *lens,    \
                                       size_t count) {                                                             \
    const char **values = calloc(count + 1, sizeof *values), *next = _GoStringPtr(joined);                         \
    if (!values) return POLICYEVAL_ENOMEM;                                                                         \
    for (size_t i = 0; i < count; next += lens[i++]) values[i] = lens[i] ? next : "";                              \
    const int rc = policyeval_##object##_set_context_list(o, TEXT(key), values, lens, count);                      \
    free(values);                                                                                                  \
    return rc;                                                                                                     \
  }                                                                                                                \
  static int object##_set_unknown(policyeval_##object *o, _GoString_ key) {                                        \
    return policyeval_##object##_set_unknown(o, TEXT(key));                                                        \
  }                                                                                                                \
  static int object##_set_reading(policyeval_##object *o, _GoString_ row, _GoString_ reading) {                    \
    return policyeval_##object##_set_reading(o, _GoStringPtr(row), _GoStringPtr(reading));                         \
  }
FACTS(request)
FACTS(access)
*/
import "C"

import "strings"

// A Fact is an option of a Request and of an Access: something about the caller or about the circumstances.
type Fact struct {
	// One of both is called; op is for errors that the library does not see.
	request func(op string, r *C.policyeval_request) (C.int, *Error)
	access  func(op string, a *C.policyeval_access) (C.int, *Error)
}

// Principal is the caller: ARN of a user, role (some session of it), assumed-role session, federated user or account root.
func Principal(arn string) Fact {
	return Fact{
		func(_ string, r *C.policyeval_request) (C.int, *Error) { return C.request_set_principal(r, arn), nil },
		func(_ string, a *C.policyeval_access) (C.int, *Error) { return C.access_set_principal(a, arn), nil },
	}
}

func principalFact(fact C.int, value string) Fact {
	return Fact{
		func(_ string, r *C.policyeval_request) (C.int, *Error) {
			return C.request_set_principal_fact(r, fact, value), nil
		},
		func(_ string, a *C.policyeval_access) (C.int, *Error) {
			return C.access_set_principal_fact(a, fact, value), nil
		},
	}
}

// RoleARN is the ARN of the role behind a session, with its path.
func RoleARN(arn string) Fact { return principalFact(C.POLICYEVAL_PRINCIPAL_ROLE_ARN, arn) }

// SessionName is the name of the role session.
func SessionName(name string) Fact { return principalFact(C.POLICYEVAL_PRINCIPAL_SESSION_NAME, name) }

// PrincipalPath is the path of the role or user, such as /team/.
func PrincipalPath(path string) Fact { return principalFact(C.POLICYEVAL_PRINCIPAL_PATH, path) }

// PrincipalID is the unique id, AIDA… or AROA….
func PrincipalID(id string) Fact { return principalFact(C.POLICYEVAL_PRINCIPAL_ID, id) }

// FederatedParent is the ARN of the user that made the federated session.
func FederatedParent(arn string) Fact { return principalFact(C.POLICYEVAL_PRINCIPAL_PARENT, arn) }

// ManagementAccounts tells whether the principal's and the resource's account is the management account of its
// organization.
func ManagementAccounts(principal, resource bool) Fact {
	p, q := flag(principal), flag(resource)
	return Fact{
		func(_ string, r *C.policyeval_request) (C.int, *Error) {
			return C.policyeval_request_set_management(r, p, q), nil
		},
		func(_ string, a *C.policyeval_access) (C.int, *Error) {
			return C.policyeval_access_set_management(a, p, q), nil
		},
	}
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// ContextValue is a context key with one value, aws:SourceIp with 203.0.113.7. Letter case of the key does not matter.
func ContextValue(key, value string) Fact {
	return Fact{
		func(_ string, r *C.policyeval_request) (C.int, *Error) {
			return C.request_set_context(r, key, value), nil
		},
		func(_ string, a *C.policyeval_access) (C.int, *Error) {
			return C.access_set_context(a, key, value), nil
		},
	}
}

// ContextList is a context key with a list of values: a multivalued key, also with one value or none.
func ContextList(key string, values ...string) Fact {
	joined := strings.Join(values, "")
	lens := make([]C.size_t, len(values)+1) // one more: there is a first one
	for i, value := range values {
		lens[i] = C.size_t(len(value))
	}
	count := C.size_t(len(values))
	return Fact{
		func(_ string, r *C.policyeval_request) (C.int, *Error) {
			return C.request_set_context_list(r, key, joined, &lens[0], count), nil
		},
		func(_ string, a *C.policyeval_access) (C.int, *Error) {
			return C.access_set_context_list(a, key, joined, &lens[0], count), nil
		},
	}
}

// PrincipalTag is the context key aws:PrincipalTag/name.
func PrincipalTag(name, value string) Fact { return ContextValue("aws:PrincipalTag/"+name, value) }

// PrincipalOrgID is the context key aws:PrincipalOrgID.
func PrincipalOrgID(id string) Fact { return ContextValue("aws:PrincipalOrgID", id) }

// UnknownKey declares that the value of a context key, or whether it is there, is not known.
func UnknownKey(key string) Fact {
	return Fact{
		func(_ string, r *C.policyeval_request) (C.int, *Error) { return C.request_set_unknown(r, key), nil },
		func(_ string, a *C.policyeval_access) (C.int, *Error) { return C.access_set_unknown(a, key), nil },
	}
}

func (o ReadingOption) fact() Fact {
	return Fact{
		func(op string, r *C.policyeval_request) (C.int, *Error) {
			row, reading, err := o.terminated(op)
			if err != nil {
				return 0, err
			}
			return C.request_set_reading(r, row, reading), nil
		},
		func(op string, a *C.policyeval_access) (C.int, *Error) {
			row, reading, err := o.terminated(op)
			if err != nil {
				return 0, err
			}
			return C.access_set_reading(a, row, reading), nil
		},
	}
}
