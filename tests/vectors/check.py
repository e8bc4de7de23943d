#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The test vectors are well-formed: JSON, members, ids, templates, words, rules, and a vector for every reading.

Usage: check.py [TOP_SOURCE_DIRECTORY]"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, '..', '..')
sys.path.insert(0, os.path.join(TOP, 'tests', 'docs'))
import check_readings  # noqa: E402

# Readings without a vector, and why.
EXCEPTIONS = {}

KEY_STATES = {'Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion', 'PendingImport', 'Unavailable',
              'Creating', 'Updating'}


def source(*path):
    with open(os.path.join(TOP, *path), encoding='utf-8') as f:
        return f.read()


def words_of(macro):
    """The texts of an X-macro of the public headers."""
    body = re.search(r'#define %s\(X\)((?:.*\\\n)*.*)' % macro, source('include', 'policyeval', 'base.h')).group(1)
    return set(re.findall(r'X\(\w+, -?\d+, "([^"]+)"\)', body))


def hints():
    """Ids of the hints; None as long as there is no list."""
    if not os.path.exists(os.path.join(TOP, 'lib', 'access', 'hints.def')):
        return None
    return set(re.findall(r'^PE_HINT\((\w+)', source('lib', 'access', 'hints.def'), flags=re.M))


DECISIONS = words_of('POLICYEVAL_EFFECTS')
LAYERS = words_of('POLICYEVAL_LAYERS')
KINDS = words_of('POLICYEVAL_KINDS')
HINTS = hints()

VARIABLE = re.compile(r'\$([a-z][a-z0-9_]*)$')
ID = re.compile(r'[a-z0-9]+(-[a-z0-9]+)*$')
PRINCIPAL = {'arn', 'role_arn', 'id', 'tags', 'org_id', 'path', 'parent', 'management_account', 'service', 'federated',
             'anonymous'}
MEMBERS = {
    'decide': {'id', 'principal', 'action', 'resource', 'resource_account', 'resource_management_account', 'context',
               'unknown', 'readings', 'policies', 'only'},
    'access': {'principal', 'secret', 'key', 'version_stage', 'version_id', 'key_state', 'context', 'unknown',
               'readings', 'policies'},
}
POLICIES = {
    'decide': {'identity', 'resource', 'boundary', 'session', 'endpoint', 'scp', 'rcp', 'grants'},
    'access': {'identity', 'resource', 'key', 'boundary', 'session', 'endpoint', 'scp', 'rcp', 'grants'},
}
REQUIRED = {'decide': {'principal', 'action', 'resource'}, 'access': {'principal', 'secret', 'policies'}}
EXPECT = {'load': {'ok', 'statements', 'error', 'findings'},
          'decide': {'decision', 'assumptions', 'blocked_by', 'missing_context', 'matched'},
          'access': {'decision', 'legs', 'operability_ok', 'all_requests'},
          'grant': {'added', 'principal', 'condition', 'blocked_by'},
          'analysis': {'result', 'relation', 'statements', 'assumptions', 'answer', 'findings', 'complete', 'needs', 'principals',
                       'conditions'}}
LEG = {'decision', 'blocked_by', 'hints', 'assumptions'}
DROP = object()


def expand(node, values, used):
    """A template with its variables replaced; members and elements without a value are dropped."""
    if isinstance(node, str) and node.startswith('$'):
        name = VARIABLE.match(node)
        if not name:
            raise ValueError('"%s" is no template variable: give it through "with"' % node)
        used.add(name.group(1))
        return values.get(name.group(1), DROP)
    if isinstance(node, list):
        items = [expand(item, values, used) for item in node]
        return [item for item in items if item is not DROP]
    if isinstance(node, dict):
        items = [(key, expand(value, values, used)) for key, value in node.items()]
        return {key: value for key, value in items if value is not DROP}
    return node


