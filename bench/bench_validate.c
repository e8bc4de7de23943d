/* SPDX-License-Identifier: MIT */
/* How long validation takes: documents up to 1 MB that are hard on some check, and the largest managed policy of the
 * corpus, without and with a catalogue.
 *
 * usage: bench_validate [CORPUS]   (else POLICYEVAL_CORPUS) */
#define _POSIX_C_SOURCE 200809L

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "policyeval/policyeval.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

typedef void (*filler)(pe_buf *b, unsigned i);

static void statements(pe_buf *b, unsigned i) {
  pe_buf_fmt(b, "%s{\"Sid\":\"S%u\",\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:GetSecretValue\",\"kms:Decrypt\"],"
             "\"Resource\":\"arn:aws:secretsmanager:us-east-1:111122223333:secret:app%u-??????\",\"Condition\":"
             "{\"StringEquals\":{\"aws:ResourceTag/team\":\"t%u\"},\"IpAddress\":{\"aws:SourceIP\":\"203.0.113.%u\"}}}",
             i ? "," : "", i, i, i, i % 256);
}
static void actions(pe_buf *b, unsigned i) { pe_buf_fmt(b, "%s\"s3:Action%uName\"", i ? "," : "", i); }
static void wild_actions(pe_buf *b, unsigned i) { pe_buf_fmt(b, "%s\"s3:Get%u*\"", i ? "," : "", i); }
static void covered(pe_buf *b, unsigned i) { pe_buf_fmt(b, "%s\"s3:Get%u\"", i ? "," : "\"s3:*\",", i); }
static void resources(pe_buf *b, unsigned i) {
  pe_buf_fmt(b, "%s\"arn:aws:secretsmanager:us-east-1:111122223333:secret:app/%u*\"", i ? "," : "", i);
}
static void addresses(pe_buf *b, unsigned i) {
  pe_buf_fmt(b, "%s\"%u.%u.%u.%u/24\"", i ? "," : "", 11 + i % 100, i / 100 % 256, i / 25600 % 256, i % 200 + 1);
}
static void middle(pe_buf *b, unsigned i) { pe_buf_fmt(b, "%s\"s3:*Name%uX*\"", i ? "," : "", i); }

#define START "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
static const struct {
  const char *name, *before, *after;
  filler fill;
} shapes[] = {
    {"statements", "{\"Version\":\"2012-10-17\",\"Statement\":[", "]}", statements},
    {"actions", START "\"Resource\":\"*\",\"Action\":[", "]}}", actions},
    {"prefixes", START "\"Resource\":\"*\",\"Action\":[", "]}}", wild_actions},
    {"covered", START "\"Resource\":\"*\",\"Action\":[", "]}}", covered},
    {"resources", START "\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":[", "]}}", resources},
    {"addresses", START "\"Action\":\"s3:Get*\",\"Resource\":\"*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":[", "]}}}}", addresses},
    {"middle", START "\"Resource\":\"*\",\"Action\":[", "]}}", middle},
};

static char *make(size_t shape, size_t size, size_t *len) {
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b, shapes[shape].before);
  for (unsigned i = 0; b.len < size && !b.failed; i++) shapes[shape].fill(&b, i);
  pe_buf_str(&b, shapes[shape].after);
  return pe_buf_take(&b, len);
}

/* Best of several runs, in milliseconds. */
static double measure(const policyeval_validation *v, const char *text, size_t len, size_t *findings) {
  double best = 1e9;
  const double until = now() + 0.4;
  do {
    policyeval_report *report = NULL;
    const double start = now();
    policyeval_validate(v, POLICYEVAL_KIND_IDENTITY, text, len, "bench", &report);
    const double took = (now() - start) * 1e3;
    *findings = policyeval_report_count(report);
    policyeval_report_free(report);
    if (took < best) best = took;
  } while (now() < until);
  return best;
}

static policyeval_validation *options(const char *catalog) {
  policyeval_context *context = NULL;
  policyeval_validation *v = NULL;
  if (policyeval_context_new(NULL, &context) != 0) return NULL;
  if (!catalog || policyeval_context_load_catalog(context, catalog, NULL) == 0) policyeval_validation_new(context, &v);
  policyeval_context_unref(context);
  return v;
}

static void curve(const policyeval_validation *v) {
  static const size_t sizes[] = {16384, 65536, 262144, 1048576};
  printf("%-12s %10s %10s %10s %12s\n", "shape", "bytes", "findings", "ms", "ns a byte");
  for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      size_t len = 0, findings = 0;
      char *text = make(s, sizes[i], &len);
      if (!text) return;
      const double ms = measure(v, text, len, &findings);
      printf("%-12s %10zu %10zu %10.3f %12.2f\n", shapes[s].name, len, findings, ms, ms * 1e6 / (double)len);
      free(text);
    }
  }
}

static void corpus(const char *folder) {
  char path[1024], catalog[1024], line[1 << 19];
  snprintf(path, sizeof path, "%s/aws-managed-policies.jsonl", folder);
  snprintf(catalog, sizeof catalog, "%s/service-reference", folder);
  FILE *file = fopen(path, "r");
  policyeval_validation *plain = options(NULL), *full = options(catalog);
  if (!file || !plain || !full) {
    printf("no corpus in %s\n", folder);
    return;
  }
  char *largest = NULL;
  size_t most = 0, count = 0, findings, total = 0, bytes = 0;
  double took = 0;
  while (fgets(line, sizeof line, file)) {
    json_t *entry = json_loads(line, 0, NULL);
    char *text = json_dumps(json_object_get(entry, "document"), JSON_COMPACT);
    json_decref(entry);
    if (!text) continue;
    policyeval_report *report = NULL;
    const double start = now();
    policyeval_validate(full, POLICYEVAL_KIND_IDENTITY, text, strlen(text), "bench", &report);
    took += now() - start;
    total += policyeval_report_count(report);
    policyeval_report_free(report);
    count++;
    bytes += strlen(text);
    if (strlen(text) > most) {
      most = strlen(text);
      free(largest);
      largest = text;
    } else {
      free(text);
    }
  }
  fclose(file);
  printf("corpus: %zu policies, %zu bytes, %zu findings in %.1f ms with the catalogue (%.0f findings a second)\n", count,
         bytes, total, took * 1e3, (double)total / took);
  if (largest) {
    const double without = measure(plain, largest, most, &findings);
    printf("largest, %zu bytes: %.3f ms and %zu findings without the catalogue", most, without, findings);
    const double with = measure(full, largest, most, &findings);
    printf(", %.3f ms and %zu findings with it\n", with, findings);
  }
  free(largest);
  policyeval_validation_free(plain);
  policyeval_validation_free(full);
}

int main(int argc, char **argv) {
  const char *folder = argc > 1 ? argv[1] : getenv("POLICYEVAL_CORPUS");
  policyeval_validation *plain = options(NULL);
  if (!plain) return 1;
  curve(plain);
  policyeval_validation_free(plain);
  if (folder) corpus(folder);
  return 0;
}
