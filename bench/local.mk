# SPDX-License-Identifier: MIT
# Benchmarks are built on demand (make bench/bench && bench/bench):
#   EXTRA_PROGRAMS += bench/bench
#   bench_bench_SOURCES = bench/bench.c
#   bench_bench_LDADD = libpolicyeval.la
EXTRA_PROGRAMS += bench/bench_cond
bench_bench_cond_SOURCES = bench/bench_cond.c
bench_bench_cond_LDADD = libpe.la
EXTRA_PROGRAMS += bench/bench_json
bench_bench_json_SOURCES = bench/bench_json.c
bench_bench_json_LDADD = libpe.la
EXTRA_PROGRAMS += bench/bench_load
bench_bench_load_SOURCES = bench/bench_load.c
bench_bench_load_LDADD = libpe.la
EXTRA_PROGRAMS += bench/bench_pattern
bench_bench_pattern_SOURCES = bench/bench_pattern.c
bench_bench_pattern_LDADD = libpe.la
EXTRA_PROGRAMS += bench/bench_decide
bench_bench_decide_SOURCES = bench/bench_decide.c
bench_bench_decide_LDADD = libpe.la
EXTRA_PROGRAMS += bench/bench_access
bench_bench_access_SOURCES = bench/bench_access.c
bench_bench_access_LDADD = libpolicyeval.la
EXTRA_PROGRAMS += bench/bench_simulate
bench_bench_simulate_SOURCES = bench/bench_simulate.c
bench_bench_simulate_LDADD = libpolicyeval.la $(JANSSON_LIBS)
bench_bench_simulate_LDFLAGS = $(AM_LDFLAGS) -pthread