class Checker:
    def __init__(self, rows, rules):
        self.rows, self.rules = rows, rules
        self.faults, self.ids, self.seen, self.count = [], {}, set(), {}

    def fault(self, where, text):
        self.faults.append('%s: %s' % (where, text))

    def known(self, where, what, members, allowed):
        for name in members:
            if name not in allowed:
                self.fault(where, 'unknown member "%s" of %s' % (name, what))

    def file(self, path):
        name = os.path.relpath(path, HERE)
        try:
            with open(path, encoding='utf-8') as f:
                data = json.load(f, object_pairs_hook=self.pairs)
        except ValueError as e:
            self.fault(name, str(e))
            return
        self.known(name, 'the file', data, {'area', 'about', 'template', 'vectors'})
        area = data.get('area')
        if area != os.path.basename(os.path.dirname(path)):
            self.fault(name, 'area "%s" is not the folder' % area)
        if not data.get('about') or not data.get('vectors'):
            self.fault(name, 'no "about" or no "vectors"')
        used = set()
        for vector in data.get('vectors', []):
            where = '%s: %s' % (name, vector.get('id'))
            self.count[area] = self.count.get(area, 0) + 1
            self.head(where, area, vector)
            try:
                self.vector(where, area, data.get('template'), vector, used)
            except (ValueError, TypeError, AttributeError, KeyError) as e:
                self.fault(where, '%s: %s' % (type(e).__name__, e))
        if 'template' in data:
            wanted = set()
            try:
                expand(data['template'], {}, wanted)
            except ValueError as e:
                self.fault(name, str(e))
            for variable in sorted(wanted - used):
                self.fault(name, 'no vector gives "$%s"' % variable)

    @staticmethod
    def pairs(pairs):
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise ValueError('member "%s" is there twice' % name)
        return dict(pairs)

    def head(self, where, area, vector):
        key = (area, vector.get('id'))
        if not ID.match(vector.get('id', '')):
            self.fault(where, 'ids are lower-case words joined by hyphens')
        if key in self.ids:
            self.fault(where, 'the id is also in %s' % self.ids[key])
        self.ids[key] = where
        if area in EXPECT and vector.get('rule') not in self.rules:
            self.fault(where, 'rule "%s" is not in docs/semantics.md or docs/analysis.md' % vector.get('rule'))

    def vector(self, where, area, template, vector, used):
        if area in MEMBERS:
            self.known(where, 'the vector', vector, {'id', 'rule', 'about', 'with', 'case', 'expect'})
            if ('case' in vector) == (template is not None):
                self.fault(where, 'either a template and "with", or "case"')
            case = vector.get('case')
            if template is not None:
                names = set()
                case = expand(template, vector['with'], names)
                for name in vector['with']:
                    if name not in names:
                        self.fault(where, '"%s" of "with" is not in the template' % name)
                used.update(vector['with'])
            self.case(where, area, case)
            self.expect(where, area, case, vector['expect'])
        elif area == 'load':
            self.load(where, vector)
        else:
            used.update(vector.get('with', {}))
            if 'expect' not in vector:
                self.fault(where, 'no "expect"')
            elif area in EXPECT:
                self.known(where, 'expect', vector['expect'], EXPECT[area])

    def case(self, where, area, case):
        self.known(where, 'the case', case, MEMBERS[area])
        for name in REQUIRED[area] - set(case):
            self.fault(where, 'the case has no "%s"' % name)
        if isinstance(case.get('principal'), dict):
            self.known(where, 'the principal', case['principal'], PRINCIPAL)
        elif not isinstance(case.get('principal'), str):
            self.fault(where, 'the principal is neither text nor object')
        policies = case.get('policies', {})
        self.known(where, 'policies', policies, POLICIES[area])
        for layer, items in policies.items():
            if not isinstance(items, list):
                self.fault(where, 'policies of %s are no list' % layer)
            elif layer in ('scp', 'rcp') and not all(isinstance(level, list) for level in items):
                self.fault(where, '%s is a list of levels' % layer)
        if case.get('key_state', 'Enabled') not in KEY_STATES:
            self.fault(where, 'key state "%s"' % case['key_state'])
        for row, reading in case.get('readings', {}).items():
            if reading not in self.rows.get(row, [None, []])[1]:
                self.fault(where, 'no reading "%s" of row "%s"' % (reading, row))

    def outcome(self, where, case, expect, is_leg):
        if expect.get('decision') not in DECISIONS:
            self.fault(where, 'decision "%s"' % expect.get('decision'))
        if not set(expect.get('blocked_by', [])) <= LAYERS:
            self.fault(where, 'blocked_by %s' % expect['blocked_by'])
        if expect.get('decision') == 'allowed' and expect.get('blocked_by'):
            self.fault(where, 'allowed and blocked')
        for row in expect.get('assumptions', []):
            if row not in self.rows:
                self.fault(where, 'assumption "%s" is no row' % row)
            elif row in case.get('readings', {}):
                self.fault(where, 'the reading of %s was chosen: no assumption' % row)
            else:
                self.seen.add((row, self.rows[row][1][0]))
        for hint in expect.get('hints', []) if is_leg else []:
            if not re.match(r'[A-Z]+(_[A-Z]+)+$', hint) or HINTS is not None and hint not in HINTS:
                self.fault(where, 'there is no hint "%s"' % hint)

    def expect(self, where, area, case, expect):
        self.known(where, 'expect', expect, EXPECT[area])
        for row, reading in case.get('readings', {}).items():
            self.seen.add((row, reading))
        if area == 'decide':
            self.outcome(where, case, expect, False)
            return
        if expect.get('decision') not in DECISIONS:
            self.fault(where, 'decision "%s"' % expect.get('decision'))
        if len(expect.get('legs', [])) != 2:
            self.fault(where, 'an access question has two legs')
        for leg in expect.get('legs', []):
            self.known(where, 'a leg', leg, LEG)
            self.outcome(where, case, leg, True)
        order = ['explicitDeny', 'implicitDeny', 'unknown', 'allowed']
        worst = min((leg['decision'] for leg in expect['legs']), key=order.index)
        if worst != expect['decision']:
            self.fault(where, 'the decision is the worse of the legs: %s' % worst)

    def load(self, where, vector):
        self.known(where, 'the vector', vector, {'id', 'rule', 'about', 'kind', 'text', 'document', 'expect'})
        if vector.get('kind') not in KINDS:
            self.fault(where, 'kind "%s"' % vector.get('kind'))
        if ('text' in vector) == ('document' in vector):
            self.fault(where, 'either "text" or "document"')
        expect = vector['expect']
        if expect.get('ok') is True:
            self.known(where, 'expect', expect, {'ok', 'statements'})
            return
        self.known(where, 'expect', expect, {'error', 'findings'})
        if expect.get('error') not in ('EJSON', 'EPOLICY', 'ELIMIT'):
            self.fault(where, 'error "%s"' % expect.get('error'))
        for finding in expect.get('findings', []):
            self.known(where, 'a finding', finding, {'code', 'line', 'column'})
            if 'document' in vector and ('line' in finding or 'column' in finding):
                self.fault(where, 'places need "text": a document has no layout of its own')

    def readings(self):
        for row, (_, names) in self.rows.items():
            for name in names:
                if (row, name) not in self.seen and (row, name) not in EXCEPTIONS:
                    self.faults.append('%s: no vector for reading "%s"' % (row, name))
                if (row, name) in self.seen and (row, name) in EXCEPTIONS:
                    self.faults.append('%s: reading "%s" has a vector and an exception' % (row, name))


