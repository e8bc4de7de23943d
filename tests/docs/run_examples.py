# SPDX-License-Identifier: MIT
"""Runs the examples of docs/*.md: a block after <!-- file: NAME --> is that file; in a console block each line `$ COMMAND` is
run in their folder, and what stands below it up to the next one must be what it prints. --update writes that anew."""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import source_tree  # noqa: E402

BLOCK = re.compile(r"(?:<!-- file: ([^ \n]+) -->\n)?```(\w*)\n(.*?)```\n", re.S)


def run(command, folder, tool):
    env = {**os.environ, "PATH": os.path.dirname(tool) + os.pathsep + os.environ["PATH"], "NO_COLOR": "1"}
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    return done.stdout.decode()


def example(block, folder, tool):
    """The console block as it is when its commands run now."""
    out = ""
    for line in block.splitlines(True):
        if line.startswith("$ "):
            said = run(line[2:], folder, tool)
            out += line + said + ("" if said.endswith("\n") or not said else "\n")
    return out


def check(path, tool, update):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    faults, count, parts, at = [], 0, [], 0
    with tempfile.TemporaryDirectory() as folder:
        for match in BLOCK.finditer(text):
            name, kind, block = match.groups()
            if name:
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(block)
            if kind != "console":
                continue
            count += 1
            real = example(block, folder, tool)
            if real != block:
                faults.append("%s prints otherwise:\n%s" % (os.path.basename(path), real))
            parts += [text[at:match.start(3)], real]
            at = match.end(3)
    if update and faults:
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(parts) + text[at:])
        faults = []
    return count, faults


def main():
    tool = os.environ.get("POLICYEVAL", os.path.join(source_tree.BUILD, "tools", "policyeval"))
    if not os.path.exists(tool):
        print("skipped: there is no tool")
        return 77
    count, faults = 0, []
    for path in sorted(glob.glob(os.path.join(source_tree.TOP, "docs", "*.md"))):
        n, wrong = check(path, tool, "--update" in sys.argv)
        count, faults = count + n, faults + wrong
    for fault in faults:
        print(fault)
    print("%d passed, %d failed" % (count - len(faults), len(faults)))
    return 1 if faults else 0


sys.exit(main())
