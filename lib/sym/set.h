/* SPDX-License-Identifier: MIT */
/* Values of a key: absent, one value, or a list, out of single elements. Literals on a list split into
 * universal ones, which each element must meet, and existential ones, which one element must meet together with
 * all universal ones. Existentials do not interact: a list realises any collection of possible elements. */
#ifndef PE_SYM_SET_H
#define PE_SYM_SET_H

#include "sym/oracle.h"

/* As pe_oracle_ask, without looking whether the question was asked before. */
int pe_set_find(pe_oracle *o, uint32_t key, const pe_literal *literals, uint32_t count, uint32_t *value);

/* What a predicate of the value's key is for the value: PE_CAN_x. */
unsigned pe_set_can(const pe_oracle *o, const pe_pred *p, const pe_value *v);

#endif
