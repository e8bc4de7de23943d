# SPDX-License-Identifier: MIT
# Fuzz targets: fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput, its seeds are files in fuzz/seeds/NAME/.
# With --enable-fuzzing (clang) each is a libFuzzer program; otherwise the same program replays files and
# folders given as arguments, and make check gives it the seeds.
# To add one: write fuzz/fuzz_NAME.c, add the line `fuzz_programs += fuzz/fuzz_NAME` and the two lines
#   fuzz_fuzz_NAME_LDADD = $(fuzz_ldadd)
#   fuzz_fuzz_NAME_LDFLAGS = $(fuzz_ldflags)
# below.
