/* SPDX-License-Identifier: MIT */
/* What is known about the fields of ARNs: partitions, Regions, and the formats of the service tables. */
#ifndef PE_CHECK_ARNS_H
#define PE_CHECK_ARNS_H

#include "service/catalog.h"
#include "text/arn.h"

bool pe_arns_partition(pe_slice s);  /* a partition of AWS */
bool pe_arns_region(pe_slice s);     /* of the form of a Region: "us-east-1", "us-gov-west-1", "eusc-de-east-1" */
/* The Region's partition, or NULL when the name does not tell. */
const char *pe_arns_region_partition(pe_slice region);
/* A service that stands in ARNs of the catalog, also where its actions have another prefix. */
bool pe_arns_service(const pe_catalog *c, pe_slice service);

/* A resource pattern against the formats of the service. */
typedef struct pe_arns_fit {
  bool known;                     /* the tables list the ARN formats of this service, all with its own name */
  bool foreign;                   /* some format is of another service, or of any: nothing is certain */
  bool resource;                  /* the sixth field fits some format */
  bool region_never, region_always;   /* over the formats that it fits: the field is never / always filled */
  bool account_never, account_always;
} pe_arns_fit;
void pe_arns_fit_formats(const pe_catalog *c, const pe_arn *arn, pe_arns_fit *out);

/* The pattern may match an ARN of that resource type, as far as service and resource tell. */
bool pe_arns_may_be(const pe_arn *arn, const pe_resource_type *type);

#endif
