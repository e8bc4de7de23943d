#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/semantics.md and lib/cond/readings.def list the same rows, questions and readings.

Usage: check_readings.py [TOP_SOURCE_DIRECTORY]"""
import os
import re
import sys

ROW = re.compile(r'PE_ROW\(\s*(\w+)\s*,\s*"([^"]+)"\s*,\s*"([^"]+)"\s*,((?:\s*"[^"]+"\s*,?)+)\)')
NAME = re.compile(r'"([^"]+)"')
TABLE = re.compile(r'^\| ((?:AMB-|A|PE-)\d+b?) \| (.*?) \| (.*?) \|')
# A reading is introduced as `name`: or, for cautious, which needs no words of its own, as `cautious`.
READING = re.compile(r'(?:^|\. )`([a-z0-9-]+)`(?=[:.])')
EXPECTED = ['AMB-%d' % n for n in range(1, 39)] + ['AMB-13b'] + ['A%d' % n for n in range(1, 38)]


def rows_of(text):
    """id -> (question, readings) of the text of readings.def."""
    body = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    return {row: (question, NAME.findall(names)) for _, row, question, names in ROW.findall(body)}


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
    with open(os.path.join(top, 'lib', 'cond', 'readings.def'), encoding='utf-8') as f:
        text = f.read()
    with open(os.path.join(top, 'docs', 'semantics.md'), encoding='utf-8') as f:
        doc = f.read()
    faults = []

    defined = rows_of(text)
    body = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    for symbol, row, _, _ in ROW.findall(body):
        if symbol != row.upper().replace('-', '_'):
            faults.append('%s: the symbol is %s' % (row, symbol))
    if body.count('PE_ROW(') != len(defined):
        faults.append('readings.def has a row twice, or one that this script cannot read')

    documented = {}
    for line in doc.splitlines():
        m = TABLE.match(line)
        if m:
            if m.group(1) in documented:
                faults.append('%s is documented twice' % m.group(1))
            documented[m.group(1)] = (m.group(2), m.group(3))
    for row in EXPECTED:
        if row not in documented:
            faults.append('%s is missing in docs/semantics.md' % row)
    for row, (question, readings) in documented.items():
        names = READING.findall(readings)
        if row not in defined:
            if not re.match(r'fixed|no effect|see AMB', readings):
                faults.append('%s is in neither way: not in readings.def, not fixed, not without effect' % row)
            continue
        if question != defined[row][0]:
            faults.append('%s: the questions differ:\n  %s\n  %s' % (row, question, defined[row][0]))
        if names != defined[row][1]:
            faults.append('%s: the readings differ: %s, %s' % (row, names, defined[row][1]))
        if not 2 <= len(defined[row][1]) <= 3 or len(set(names)) != len(names):
            faults.append('%s: two or three different readings' % row)
    for row in defined:
        if row not in documented:
            faults.append('%s is not documented' % row)

    words = set(re.findall(r'^\| ([A-Z0-9]+) \| (?:https?:|AWS Security Blog)', doc, flags=re.M))
    used = set(re.findall(r'\[([A-Z][A-Z0-9]+)\](?!\()', doc))
    for word in sorted(used - words):
        faults.append('source [%s] is not listed' % word)
    for word in sorted(words - used):
        faults.append('source %s is listed and not used' % word)

    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 1
    print('%d rows documented, %d of them switchable' % (len(documented), len(defined)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