def rules_of(doc):
    rules = set(re.findall(r'^\* \*\*([LD][0-9.]+)\*\*', doc, flags=re.M))
    rules |= set(re.findall(r'^\| ((?:AMB-|A|PE-)\d+b?) \|', doc, flags=re.M))
    for first, last in re.findall(r'^\* \*\*([LD][0-9.]+) – ([LD][0-9.]+)\*\*', doc, flags=re.M):
        stem, low, high = first.rsplit('.', 1)[0], int(first.rsplit('.', 1)[1]), int(last.rsplit('.', 1)[1])
        rules |= {'%s.%d' % (stem, n) for n in range(low, high + 1)}
    return rules


def main():
    rows = check_readings.rows_of(source('lib', 'cond', 'readings.def'))
    rules = rules_of(source('docs', 'semantics.md'))
    rules |= set(re.findall(r'^\* \*\*(Q\d+)\*\*', source('docs', 'analysis.md'), flags=re.M))
    checker = Checker(rows, rules)
    for folder, _, names in sorted(os.walk(HERE)):
        for name in sorted(names):
            if name.endswith('.json'):
                checker.file(os.path.join(folder, name))
    checker.readings()
    for fault in checker.faults:
        print(fault, file=sys.stderr)
    if checker.faults:
        return 1
    print(', '.join('%s %d' % item for item in sorted(checker.count.items())))
    return 0


if __name__ == '__main__':
    sys.exit(main())
