/* SPDX-License-Identifier: MIT */
/* How fast policy text becomes a tree: lib/json beside jansson. */
#define _POSIX_C_SOURCE 200809L

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "json/reader.h"

static const char *const actions[] = {"secretsmanager:GetSecretValue",
                                      "secretsmanager:DescribeSecret",
                                      "kms:Decrypt",
                                      "secretsmanager:ListSecretVersionIds",
                                      "kms:GenerateDataKey",
                                      "s3:GetObject",
                                      "s3:ListBucket",
                                      "ec2:Describe*",
                                      "sts:AssumeRole",
                                      "logs:PutLogEvents"};
enum { ACTIONS = sizeof actions / sizeof actions[0] };

static void add_statement(pe_buf *b, unsigned i) {
  pe_buf_fmt(b, "{\"Sid\":\"Statement%u\",\"Effect\":\"%s\",\"Action\":[", i, i % 5 ? "Allow" : "Deny");
  for (unsigned k = 0; k <= i % ACTIONS; k++) pe_buf_fmt(b, "%s\"%s\"", k ? "," : "", actions[k]);
  pe_buf_fmt(b, "],\"Resource\":\"arn:aws:secretsmanager:eu-west-1:111122223333:secret:team%u/app-??????\"",
             i);
  if (i % 2) {
    pe_buf_fmt(b,
               ",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/team\":\"team%u\",\"aws:SourceVpc\":"
               "[\"vpc-0a1b2c3d%u\",\"vpc-4e5f6a7b%u\"]},\"Bool\":{\"aws:SecureTransport\":true}}",
               i, i, i);
  }
  pe_buf_char(b, '}');
}

/* A policy of n statements, as one line or indented. Release with free. */
static char *make_policy(unsigned n, bool pretty, size_t *len) {
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b, "{\"Version\":\"2012-10-17\",\"Id\":\"bench\",\"Statement\":[");
  for (unsigned i = 0; i < n; i++) {
    if (i) pe_buf_char(&b, ',');
    add_statement(&b, i);
  }
  pe_buf_str(&b, "]}");
  char *text = pe_buf_take(&b, len);
  if (!text || !pretty) return text;
  json_t *tree = json_loadb(text, *len, 0, NULL);
  free(text);
  text = json_dumps(tree, JSON_INDENT(4));
  json_decref(tree);
  *len = text ? strlen(text) : 0;
  return text;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Reads the text once; the number of values, 0 when it was refused. */
typedef size_t (*read_fn)(const char *text, size_t len);

static size_t read_ours(const char *text, size_t len) {
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  if (!arena) return 0;
  pe_source source = {.text = pe_slice_of(text, len)};
  pe_json_limits limits = {.bytes = (size_t)1 << 30, .depth = 64, .nodes = 1u << 24};
  pe_json json;
  size_t count = pe_json_read(arena, &source, &limits, &json, NULL) ? 0 : json.count;
  pe_arena_free(arena);
  return count;
}

static size_t read_jansson(const char *text, size_t len) {
  json_t *tree = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
  size_t ok = tree != NULL;
  json_decref(tree);
  return ok;
}

/* Seconds for one reading: the best of several rounds of about 20 ms. */
static double measure(read_fn fn, const char *text, size_t len) {
  double best = 1e9;
  for (int round = 0; round < 7; round++) {
    unsigned runs = 0;
    double start = now(), spent;
    do {
      for (int i = 0; i < 4; i++) {
        if (!fn(text, len)) exit(1);
      }
      runs += 4;
      spent = now() - start;
    } while (spent < 0.02);
    if (spent / runs < best) best = spent / runs;
  }
  return best;
}

int main(void) {
  static const unsigned sizes[] = {3, 20, 200, 1000};
  puts("statements  form        bytes  values     us  MB/s | jansson us  MB/s");
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (int pretty = 0; pretty < 2; pretty++) {
      size_t len;
      char *text = make_policy(sizes[i], pretty, &len);
      if (!text) return 1;
      double ours = measure(read_ours, text, len), theirs = measure(read_jansson, text, len);
      printf("%10u  %-7s %9zu %7zu %6.1f %5.0f | %10.1f %5.0f\n", sizes[i], pretty ? "pretty" : "compact",
             len, read_ours(text, len), ours * 1e6, (double)len / ours / 1e6, theirs * 1e6,
             (double)len / theirs / 1e6);
      free(text);
    }
  }
  return 0;
}
