# SPDX-License-Identifier: MIT
# Manual pages go to dist_man1_MANS and dist_man3_MANS.

# Writes docs/rules.md anew from the registry of rules.
update-rules:
	$(PYTHON3) $(srcdir)/docs/make_rules.py $(srcdir)
.PHONY: update-rules
