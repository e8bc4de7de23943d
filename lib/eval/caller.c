/* SPDX-License-Identifier: MIT */
#include "eval/caller.h"

#include "base/error.h"

static bool refuse(const char **why, const char *sentence) {
  *why = sentence;
  return false;
}

bool pe_caller_path_ok(pe_slice path) {
  return path.len > 0 && path.ptr[0] == '/' && path.ptr[path.len - 1] == '/';
}

/* "user/team/alice" after its first word: path "/team/" and name "alice". */
static bool split_path(pe_slice resource, size_t word, pe_slice *path, pe_slice *name) {
  size_t last = resource.len;
  while (resource.ptr[last - 1] != '/') last--; /* there is one after the word */
  if (last == resource.len) return false;
  *path = pe_slice_sub(resource, word, last);
  *name = pe_slice_sub(resource, last, resource.len);
  return true;
}

static bool parse_iam(pe_slice resource, pe_caller *out, const char **why) {
  if (pe_slice_eq(resource, PE_SLICE("root"))) {
    out->kind = PE_CALLER_ROOT;
    return true;
  }
  bool user = pe_slice_starts(resource, PE_SLICE("user/"));
  if (!user && !pe_slice_starts(resource, PE_SLICE("role/")))
    return refuse(why, "an iam ARN of a principal ends in root, user/NAME or role/NAME");
  if (!split_path(resource, 4, &out->path, &out->name)) return refuse(why, "the principal's ARN has no name");
  out->kind = user ? PE_CALLER_USER : PE_CALLER_ROLE;
  out->path_known = 1;
  if (!user) out->role_arn = out->arn;
  return true;
}

static bool parse_sts(pe_slice resource, pe_caller *out, const char **why) {
  if (pe_slice_starts(resource, PE_SLICE("federated-user/"))) {
    out->kind = PE_CALLER_FEDERATED_USER;
    out->name = pe_slice_sub(resource, sizeof "federated-user/" - 1, resource.len);
    if (!out->name.len) return refuse(why, "the federated user's ARN has no name");
    return true;
  }
  if (!pe_slice_starts(resource, PE_SLICE("assumed-role/")))
    return refuse(why, "an sts ARN of a principal is assumed-role/ROLE/SESSION or federated-user/NAME");
  size_t start = sizeof "assumed-role/" - 1, slash = start;
  while (slash < resource.len && resource.ptr[slash] != '/') slash++;
  if (slash == start || slash + 1 >= resource.len)
    return refuse(why, "a session's ARN is assumed-role/ROLE/SESSION: a part is missing");
  out->kind = PE_CALLER_ROLE;
  out->name = pe_slice_sub(resource, start, slash);
  out->session = pe_slice_sub(resource, slash + 1, resource.len);
  out->session_known = 1;
  return true;
}

bool pe_caller_parse(pe_slice arn, pe_caller *out, const char **why) {
  pe_arn parts;
  pe_arn_split(arn, &parts);
  if (parts.count < 6 || !pe_slice_eq(parts.field[PE_ARN_PREFIX], PE_SLICE("arn")))
    return refuse(why, "a principal is an ARN of six fields, arn:aws:iam::ACCOUNT:role/NAME or the like");
  if (parts.field[PE_ARN_PARTITION].len == 0) return refuse(why, "the principal's ARN has no partition");
  if (!pe_arn_is_account(parts.field[PE_ARN_ACCOUNT]))
    return refuse(why, "the account id in the principal's ARN is not twelve digits");
  if (parts.field[PE_ARN_REGION].len) return refuse(why, "the ARN of a principal has no region");
  pe_slice resource = parts.field[PE_ARN_RESOURCE];
  for (size_t i = 0; i < resource.len; i++) {
    if (resource.ptr[i] == '*' || resource.ptr[i] == '?')
      return refuse(why, "the ARN of a principal who makes a request has no wildcard");
  }
  *out = (pe_caller){
      .arn = arn, .partition = parts.field[PE_ARN_PARTITION], .account = parts.field[PE_ARN_ACCOUNT]};
  if (pe_slice_eq(parts.field[PE_ARN_SERVICE], PE_SLICE("iam"))) return parse_iam(resource, out, why);
  if (pe_slice_eq(parts.field[PE_ARN_SERVICE], PE_SLICE("sts"))) return parse_sts(resource, out, why);
  return refuse(why, "the ARN of a principal belongs to iam or sts");
}

