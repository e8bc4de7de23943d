#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/man1/policyeval.1 from what the tool says about itself (`policyeval --help`, `policyeval COMMAND --help`).

Usage: make_man.py [--check] TOOL [TOP_SOURCE_DIRECTORY]; --check compares instead of writing."""
import os
import re
import subprocess
import sys

HEAD = r'''.\" SPDX-License-Identifier: MIT
.\" Made by docs/make_man.py of the help texts: change those in tools/ instead, then make update-man.
.TH POLICYEVAL 1 "" "libpolicyeval" "User Commands"
.SH NAME
policyeval \- evaluate AWS policies offline
.SH SYNOPSIS
.B policyeval
.I COMMAND
.RI [ OPTION ]...
.br
.B policyeval help
.RI [ COMMAND ]
.SH DESCRIPTION
May this principal read this secret, and if not, why not?
.B policyeval
decides AWS requests by the policies that apply to them, without an AWS account, and answers questions about all
requests at once. Where AWS does not document what happens, the verdict names the reading that it rests on.
'''
TAIL = r'''.SH FILES
Every option that takes a policy takes a JSON document or the reply of the AWS CLI that carries one;
.B \-
is standard input, once in a command, and
.B none
says that there is no such policy. With
.BI \-\-output " FILE"
a result is written to a temporary file, which then takes the place of FILE, or of the file behind it when FILE is a
symbolic link, and has its mode.
.SH ENVIRONMENT
.TP
.B NO_COLOR
When it is set and not empty, no colours are written. They are written to terminals only.
.SH EXIT STATUS
.TP
.B 0
allowed (and operable), PASS, no finding at the failing level, equivalent, always
.TP
.B 1
denied, FAIL, finding, not equivalent, sometimes, never
.TP
.B 2
usage: unknown option, missing or contradictory arguments
.TP
.B 3
input that cannot be read, is not JSON, or is no policy
.TP
.B 4
unknown: missing facts, a limit that was reached, or, with
.BR \-\-strict ,
an undocumented reading that decides
.PP
With
.BI \-\-expect " VERDICT"
the status is 0 when the answer is that one, else 1.
.SH EXAMPLES
.nf
policyeval access \-\-principal arn:aws:iam::111122223333:role/APP \e
  \-\-secret arn:aws:secretsmanager:us\-east\-1:444455556666:secret:DB\-AbCdEf \e
  \-\-key arn:aws:kms:us\-east\-1:444455556666:key/1234abcd\-12ab\-34cd\-56ef\-1234567890ab \e
  \-\-secret\-policy secret.json \-\-key\-policy key.json \-\-identity\-policy role.json
policyeval validate \-\-type kms\-key key.json
policyeval check\-no\-new\-access \-\-type identity \-\-existing old.json \-\-new new.json
.fi
.SH SEE ALSO
.BR aws (1)
'''


def escape(line):
    line = line.replace('\\', r'\e').replace('-', r'\-')
    return r'\&' + line if line[:1] in ('.', "'") else line


def say(tool, *words):
    return subprocess.run([tool, *words, '--help'], stdout=subprocess.PIPE, check=True, text=True).stdout.rstrip('\n')


def page(tool):
    commands = re.findall(r'^  ([a-z][a-z-]*)  +(\S.*)$', say(tool), flags=re.M)
    text = HEAD + '.SH COMMANDS\n'
    for name, about in commands:
        text += '.TP\n.B %s\n%s\n' % (escape(name), escape(about))
    text += '.SH OPTIONS\n'
    for name, _ in commands:
        text += '.SS %s\n.nf\n%s\n.fi\n' % (escape(name), '\n'.join(escape(l) for l in say(tool, name).split('\n')))
    return text + TAIL


def main(words):
    check = words[:1] == ['--check']
    words = words[1:] if check else words
    top = words[1] if len(words) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
    path = os.path.join(top, 'docs', 'man1', 'policyeval.1')
    made = page(words[0])
    if not check:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(made)
        return 0
    with open(path, encoding='utf-8') as file:
        if file.read() == made:
            return 0
    print('docs/man1/policyeval.1: the tool says something else now: make update-man', file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
