/* SPDX-License-Identifier: MIT */
/* iam:PassRole and iam:CreateServiceLinkedRole on more roles than one. */
#include "check/check.h"
#include "text/arn.h"

typedef struct role_rules {
  const char *action, *lower, *narrow; /* narrow: the key that holds it to a service */
  pe_rule not_resource, star_action_not_resource, not_action_not_resource;
  pe_rule star, star_action, not_action;
} role_rules;

static const role_rules cases[] = {
    {"iam:PassRole", "iam:passrole", "iam:PassedToService", PE_RULE_PASS_ROLE_WITH_NOT_RESOURCE,
     PE_RULE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE, PE_RULE_PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE,
     PE_RULE_PASS_ROLE_WITH_STAR_IN_RESOURCE, PE_RULE_PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
     PE_RULE_PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION},
    {"iam:CreateServiceLinkedRole", "iam:createservicelinkedrole", "iam:AWSServiceName",
     PE_RULE_CREATE_SLR_WITH_NOT_RESOURCE, PE_RULE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
     PE_RULE_CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE, PE_RULE_CREATE_SLR_WITH_STAR_IN_RESOURCE,
     PE_RULE_CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE, PE_RULE_CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION},
};

/* Any role: "*", or an ARN of iam whose name is nothing but a wildcard, perhaps behind a path of AWS. */
static bool any_role(pe_slice text) {
  static const char *const wide[] = {"*", "role/*", "role/aws-service-role/*", "role*", "role/aws-service-role*"};
  pe_arn arn;
  if (pe_slice_eq(text, PE_SLICE("*"))) return true;
  pe_arn_split_pattern(text, &arn);
  if (arn.count < PE_ARN_FIELDS) return arn.count > PE_ARN_SERVICE && pe_check_has_wildcard(text);
  pe_slice service = arn.field[PE_ARN_SERVICE];
  if (!pe_slice_eq(service, PE_SLICE("iam")) && !pe_check_has_wildcard(service)) return false;
  for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
    if (pe_slice_eq(arn.field[PE_ARN_RESOURCE], pe_slice_str(wide[i]))) return true;
  }
  return false;
}

typedef enum grip { NONE, NAMED, WILD, LEFT } grip; /* how the action is covered */

static grip covered(const pe_statement *s, const role_rules *r, uint32_t *node) {
  grip best = NONE;
  for (uint32_t i = 0; i < s->nactions; i++) {
    if (!pe_check_action_covers(&s->actions[i], r->lower)) continue;
    bool exact = pe_check_action_is(&s->actions[i], r->action);
    if (best == NONE || exact) {
      best = exact ? NAMED : WILD;
      *node = s->actions[i].node;
    }
  }
  if (s->action_mode == PE_MODE_IS) return best;
  *node = s->action_node;
  return s->action_mode == PE_MODE_NOT && best == NONE ? LEFT : NONE;
}

static void check(pe_check *c, const role_rules *r) {
  const pe_statement *s = c->s;
  uint32_t node = 0;
  grip g = covered(s, r, &node);
  if (g == NONE || pe_check_condition(s, r->narrow)) return;
  if (s->resource_mode == PE_MODE_NOT) {
    pe_rule rule = g == NAMED ? r->not_resource : g == WILD ? r->star_action_not_resource : r->not_action_not_resource;
    pe_check_value(c, rule, node, "This allows %s on every role but those listed.", r->action);
    return;
  }
  for (uint32_t i = 0; i < s->nresources; i++) {
    if (!any_role(s->resources[i].text)) continue;
    pe_rule rule = g == NAMED ? r->star : g == WILD ? r->star_action : r->not_action;
    pe_check_value(c, rule, s->resources[i].node, "This allows %s on any role: name the roles, or add a condition on %s.",
                   r->action, r->narrow);
    return;
  }
}

void pe_check_roles(pe_check *c) {
  if (c->s->effect != PE_ALLOW || c->s->broken) return;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0] && !c->result; i++) check(c, &cases[i]);
}