/* D2.1: a session's ARN carries no path, the role's does. */
static bool take_role(const pe_caller_input *in, pe_caller *c, const char **why) {
  if (in->role_arn.ptr) {
    pe_caller role;
    if (!pe_caller_parse(in->role_arn, &role, why)) return false;
    bool fits = role.kind == PE_CALLER_ROLE && !role.session_known && pe_slice_eq(role.account, c->account) &&
                pe_slice_eq(role.partition, c->partition) && pe_slice_eq_ascii_nocase(role.name, c->name);
    if (!fits) return refuse(why, "the role's ARN does not belong to the principal");
    c->path = role.path;
    c->name = role.name;
    c->path_known = 1;
    c->role_arn = in->role_arn;
  }
  if (in->path.ptr) {
    if (!pe_caller_path_ok(in->path)) return refuse(why, "a path starts and ends with a slash");
    if (c->path_known && !pe_slice_eq(c->path, in->path))
      return refuse(why, "the path differs from that of the ARN");
    c->path = in->path;
    c->path_known = 1;
  }
  if (in->session.ptr) {
    if (c->session_known && !pe_slice_eq(c->session, in->session))
      return refuse(why, "the session's name differs from that of the ARN");
    c->session = in->session;
    c->session_known = 1;
  }
  return true;
}

static void write_arn(pe_buf *b, const pe_caller *c, const char *service, const char *kind) {
  pe_buf_str(b, "arn:");
  pe_buf_slice(b, c->partition);
  pe_buf_str(b, service);
  pe_buf_slice(b, c->account);
  pe_buf_str(b, kind);
}

/* The ARNs that were not given. PE-2: a role whose path is not known has its ARN without one. */
static int make_role_texts(pe_buf *made, pe_caller *c) {
  bool need_role = !c->role_arn.ptr;
  bool need_session = c->session_known && pe_slice_eq(c->arn, c->role_arn);
  if (need_role) {
    write_arn(made, c, ":iam::", ":role");
    pe_buf_slice(made, c->path_known ? c->path : PE_SLICE("/"));
    pe_buf_slice(made, c->name);
    pe_buf_char(made, '\0');
  }
  size_t at = made->len;
  if (need_session) {
    write_arn(made, c, ":sts::", ":assumed-role/");
    pe_buf_slice(made, c->name);
    pe_buf_char(made, '/');
    pe_buf_slice(made, c->session);
  }
  if (made->failed) return POLICYEVAL_ENOMEM;
  if (need_role) c->role_arn = pe_slice_of(made->ptr, at - 1);
  if (need_session) c->arn = pe_slice_of(made->ptr + at, made->len - at);
  return 0;
}

/* Services and providers have names: pe_request_set_service and _provider take no empty one. */
static int no_principal_arn(const pe_caller_input *in, pe_caller *out, const char **why) {
  *out = (pe_caller){.kind = in->kind, .service = in->service};
  if (in->role_arn.ptr || in->path.ptr || in->session.ptr || in->parent.ptr) {
    *why = "role, path, session and parent belong to a principal with an ARN";
    return POLICYEVAL_EINVAL;
  }
  return 0;
}

int pe_caller_complete(const pe_caller_input *in, pe_buf *made, pe_caller *out, const char **why) {
  pe_buf_clear(made);
  if (!in->arn.ptr) return no_principal_arn(in, out, why);
  pe_caller c;
  if (!pe_caller_parse(in->arn, &c, why)) return POLICYEVAL_EINVAL;
  c.unique_id = in->id;
  if (c.kind == PE_CALLER_ROLE) {
    if (!take_role(in, &c, why)) return POLICYEVAL_EINVAL;
    int rc = make_role_texts(made, &c);
    if (rc) return rc;
    c.service_linked = c.path_known && pe_slice_starts(c.path, PE_SLICE("/aws-service-role/"));
  } else if (in->role_arn.ptr || in->session.ptr) {
    *why = "only a role has a role ARN and a session name";
    return POLICYEVAL_EINVAL;
  }
  if (in->path.ptr && c.kind != PE_CALLER_ROLE &&
      !(c.kind == PE_CALLER_USER && pe_slice_eq(in->path, c.path))) {
    *why = "the path differs from that of the ARN";
    return POLICYEVAL_EINVAL;
  }
  if (in->parent.ptr) {
    pe_caller parent;
    if (c.kind != PE_CALLER_FEDERATED_USER) {
      *why = "only a federated user has a parent";
      return POLICYEVAL_EINVAL;
    }
    if (!pe_caller_parse(in->parent, &parent, why)) return POLICYEVAL_EINVAL;
    pe_arn_split(in->parent, &c.parent);
  }
  *out = c;
  return 0;
}
