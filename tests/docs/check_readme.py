# SPDX-License-Identifier: MIT
"""What README.md shows as the output of the demo is the beginning of what examples/article/demo.sh prints.

The excerpt stands between the lines `<!-- demo: N lines -->` and `<!-- end of demo -->`. With --update it is written
anew. README.md also names every Debian package that the scripts install."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

BLOCK = re.compile(r"(<!-- demo: (\d+) lines -->\n)(.*?)(<!-- end of demo -->)", re.S)


def demo_output():
    """What the demo prints, or None when there is no tool (or no demo) to run."""
    tool = os.environ.get("POLICYEVAL", os.path.join(source_tree.BUILD, "tools", "policyeval"))
    script = os.path.join(source_tree.TOP, "examples", "article", "demo.sh")
    if not os.path.exists(tool) or not os.path.exists(script):
        return None
    path = os.path.dirname(tool) + os.pathsep + os.environ.get("PATH", "")
    run = subprocess.run(["sh", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, cwd=source_tree.TOP, env={**os.environ, "PATH": path, "NO_COLOR": "1"})
    if run.returncode:
        source_tree.finish("README.md", [run.stdout, f"examples/article/demo.sh ended with {run.returncode}"])
    return run.stdout


def block_of(output, count):
    """The Markdown that shows the first count lines."""
    lines = [line.rstrip() for line in output.splitlines()]
    shown = lines[:count] + (["[…]"] if len(lines) > count else [])
    return "```text\n" + "\n".join(shown) + "\n```\n"


def faults_of(readme, output, packages):
    faults = [f"README.md: does not name the Debian package {p}" for p in packages if f"`{p}`" not in readme]
    match = BLOCK.search(readme)
    if not match:
        return faults + ["README.md: no lines `<!-- demo: N lines -->` and `<!-- end of demo -->`"]
    if output is not None and match.group(3) != block_of(output, int(match.group(2))):
        faults.append("README.md: the demo prints something else now: `make update-readme`")
    return faults


def packages_of_scripts():
    lines = []
    for script in ("script/lib.sh", "script/test", ".ci/run"):
        lines += [line for line in source_tree.read(script).splitlines() if not line.lstrip().startswith("#")]
    text = "\n".join(lines)
    return sorted(set(re.findall(r"\bneed(?:_lib)? [\w.+-]+ ([\w.+-]+)$", text, re.M)) |
                  set(re.findall(r" \w+:(python3[\w-]*)", text)))


def prove():
    good = "`gcc` <!-- demo: 1 lines -->\n```text\na\n[…]\n```\n<!-- end of demo -->"
    assert not faults_of(good, "a \nb\n", ["gcc"])
    assert len(faults_of(good, "b\nb\n", ["g++"])) == 2
    assert {"libjansson-dev", "python3-hypothesis", "clang"} <= set(packages_of_scripts())


prove()
text = source_tree.read("README.md")
output = demo_output()
if "--update" in sys.argv[1:]:
    if output is None:
        sys.exit("there is no tool or no demo to run")
    text = BLOCK.sub(lambda m: m.group(1) + block_of(output, int(m.group(2))) + m.group(4), text)
    with open(os.path.join(source_tree.TOP, "README.md"), "w", encoding="utf-8") as file:
        file.write(text)
if output is None:
    print("note: no tool or no demo to run, the excerpt was not compared")
source_tree.finish("README.md", faults_of(text, output, packages_of_scripts()))
