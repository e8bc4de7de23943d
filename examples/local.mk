# SPDX-License-Identifier: MIT
# Examples are built and run against an installed copy, by a test.
