#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/rules.md is what docs/make_rules.py makes of the registry, and every rule of the registry has its entry there."""
import os
import re
import subprocess
import sys

TOP = os.environ.get('srcdir') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')


def registry():
    codes = []
    for name in sorted(os.listdir(os.path.join(TOP, 'lib', 'policy'))):
        if name.startswith('rules') and name.endswith('.def'):
            with open(os.path.join(TOP, 'lib', 'policy', name), encoding='utf-8') as file:
                codes += re.findall(r'^PE_RULE\((\w+),', file.read(), flags=re.M)
    return codes


def main():
    made = subprocess.run([sys.executable, os.path.join(TOP, 'docs', 'make_rules.py'), '--check', TOP], check=False)
    codes = registry()
    with open(os.path.join(TOP, 'docs', 'rules.md'), encoding='utf-8') as file:
        told = re.findall(r'^### (\w+)$', file.read(), flags=re.M)
    faults = ['%s: not in docs/rules.md' % c for c in codes if c not in told]
    faults += ['%s: registered twice' % c for c in sorted(set(codes)) if codes.count(c) > 1]
    faults += ['%s: in docs/rules.md and no rule' % c for c in told if c not in codes]
    for fault in faults:
        print(fault, file=sys.stderr)
    print('%d rules' % len(codes))
    return 1 if faults or made.returncode else 0


if __name__ == '__main__':
    sys.exit(main())
