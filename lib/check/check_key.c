/* SPDX-License-Identifier: MIT */
/* Keys: who may still change the policy, and what reading a secret needs of a key (D3, D9 T12, T13). */
#include "check/check.h"

static bool lists(const pe_statement *s, const char *action, const pe_action **found) {
  for (uint32_t i = 0; i < s->nactions; i++) {
    if (!pe_check_action_is(&s->actions[i], action)) continue;
    *found = &s->actions[i];
    return true;
  }
  return false;
}

/* kms:Decrypt and kms:DescribeKey and nothing else of KMS: the statement is there for reading secrets. */
static void check_describe(pe_check *c, const pe_statement *s) {
  const pe_action *describe = NULL, *decrypt = NULL;
  if (!lists(s, "kms:DescribeKey", &describe) || !lists(s, "kms:Decrypt", &decrypt)) return;
  for (uint32_t i = 0; i < s->nactions; i++) {
    const pe_action *a = &s->actions[i];
    if (a != describe && a != decrypt && (a->any || pe_check_starts(a->text, "kms:"))) return;
  }
  pe_finding *f = pe_check_value(c, PE_RULE_KMS_DESCRIBE_KEY_NOT_NEEDED, describe->node,
                                 "Reading a secret does not call kms:DescribeKey.");
  pe_check_fix_remove(c, f, describe->node, false, "Remove it");
}

static void check_scope(pe_check *c, const pe_statement *s) {
  const pe_action *decrypt = NULL;
  if (!lists(s, "kms:Decrypt", &decrypt)) return;
  if (pe_check_conditions_start(s, "kms:ViaService") || pe_check_conditions_start(s, "kms:EncryptionContext")) return;
  pe_check_value(c, PE_RULE_KMS_DECRYPT_NOT_SCOPED, decrypt->node,
                 "This allows decrypting whatever the key protects: add kms:ViaService and "
                 "kms:EncryptionContext:SecretARN to hold it to one secret.");
}

/* D9 T7: pasted as the whole policy of a key, such a document leaves the key without anybody who may change it. */
static void check_administrator(pe_check *c) {
  const pe_policy *p = c->policy;
  if (p->nstatements == 0) return;
  for (uint32_t i = 0; i < p->nstatements; i++) {
    const pe_statement *s = &p->statements[i];
    if (s->effect == PE_ALLOW && !s->no_effect && pe_check_statement_covers(s, "kms:putkeypolicy")) return;
  }
  pe_finding *f = pe_check_value(c, PE_RULE_KEY_POLICY_WITHOUT_ADMINISTRATOR, 0,
                                 "No statement allows kms:PutKeyPolicy: as the whole policy of a key this leaves nobody "
                                 "who may change it.");
  if (f) f->span.end = f->span.start + 1;
}

void pe_check_key(pe_check *c) {
  for (uint32_t i = 0; i < c->policy->nstatements && !c->result; i++) {
    const pe_statement *s = &c->policy->statements[i];
    if (s->effect != PE_ALLOW || s->action_mode != PE_MODE_IS) continue;
    check_describe(c, s);
    check_scope(c, s);
  }
  if (c->kind == POLICYEVAL_KIND_KMS_KEY) check_administrator(c);
}
