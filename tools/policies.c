/* SPDX-License-Identifier: MIT */
#include "policies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEVELS = 1000 }; /* they are written from 1 to one less */

static const policy_option caps[] = {
    {OPT_IDENTITY_POLICY, POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_KIND_IDENTITY, "--identity-policy"},
    {OPT_BOUNDARY, POLICYEVAL_LAYER_BOUNDARY, POLICYEVAL_KIND_BOUNDARY, "--boundary"},
    {OPT_SESSION_POLICY, POLICYEVAL_LAYER_SESSION, POLICYEVAL_KIND_SESSION, "--session-policy"},
    {OPT_SCP, POLICYEVAL_LAYER_SCP, POLICYEVAL_KIND_SCP, "--scp"},
    {OPT_RCP, POLICYEVAL_LAYER_RCP, POLICYEVAL_KIND_RCP, "--rcp"},
    {OPT_ENDPOINT, POLICYEVAL_LAYER_ENDPOINT, POLICYEVAL_KIND_ENDPOINT, "--endpoint-policy"},
};
enum { CAPS = sizeof caps / sizeof caps[0] };

void policies_done(policies *p) { free(p->files); }

static const policy_option *find(const policies *p, int option) {
  for (size_t i = 0; i < CAPS; i++)
    if (caps[i].option == option) return &caps[i];
  for (size_t i = 0; i < p->nown; i++)
    if (p->own[i].option == option) return &p->own[i];
  return NULL;
}

int policies_option(const common *c, policies *p, int option, const char *value) {
  if (option == OPT_GRANTS) {
    p->grants = value;
    return 0;
  }
  const policy_option *what = find(p, option);
  if (!what) return -1;
  policy_file *grown = realloc(p->files, (p->nfiles + 1) * sizeof *grown);
  if (!grown) return fail_rc(c, POLICYEVAL_ENOMEM, "options");
  p->files = grown;
  grown[p->nfiles++] = (policy_file){what, value};
  return 0;
}

size_t policies_count(const policies *p, int option) {
  size_t n = 0;
  for (size_t i = 0; i < p->nfiles; i++) n += p->files[i].what->option == option;
  return n;
}

/* "N:FILE" adds to level N; FILE alone is one more level. */
static const char *level_of(const char *text, unsigned *next, unsigned *level) {
  char *end = NULL;
  const unsigned long n = text[0] >= '1' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
  if (end && *end == ':' && n < LEVELS) {
    *level = (unsigned)n;
    if (n > *next) *next = (unsigned)n;
    return end + 1;
  }
  *level = ++*next;
  return text;
}

/* A number and a colon that are no level, and no file of that whole name. */
static bool is_bad_level(const char *text) {
  const size_t digits = strspn(text, "0123456789");
  if (digits == 0 || text[digits] != ':') return false;
  const unsigned long n = strtoul(text, NULL, 10);
  return (text[0] == '0' || n >= LEVELS) && access(text, F_OK) != 0;
}

/* Levels are counted, so only here is it seen that --scp FILE --scp 1:none speak of one level. */
static int check_levels(const common *c, const policies *p, int option) {
  enum { FILES = 1, NONE = 2 };
  unsigned char said[LEVELS] = {0};
  unsigned next = 0, level = 0;
  for (size_t i = 0; i < p->nfiles; i++) {
    const policy_file *file = &p->files[i];
    if (file->what->option != option || strcmp(file->path, "none") == 0) continue;
    if (is_bad_level(file->path))
      return usage_error(c, "%s %s: levels are counted from 1 (to %d)", file->what->name, file->path, LEVELS - 1);
    const bool none = strcmp(level_of(file->path, &next, &level), "none") == 0;
    if (level >= LEVELS) continue;
    said[level] |= none ? NONE : FILES;
    if (said[level] == (FILES | NONE))
      return usage_error(c, "%s: level %u is given a policy and none at once", file->what->name, level);
  }
  return 0;
}

int policies_check(const common *c, const policies *p) {
  const int status = check_levels(c, p, OPT_SCP);
  return status ? status : check_levels(c, p, OPT_RCP);
}

static int add_file(const common *c, const policy_file *file, int kind, const policy_target *to,
                    unsigned *levels) {
  const int layer = file->what->layer;
  const bool organization = layer == POLICYEVAL_LAYER_SCP || layer == POLICYEVAL_LAYER_RCP;
  const bool cap = organization || layer == POLICYEVAL_LAYER_BOUNDARY || layer == POLICYEVAL_LAYER_SESSION ||
                   layer == POLICYEVAL_LAYER_ENDPOINT;
  unsigned level = 0;
  /* No such policy applies. N:none is another thing: a level of the organization that has none. */
  if (cap && strcmp(file->path, "none") == 0) return 0;
  const char *path = organization ? level_of(file->path, &levels[layer], &level) : file->path;
  policyeval_policy *policy = NULL;
  if (strcmp(path, "none") != 0) {
    const int status = load_policy(c, file->what->kind ? file->what->kind : kind, path, &policy);
    if (status) return status;
  }
  int rc = POLICYEVAL_OK;
  if (policy)
    rc = to->add(to->object, layer, level, policy);
  else if (cap)
    rc = to->declare(to->object, layer, level);
  policyeval_policy_unref(policy);
  if (rc == POLICYEVAL_OK) return 0;
  const char *why = to->detail ? to->detail(to->object) : "";
  return usage_error(c, "%s %s: %s", file->what->name, file->path, *why ? why : policyeval_error_text(rc));
}

static int add_grants(const common *c, const char *path, const policy_target *to) {
  char *text = NULL;
  size_t len = 0;
  if (!path || strcmp(path, "none") == 0) return 0;
  int status = read_file(c, path, &text, &len);
  if (status) return status;
  policyeval_report *report = NULL;
  const int rc = to->add_grants(to->object, text, len, path, &report);
  if (rc != POLICYEVAL_OK) {
    const char *told = policyeval_report_text(report, NULL);
    status = fail(c, EXIT_INPUT, "%s: %s", path, policyeval_error_text(rc));
    if (told) fputs(told, stderr);
  }
  policyeval_report_free(report);
  free(text);
  return status;
}

int policies_load(const common *c, const policies *p, int kind, const policy_target *to) {
  unsigned levels[POLICYEVAL_LAYER_LAST_] = {0};
  int worst = 0;
  for (size_t i = 0; i < p->nfiles && (!worst || worst == EXIT_INPUT); i++) {
    const int status = add_file(c, &p->files[i], kind, to, levels);
    if (status) worst = status;
  }
  return worst ? worst : add_grants(c, p->grants, to);
}
