# SPDX-License-Identifier: MIT
# Installed headers, sorted. A new one is also included by policyeval.h.
public_headers += include/policyeval/access.h
public_headers += include/policyeval/analysis.h
public_headers += include/policyeval/base.h
public_headers += include/policyeval/context.h
public_headers += include/policyeval/decision.h
public_headers += include/policyeval/grant.h
public_headers += include/policyeval/policy.h
public_headers += include/policyeval/policyeval.h
public_headers += include/policyeval/report.h
public_headers += include/policyeval/request.h
public_headers += include/policyeval/validate.h

policyevalincludedir = $(includedir)/policyeval
policyevalinclude_HEADERS = $(public_headers)
nodist_policyevalinclude_HEADERS = include/policyeval/version.h
