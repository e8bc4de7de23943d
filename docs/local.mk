# SPDX-License-Identifier: MIT
dist_man1_MANS = docs/man1/policyeval.1

# Writes the manual page anew from what the tool says about itself.
update-man: all
	$(PYTHON3) $(srcdir)/docs/make_man.py tools/policyeval $(srcdir)
.PHONY: update-man

# Writes docs/rules.md anew from the registry of rules.
update-rules:
	$(PYTHON3) $(srcdir)/docs/make_rules.py $(srcdir)
.PHONY: update-rules
