/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/json.h"
#include "report/layers.h"
#include "report/render.h"

/* A document as JSON in JSON. Nodes lie flat, parents first. */
static json_t *whole_document(pe_out *o, const pe_plan *plan, const pe_policy *p) {
  const pe_json *json = &p->json;
  json_t **made = pe_alloc_array(plan->alloc, json->count, sizeof(json_t *));
  if (!made) {
    o->failed = true;
    return NULL;
  }
  for (uint32_t i = 0; i < json->count && !o->failed; i++) {
    const pe_json_node *n = &json->nodes[i];
    switch ((pe_json_type)n->type) {
      case PE_JSON_OBJECT: made[i] = pe_out_object(o); break;
      case PE_JSON_ARRAY: made[i] = pe_out_array(o); break;
      case PE_JSON_STRING: made[i] = pe_out_text(o, n->text); break;
      case PE_JSON_TRUE:
      case PE_JSON_FALSE: made[i] = pe_out_bool(o, n->type == PE_JSON_TRUE); break;
      case PE_JSON_NUMBER: /* a number of a policy keeps its text: as a string it means the same there */
        made[i] = pe_out_text(o, n->text);
        break;
      default: made[i] = pe_out_null(o);
    }
    if (i && json->nodes[n->parent].type == PE_JSON_ARRAY) pe_out_add(o, made[n->parent], made[i]);
    else if (i && json_object_setn_new(made[n->parent], n->key.ptr, n->key.len, made[i]) != 0) o->failed = true;
  }
  json_t *root = made[0];
  pe_alloc_free(plan->alloc, made);
  return root;
}

static json_t *indices(pe_out *o, const pe_indices *list) {
  json_t *array = pe_out_array(o);
  for (size_t i = 0; i < list->len; i++) pe_out_add(o, array, pe_out_int(o, list->data[i]));
  return array;
}

static json_t *one_policy(pe_out *o, const pe_plan *plan, size_t i) {
  const pe_document *d = &plan->documents.data[i];
  json_t *p = pe_out_object(o);
  pe_buf file;
  pe_buf_init(&file, plan->alloc);
  pe_document_file(plan, i, &file);
  pe_out_put(o, p, "type", pe_out_str(o, policyeval_layer_name(d->layer)));
  pe_out_put(o, p, "source", d->given ? pe_out_text(o, pe_document_name(d)) : pe_out_null(o));
  pe_out_put(o, p, "file", pe_out_text(o, pe_slice_of(file.ptr, file.len)));
  pe_out_put(o, p, "changed", pe_out_bool(o, d->changed));
  pe_out_put(o, p, "document", d->after ? whole_document(o, plan, d->after) : pe_out_null(o));
  pe_out_put(o, p, "text", pe_out_text(o, pe_document_text(d)));
  pe_out_put(o, p, "added", indices(o, &d->added));
  pe_out_put(o, p, "removed", indices(o, &d->removed));
  pe_out_put(o, p, "cut", indices(o, &d->cut));
  o->failed |= file.failed;
  pe_buf_done(&file);
  return p;
}

static json_t *one_basis(pe_out *o, const pe_basis *b) {
  const bool known = b->statement < b->policy->nstatements;
  json_t *s = pe_out_object(o);
  pe_out_put(o, s, "type", b->document ? pe_out_str(o, policyeval_layer_name(b->document->layer)) : pe_out_null(o));
  pe_out_put(o, s, "source", pe_out_text(o, b->document ? pe_document_name(b->document) : pe_policy_source_name(b->policy)));
  pe_out_put(o, s, "statement", pe_out_int(o, b->statement));
  pe_out_put(o, s, "sid", known ? pe_out_text(o, b->policy->statements[b->statement].sid) : pe_out_null(o));
  return s;
}

static json_t *one_proof(pe_out *o, const pe_plan *plan, const pe_proof *proof) {
  json_t *p = pe_out_object(o), *statements = pe_out_array(o);
  pe_out_put(o, p, "claim", pe_out_str(o, pe_claim_name((pe_claim)proof->claim)));
  pe_out_put(o, p, "message", pe_out_str(o, pe_claim_text((pe_claim)proof->claim, plan->revoke)));
  pe_out_put(o, p, "answer", pe_out_str(o, pe_proof_name(proof->answer)));
  pe_out_put(o, p, "note", proof->why.len ? pe_out_text(o, proof->why) : pe_out_null(o));
  for (size_t i = 0; i < proof->basis.len; i++) pe_out_add(o, statements, one_basis(o, &proof->basis.data[i]));
  pe_out_put(o, p, "statements", statements);
  return p;
}

static json_t *one_obstacle(pe_out *o, const pe_obstacle *b) {
  const bool placed = b->policy && b->statement < b->policy->nstatements;
  json_t *p = pe_out_object(o);
  pe_out_put(o, p, "type", b->layer ? pe_out_str(o, policyeval_layer_name(b->layer)) : pe_out_null(o));
  pe_out_put(o, p, "source", b->policy ? pe_out_text(o, pe_policy_source_name(b->policy)) : pe_out_null(o));
  pe_out_put(o, p, "statement", placed ? pe_out_int(o, b->statement) : pe_out_null(o));
  pe_out_put(o, p, "span", placed ? pe_out_span(o, b->policy->source, b->policy->statements[b->statement].span) : pe_out_null(o));
  pe_out_put(o, p, "message", pe_out_text(o, b->message));
  return p;
}

int pe_render_grant_json(const pe_plan *plan, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o), *policies = pe_out_array(&o), *proofs = pe_out_array(&o), *blocked = pe_out_array(&o);
  for (size_t i = 0; i < plan->documents.len; i++) pe_out_add(&o, policies, one_policy(&o, plan, i));
  for (size_t i = 0; i < plan->proofs.len; i++) pe_out_add(&o, proofs, one_proof(&o, plan, &plan->proofs.data[i]));
  for (size_t i = 0; i < plan->obstacles.len; i++) pe_out_add(&o, blocked, one_obstacle(&o, &plan->obstacles.data[i]));
  pe_out_put(&o, root, "changed", pe_out_bool(&o, pe_plan_changed(plan)));
  pe_out_put(&o, root, "proved", pe_out_bool(&o, pe_plan_proved(plan)));
  pe_out_put(&o, root, "region", pe_out_text(&o, plan->region));
  pe_out_put(&o, root, "policies", policies);
  pe_out_put(&o, root, "proofs", proofs);
  pe_out_put(&o, root, "blocked_by", blocked);
  return pe_out_write(&o, root, true, out);
}
