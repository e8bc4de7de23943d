/* SPDX-License-Identifier: MIT */
/* Names of the enums, from the lists in policyeval/base.h. */
#include "policyeval/context.h"

#include <string.h>

#define ERROR_NAME(name, value, text) \
  case value: return "POLICYEVAL_" #name;
#define ERROR_TEXT(name, value, text) \
  case value: return text;

const char *policyeval_error_name(int error) {
  switch (error) {
    case POLICYEVAL_OK: return "POLICYEVAL_OK";
      POLICYEVAL_ERRORS(ERROR_NAME)
    default: return "";
  }
}

const char *policyeval_error_text(int error) {
  switch (error) {
    case POLICYEVAL_OK: return "success";
      POLICYEVAL_ERRORS(ERROR_TEXT)
    default: return "";
  }
}

#define CASE_TEXT(name, value, text) \
  case value: return text;

const char *policyeval_effect_name(int effect) {
  switch (effect) {
    POLICYEVAL_EFFECTS(CASE_TEXT)
    default: return NULL;
  }
}

const char *policyeval_kind_name(int kind) {
  switch (kind) {
    POLICYEVAL_KINDS(CASE_TEXT)
    default: return NULL;
  }
}

int policyeval_kind_find(const char *name) {
  for (int kind = 1; name && kind < POLICYEVAL_KIND_LAST_; kind++)
    if (strcmp(policyeval_kind_name(kind), name) == 0) return kind;
  return 0;
}

const char *policyeval_layer_name(int layer) {
  switch (layer) {
    POLICYEVAL_LAYERS(CASE_TEXT)
    default: return NULL;
  }
}
