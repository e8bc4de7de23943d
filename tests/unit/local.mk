# SPDX-License-Identifier: MIT
# Unit tests: one Check program per tests/unit/test_NAME.c, linked with all private layers.
# To add one: write tests/unit/test_NAME.c (unit.h shows how it looks) and add the line
#   unit_tests += tests/unit/test_NAME
# here, sorted. Nothing else.
unit_tests += tests/unit/test_access
unit_tests += tests/unit/test_arn
unit_tests += tests/unit/test_base
unit_tests += tests/unit/test_cache
unit_tests += tests/unit/test_case
unit_tests += tests/unit/test_catalog
unit_tests += tests/unit/test_columns
unit_tests += tests/unit/test_condition
unit_tests += tests/unit/test_condition_model
unit_tests += tests/unit/test_decide
unit_tests += tests/unit/test_decide_property
unit_tests += tests/unit/test_decide_vectors
unit_tests += tests/unit/test_grant_property
unit_tests += tests/unit/test_index
unit_tests += tests/unit/test_json
unit_tests += tests/unit/test_json_jansson
unit_tests += tests/unit/test_lang
unit_tests += tests/unit/test_legs
unit_tests += tests/unit/test_limits
unit_tests += tests/unit/test_load
unit_tests += tests/unit/test_operator
unit_tests += tests/unit/test_pairs
unit_tests += tests/unit/test_pattern
unit_tests += tests/unit/test_policy
unit_tests += tests/unit/test_principal
unit_tests += tests/unit/test_print
unit_tests += tests/unit/test_query
unit_tests += tests/unit/test_range
unit_tests += tests/unit/test_readings
unit_tests += tests/unit/test_refusal
unit_tests += tests/unit/test_request
unit_tests += tests/unit/test_solve
unit_tests += tests/unit/test_source
unit_tests += tests/unit/test_splice
unit_tests += tests/unit/test_unit
unit_tests += tests/unit/test_unwrap
unit_tests += tests/unit/test_validate
unit_tests += tests/unit/test_value

tests_unit_test_access_SOURCES = tests/unit/test_access.c tests/unit/loaded.c tests/unit/loaded.h
tests_unit_test_case_SOURCES = tests/unit/test_case.c tests/unit/decide_case.c tests/unit/decide_case.h
tests_unit_test_decide_SOURCES = tests/unit/test_decide.c tests/unit/decide_case.c tests/unit/decide_case.h
tests_unit_test_decide_property_SOURCES = tests/unit/test_decide_property.c tests/unit/decide_case.c \
  tests/unit/decide_case.h
tests_unit_test_decide_vectors_SOURCES = tests/unit/test_decide_vectors.c tests/unit/decide_case.c \
  tests/unit/decide_case.h
tests_unit_test_condition_SOURCES = tests/unit/test_condition.c tests/unit/cond_env.c tests/unit/cond_env.h
tests_unit_test_condition_model_SOURCES = tests/unit/test_condition_model.c tests/unit/cond_env.c tests/unit/cond_env.h

tests_unit_test_load_SOURCES = tests/unit/test_load.c tests/unit/loaded.c tests/unit/loaded.h
tests_unit_test_pairs_SOURCES = tests/unit/test_pairs.c tests/unit/pair_world.c tests/unit/pair_meaning.c tests/unit/pair_world.h
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c tests/unit/loaded.c tests/unit/loaded.h
tests_unit_test_print_SOURCES = tests/unit/test_print.c tests/unit/loaded.c tests/unit/loaded.h
tests_unit_test_unwrap_SOURCES = tests/unit/test_unwrap.c tests/unit/loaded.c tests/unit/loaded.h

tests_unit_libunit_la_SOURCES = tests/unit/unit.c tests/unit/unit.h
if HAVE_CHECK
check_LTLIBRARIES += tests/unit/libunit.la
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
