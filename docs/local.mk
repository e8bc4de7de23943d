# SPDX-License-Identifier: MIT
# Manual pages go to dist_man1_MANS and dist_man3_MANS.
