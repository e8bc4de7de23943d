# SPDX-License-Identifier: MIT
"""What the tests of the command line share: running the tool, a folder for files, assertions that say what was printed."""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

TOOL = os.environ.get("POLICYEVAL", os.path.join(source_tree.BUILD, "tools", "policyeval"))
ARTICLE = os.path.join(source_tree.TOP, "examples", "article")
PRINCIPAL = "arn:aws:iam::111122223333:role/PRODUCTION_ROLE"
SECRET = "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf"
KEY = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class Run:
    """One run of the tool."""

    def __init__(self, *args, stdin=None, env=None, cwd=None):
        self.args = [str(a) for a in args]
        done = subprocess.run([os.path.abspath(TOOL), *self.args], input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
                              capture_output=True, cwd=cwd, env={**os.environ, **(env or {})}, timeout=60)
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def json(self):
        return json.loads(self.out)

    def check(self, status, *texts, out=None, err=None):
        """Fails the test unless the status and every text (in either stream) is as expected."""
        said = self.out + self.err
        missing = [t for t in texts if t not in said]
        missing += [t for t in [out] if t is not None and t not in self.out]
        missing += [t for t in [err] if t is not None and t not in self.err]
        if self.status != status or missing:
            raise AssertionError(f"policyeval {' '.join(self.args)}\nstatus {self.status}, expected {status}; "
                                 f"missing {missing}\n--- out\n{self.out}\n--- err\n{self.err}")
        return self


def access(*args, **more):
    return Run("access", "--principal", PRINCIPAL, "--secret", SECRET, *args, **more)


def article(part, name):
    return os.path.join(ARTICLE, part, name)


class Folder:
    """Files for a test, gone afterwards."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.path = self.temporary.name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.temporary.cleanup()

    def write(self, name, content):
        path = os.path.join(self.path, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path


def main(namespace):
    """Runs every function test_* in the order of the file; the exit status of the script."""
    if not os.path.exists(TOOL):
        print("skipped: there is no tool")
        sys.exit(77)
    failed = 0
    tests = [(n, f) for n, f in namespace.items() if n.startswith("test_")]
    for name, test in tests:
        try:
            test()
        except AssertionError as error:
            failed += 1
            print(f"FAIL {name}: {error}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not tests else 0)
