/* SPDX-License-Identifier: MIT */
/* Key states: apart from authorization, or a reason to deny would be hidden (D3.6). */
#include "access/access.h"

/* https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
static const struct {
  const char *state, *error, *problem;
} states[] = {
    {"Enabled", NULL, NULL},
    {"Updating", NULL, NULL},
    {"Disabled", "DisabledException", "the key is disabled: enable it"},
    {"PendingDeletion", "KMSInvalidStateException", "the key is pending deletion: cancel the deletion and enable the key"},
    {"PendingReplicaDeletion", "KMSInvalidStateException",
     "the key is pending replica deletion: it waits for its replica keys to be deleted"},
    {"PendingImport", "KMSInvalidStateException", "the key is pending import: it has no key material yet"},
    {"Unavailable", "KMSInvalidStateException", "the key is unavailable: its key store is disconnected"},
    {"Creating", "KMSInvalidStateException", "the key is creating: wait until it is enabled"},
};

static int find_state(pe_slice name) {
  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
    if (pe_slice_eq(name, pe_slice_str(states[i].state))) return (int)i;
  return -1;
}

int pe_access_set_key_state(pe_access *a, pe_slice state, const char **why) {
  const int i = find_state(state);
  if (i < 0) {
    *why = "a key state is one of Enabled, Disabled, PendingDeletion, PendingReplicaDeletion, PendingImport, Unavailable, "
           "Creating, Updating";
    return POLICYEVAL_EINVAL;
  }
  a->key_state = pe_slice_str(states[i].state);
  return POLICYEVAL_OK;
}

pe_operability pe_access_operability(const pe_access *a) {
  const int i = a->key_state.ptr ? find_state(a->key_state) : -1;
  if (i < 0) return (pe_operability){.ok = true};
  return (pe_operability){.ok = !states[i].problem, .error = states[i].error, .problem = states[i].problem};
}
