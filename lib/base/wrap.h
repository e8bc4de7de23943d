/* SPDX-License-Identifier: MIT */
/* Arithmetic that is meant to wrap around. */
#ifndef PE_BASE_WRAP_H
#define PE_BASE_WRAP_H

/* Before a function that calculates with unsigned integers modulo 2^n: hashes, bits. In any other one clang's
 * -fsanitize=integer takes a result that does not fit for a mistake. */
#ifdef __clang__
#define PE_WRAPS __attribute__((no_sanitize("unsigned-integer-overflow", "unsigned-shift-base")))
#else
#define PE_WRAPS
#endif

#endif
