#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/man1/policyeval.1 is what docs/make_man.py makes of the tool's help, and man reads it without a complaint."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import source_tree

TOOL = os.environ.get('POLICYEVAL', os.path.join(source_tree.BUILD, 'tools', 'policyeval'))


def main():
    if not os.path.exists(TOOL):
        print('skipped: there is no tool')
        return 77
    top = source_tree.TOP
    made = subprocess.run([sys.executable, os.path.join(top, 'docs', 'make_man.py'), '--check', TOOL, top], check=False)
    page = os.path.join(top, 'docs', 'man1', 'policyeval.1')
    said = ''
    if shutil.which('groff'):
        said = subprocess.run(['groff', '-man', '-Tascii', '-ww', '-z', page], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, text=True).stdout
    print(said or 'the page is up to date' if made.returncode == 0 else 'the page is not up to date')
    return 1 if said or made.returncode else 0


if __name__ == '__main__':
    sys.exit(main())
