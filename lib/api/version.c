/* SPDX-License-Identifier: MIT */
#include "policyeval/version.h"

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

const char *policyeval_version(void) { return POLICYEVAL_VERSION; }

const char *policyeval_version_json(void) {
  return "{\"version\": \"" POLICYEVAL_VERSION "\", \"abi\": " TEXT(POLICYEVAL_ABI)
         ", \"features\": [\"access\", \"analysis\", \"decide\", \"grant\", \"simulate\", \"validate\"]}";
}
