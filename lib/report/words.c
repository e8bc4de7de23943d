/* SPDX-License-Identifier: MIT */
/* https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
#include "report/words.h"

#include "report/render.h"

const char *pe_words_layer(int layer) {
  switch (layer) {
    case POLICYEVAL_LAYER_IDENTITY: return "identity-based policy";
    case POLICYEVAL_LAYER_RESOURCE:
    case POLICYEVAL_LAYER_KEY: return "resource-based policy";
    case POLICYEVAL_LAYER_GRANT: return "grant";
    case POLICYEVAL_LAYER_BOUNDARY: return "permissions boundary";
    case POLICYEVAL_LAYER_SESSION: return "session policy";
    case POLICYEVAL_LAYER_SCP: return "service control policy";
    case POLICYEVAL_LAYER_RCP: return "resource control policy";
    case POLICYEVAL_LAYER_ENDPOINT: return "VPC endpoint policy";
    default: return "policy";
  }
}

void pe_words_reason(pe_buf *out, int layer, bool explicit_deny, pe_slice action) {
  const char *name = pe_words_layer(layer);
  if (explicit_deny) pe_buf_fmt(out, "with an explicit deny in %s %s", name[0] == 'i' ? "an" : "a", name);
  else pe_buf_fmt(out, "because no %s allows the %.*s action", name, (int)action.len, action.ptr);
}

int pe_render_reason(const pe_trace *trace, pe_slice action, pe_buf *out) {
  if (trace->effect == POLICYEVAL_IMPLICIT_DENY || trace->effect == POLICYEVAL_EXPLICIT_DENY)
    pe_words_reason(out, trace->primary, trace->effect == POLICYEVAL_EXPLICIT_DENY, action);
  else pe_buf_add(out, "", 0);
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

void pe_words_caller(pe_buf *out, const pe_caller *c) {
  switch (c->kind) {
    case PE_CALLER_ANONYMOUS: pe_buf_str(out, "an anonymous caller"); return;
    case PE_CALLER_SERVICE:
    case PE_CALLER_PROVIDER: pe_buf_slice(out, c->service); return;
    case PE_CALLER_ROOT: pe_buf_str(out, "the root user"); break;
    default: pe_buf_slice(out, c->name); break;
  }
  pe_buf_str(out, " of ");
  pe_buf_slice(out, c->account);
}
