# SPDX-License-Identifier: MIT
# Installed headers, sorted. A new one is also included by policyeval.h.
public_headers += include/policyeval/base.h
public_headers += include/policyeval/policyeval.h

policyevalincludedir = $(includedir)/policyeval
policyevalinclude_HEADERS = $(public_headers)
nodist_policyevalinclude_HEADERS = include/policyeval/version.h
