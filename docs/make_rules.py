#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/rules.md from the registry of rules (lib/policy/rules*.def) and docs/rules_not_offline.txt.

Usage: make_rules.py [--check] [TOP_SOURCE_DIRECTORY]; --check compares instead of writing."""
import os
import re
import sys

KINDS = ['IDENTITY', 'RESOURCE', 'SECRET', 'KMS_KEY', 'TRUST', 'SCP', 'RCP', 'BOUNDARY', 'SESSION', 'ENDPOINT']
IDENTITY = {'IDENTITY', 'BOUNDARY', 'SESSION', 'SCP'}
ATTACHED = {'RESOURCE', 'SECRET', 'KMS_KEY', 'TRUST', 'RCP', 'ENDPOINT'}
SEVERITIES = ['ERROR', 'SECURITY_WARNING', 'WARNING', 'SUGGESTION']
AA = ('https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html'
      '#access-analyzer-reference-policy-checks-')
INTRO = '''<!-- SPDX-License-Identifier: MIT -->
<!-- Made by docs/make_rules.py: change lib/policy/rules*.def and docs/rules_not_offline.txt instead. -->
# What validation finds

`policyeval validate` and `policyeval_validate` report findings by these rules. Codes are those of IAM Access Analyzer where it has
one (marked AA in the tables), and never change. `ERROR` is what AWS refuses, or what can never work;
`SECURITY_WARNING` lets in more than it seems; `WARNING` is accepted and does not do what it says; `SUGGESTION` could be
better. Where a statement silently never has an effect the level is `WARNING`, also where Access Analyzer has a suggestion; SCP
wildcards that are allowed since September 2025 are a suggestion, where it has an error. A *full catalog* is what AWS publishes as its service reference, given with `--catalog`; without it the actions,
resources and condition keys of Secrets Manager, KMS and STS are known, and the global condition keys.

`--fix` applies the fixes that cannot change what is granted in a way that the author did not write. All others are told in
words, or as a replacement that a person has to agree to.
'''


def sources(top):
    text = ''
    for name in ('rules.def', 'rules_elements.def', 'rules_conditions.def'):
        with open(os.path.join(top, 'lib', 'policy', name), encoding='utf-8') as file:
            text += re.sub(r'/\*.*?\*/', '', file.read(), flags=re.S)
    return re.sub(r'^#.*$', '', text, flags=re.M)


def arguments(text, start):
    """The arguments of the call whose '(' is at start, and where it ends."""
    depth, quoted, parts, part, i = 0, False, [], '', start
    while True:
        c = text[i]
        if quoted:
            part += c
            if c == '\\':
                i += 1
                part += text[i]
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
            part += c
        elif c == '(':
            depth += 1
            part += c if depth > 1 else ''
        elif c == ')':
            depth -= 1
            if depth == 0:
                return parts + [part.strip()], i
            part += c
        elif c == ',' and depth == 1:
            parts.append(part.strip())
            part = ''
        else:
            part += c
        i += 1


def string(part):
    prefix = AA if 'PE_AA_CHECK' in part else ''
    return prefix + ''.join(re.sub(r'\\(.)', r'\1', s) for s in re.findall(r'"((?:[^"\\]|\\.)*)"', part))


def kinds(part):
    part = part.replace('PE_KINDS_ALL', repr(set(KINDS))).replace('PE_KINDS_IDENTITY', repr(IDENTITY))
    part = part.replace('PE_KINDS_ATTACHED', repr(ATTACHED))
    part = re.sub(r'PE_KIND_BIT\((\w+)\)', r'{"\1"}', part).replace('& ~', '-')
    left, minus, right = part.partition(' - ')
    found = set().union(*(eval_set(s) for s in split(left)))
    return found - set().union(*(eval_set(s) for s in split(right))) if minus else found


def split(text):
    return re.findall(r'\{[^}]*\}', text)


def eval_set(text):
    return set(re.findall(r'\w+', text))


def rules(top):
    text, found = sources(top), []
    for match in re.finditer(r'PE_RULE\(', text):
        parts, _ = arguments(text, match.end() - 1)
        rule, severity = parts[0], parts[1].replace('PE_', '', 1)
        found.append((rule, severity, kinds(parts[2]), *(string(p) for p in parts[3:7])))
    return found


def not_offline(top):
    rows = []
    with open(os.path.join(top, 'docs', 'rules_not_offline.txt'), encoding='utf-8') as file:
        for line in file:
            if line.strip() and not line.startswith('#'):
                code, _, why = line.strip().partition(': ')
                rows.append((code, why))
    return rows


def kind_names(found):
    if found == set(KINDS):
        return 'all'
    return ', '.join(k.lower().replace('_', '-') for k in KINDS if k in found)


def render(top):
    out = [INTRO]
    found = rules(top)
    out.append('There are %d rules, %d of them Access Analyzer\'s.\n'
               % (len(found), sum(r[6].startswith(AA) for r in found)))
    for severity in SEVERITIES:
        out.append('## %s\n' % severity)
        for rule, sev, where, title, explanation, fix, url in sorted(found):
            if sev != severity:
                continue
            name = 'AA' if url.startswith(AA) else 'own'
            source = ' [AWS](%s)' % url if url else ''
            out.append('### %s\n\n%s. (%s; %s)\n\n%s *%s*%s\n'
                       % (rule, title.rstrip('.'), name, kind_names(where), explanation, fix, source))
    out.append('## Checks of Access Analyzer that are not made\n')
    out.append('| code | why |\n|---|---|')
    out += ['| %s | %s |' % row for row in not_offline(top)]
    return '\n'.join(out) + '\n'


def main():
    names = [a for a in sys.argv[1:] if a != '--check']
    top = names[0] if names else os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
    path, text = os.path.join(top, 'docs', 'rules.md'), render(top)
    codes = [r[0] for r in rules(top)]
    for code, why in not_offline(top):
        if code in codes or not why:
            print('docs/rules_not_offline.txt: %s is a rule, or has no reason' % code, file=sys.stderr)
            return 1
    if '--check' not in sys.argv:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return 0
    with open(path, encoding='utf-8') as file:
        if file.read() == text:
            return 0
    print('docs/rules.md is not what docs/make_rules.py writes: run make update-rules', file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main())
