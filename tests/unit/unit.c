/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/objects.h"

/* Before every block: its size, so that bytes can be counted. */
typedef union header {
  size_t size;
  max_align_t align;
} header;

/* Behind every block: what nobody writes to. */
static const unsigned char guard[8] = {0xC3, 0x5A, 0xC3, 0x5A, 0xC3, 0x5A, 0xC3, 0x5A};

bool pe_test_alloc_intact(const void *block) {
  return memcmp((const char *)block + ((const header *)block - 1)->size, guard, sizeof guard) == 0;
}

static void check_guard(const header *block) {
  ck_assert_msg(pe_test_alloc_intact(block + 1), "written behind the end of a block of %zu bytes", block->size);
}

static bool refused(pe_test_alloc *mem) {
  mem->calls++;
  bool fail = mem->fail_at != 0 && (mem->calls == mem->fail_at || (mem->fail_on && mem->calls > mem->fail_at));
  if (fail) mem->failed++;
  return fail;
}

static void *resize(void *user, void *ptr, size_t size) {
  pe_test_alloc *mem = user;
  if (refused(mem) || size > (size_t)-1 - sizeof(header) - sizeof guard) return NULL;
  header *old = ptr ? (header *)ptr - 1 : NULL;
  size_t old_size = old ? old->size : 0;
  /* Always a new place, so that a pointer kept to the old one is found out by the sanitizers. */
  header *block = malloc(sizeof(header) + size + sizeof guard);
  if (!block) return NULL;
  block->size = size;
  memcpy((char *)(block + 1) + size, guard, sizeof guard);
  if (old) {
    check_guard(old);
    memcpy(block + 1, old + 1, old_size < size ? old_size : size);
    free(old);
  } else {
    mem->live++;
  }
  if (size > old_size) memset((char *)(block + 1) + old_size, 0xA5, size - old_size);
  mem->live_size += size - old_size;
  if (mem->live_size > mem->peak_size) mem->peak_size = mem->live_size;
  return block + 1;
}

static void *alloc(void *user, size_t size) { return resize(user, NULL, size); }

static void release(void *user, void *ptr) {
  pe_test_alloc *mem = user;
  if (!ptr) return;
  header *block = (header *)ptr - 1;
  check_guard(block);
  mem->live--;
  mem->live_size -= block->size;
  memset(ptr, 0x5A, block->size);
  free(block);
}

void pe_test_alloc_init(pe_test_alloc *mem) {
  *mem = (pe_test_alloc){.alloc = {.alloc = alloc, .resize = resize, .release = release, .user = mem}};
}

int pe_test_context(const pe_alloc *a, policyeval_context **context) {
  const policyeval_allocator hooks = {sizeof hooks, a->alloc, a->resize, a->release, a->user};
  const int rc = policyeval_context_new(&hooks, context);
  if (rc == 0) (*context)->alloc.apart = a->apart;
  return rc;
}

void pe_test_alloc_fail(pe_test_alloc *mem, size_t n, bool on) {
  mem->fail_at = n ? mem->calls + n : 0;
  mem->fail_on = on;
}

void pe_test_alloc_done(const pe_test_alloc *mem) {
  ck_assert_msg(mem->live == 0, "%zu blocks of %zu bytes leaked", mem->live, mem->live_size);
}

enum { SWEEP_EACH = 60 };

bool pe_test_sweep_next(pe_test_sweep *sweep, pe_test_alloc *mem, const int *rc) {
  if (sweep->started) {
    ck_assert_msg(mem->live == 0, "allocation %zu failing%s: %zu blocks of %zu bytes leaked", sweep->n,
                  sweep->on ? " and all after it" : "", mem->live, mem->live_size);
    ck_assert_msg(*rc == (mem->failed ? POLICYEVAL_ENOMEM : 0), "allocation %zu failing%s: returned %d", sweep->n,
                  sweep->on ? " and all after it" : "", *rc);
    if (!mem->failed && sweep->on) return false;
    if (!mem->failed) {
      sweep->on = true;
      sweep->n = 0;
    }
  }
  sweep->started = true;
  sweep->n += sweep->n >= SWEEP_EACH ? UNIT_SHARE : 1;
  pe_test_alloc_init(mem);
  mem->alloc.apart = true;
  pe_test_alloc_fail(mem, sweep->n, sweep->on);
  return true;
}

char *pe_test_widened(const char *text) {
  enum { WIDTH = 3000 };
  size_t n = strlen(text), marks = 0;
  for (const char *c = text; *c; c++) marks += *c == '#';
  char *wide = malloc(n + marks * WIDTH + 1), *to = wide;
  ck_assert_ptr_nonnull(wide);
  for (const char *c = text; *c; c++) {
    if (*c != '#') *to++ = *c;
    else to = (char *)memset(to, 'x', WIDTH) + WIDTH;
  }
  *to = '\0';
  return wide;
}

char *pe_test_read(const char *path, size_t *len) {
  const char *top = getenv("srcdir");
  char full[4096];
  snprintf(full, sizeof full, "%s/%s", top ? top : ".", path);
  FILE *file = fopen(full, "rb");
  ck_assert_msg(file != NULL, "%s cannot be read", full);
  size_t got = 0, cap = 65536;
  char *text = malloc(cap + 1);
  while (text) {
    got += fread(text + got, 1, cap - got, file);
    if (got < cap) break;
    cap *= 2;
    char *more = realloc(text, cap + 1);
    if (!more) free(text);
    text = more;
  }
  ck_assert_msg(text && !ferror(file), "%s cannot be read", full);
  fclose(file);
  text[got] = '\0';
  if (len) *len = got;
  return text;
}

int pe_test_run(const char *name, const TTest *const *tests, size_t count) {
  Suite *suite = suite_create(name);
  for (size_t i = 0; i < count; i++) {
    TCase *tcase = tcase_create(tests[i]->name);
    tcase_set_timeout(tcase, 300); /* instrumented builds on a busy machine are slow, a hang is slower */
    tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
  }
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner), ran = srunner_ntests_run(runner);
  srunner_free(runner);
  return failed == 0 && (size_t)ran >= count ? EXIT_SUCCESS : EXIT_FAILURE;
}
