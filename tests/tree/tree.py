# SPDX-License-Identifier: MIT
"""Rules of the tree: an SPDX line in every file, nothing left to do, sizes, line lengths, every source listed."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

FILE_CAP = 800       # lines of a C file
FUNCTION_CAP = 80    # lines of a C function
LINE_CAP = 140       # characters of a C line; .clang-format aims at 110
SPDX = "SPDX-License" "-Identifier: MIT"  # in two parts: reuse takes the whole for a declaration
UNDONE = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
CODE = ("lib/", "include/", "tools/", "bindings/", "tests/", "examples/", "bench/", "fuzz/", "script/", ".ci/")
# Files that cannot carry a comment, or are data that must stay byte for byte.
NO_COMMENT = re.compile(r"(^|/)(COPYING|\.reuse/dep5|LICENSES/.*|\.gitignore|py\.typed|go\.(mod|sum))$"
                        r"|\.(json|json\.in|jsonl|sarif|txt|out|err|abi|golden|expected|svg|png)$"
                        r"|^fuzz/(seeds|regress)/|^tests/.*/(data|golden|expected|inputs?)/|^docs/.*\.txt$")
# What automake puts into a tarball.
GENERATED = re.compile(r"^(aclocal\.m4|configure|config\.h\.in|Makefile\.in|build-aux/.*|m4/.*|MANIFEST)$")


def is_c(path):
    return path.endswith((".c", ".h", ".h.in", ".def")) and path.startswith(CODE)


def faults_of_file(path, text):
    faults = []
    lines = text.splitlines()
    if not NO_COMMENT.search(path) and not any(SPDX in line for line in lines[:4]):
        faults.append(f"{path}:1: no line {SPDX} at the top")
    if path.startswith(CODE) and not NO_COMMENT.search(path):
        faults += [f"{path}:{n}: left undone: {line.strip()}" for n, line in enumerate(lines, 1) if UNDONE.search(line)]
        faults += [f"{path}:{n}: blank at the end of the line" for n, line in enumerate(lines, 1)
                   if line != line.rstrip()]
    if is_c(path):
        if len(lines) > FILE_CAP and not path.endswith(".def"):
            faults.append(f"{path}: {len(lines)} lines, the cap is {FILE_CAP}")
        faults += [f"{path}:{n}: {len(line)} characters, the cap is {LINE_CAP}" for n, line in enumerate(lines, 1)
                   if len(line) > LINE_CAP]
        faults += [f"{path}:{n}: a tab" for n, line in enumerate(lines, 1) if "\t" in line]
    return faults


def faults_of_listing(paths, fragments):
    """What no local.mk names would silently not be built, not be installed, not be run."""
    listed = set(re.findall(r"[\w./-]+", fragments))
    return [f"{path}: in no local.mk"
            for path in paths if path not in listed and
            (path.startswith("lib/") and path.endswith(".c") or
             path.startswith("include/") and path.endswith(".h") or
             re.match(r"tests/unit/test_\w+\.c$", path) and path[:-2] not in listed or
             re.match(r"tests/(?!corpus/)\w+/((?!lib|common|helper)\w+\.sh|(check|test)_\w+\.py)$", path))]


def faults_of_functions(tags):
    """tags: output of universal-ctags with line and end fields."""
    faults = []
    for row in tags.splitlines():
        fields = row.split("\t")
        place = {f.split(":")[0]: f.split(":")[1] for f in fields[3:] if re.match(r"(line|end):\d+$", f)}
        if "end" in place:
            lines = int(place["end"]) - int(place["line"]) + 1
            if lines > FUNCTION_CAP:
                faults.append(f"{fields[1]}:{place['line']}: {fields[0]} has {lines} lines, the cap is {FUNCTION_CAP}")
    return faults


def prove():
    """The checks see what they must."""
    undone = "/* TO" "DO */"
    assert len(faults_of_file("lib/a/b.c", "int x; \n\t\n" + "y" * 141 + "\n" + undone + "\n" * 800)) == 7
    assert not faults_of_file("lib/a/b.c", f"/* {SPDX} */\n")
    assert len(faults_of_listing(["lib/a/b.c", "tests/unit/test_a.c", "lib/a/c.c", "tests/cli/x.sh", "tests/x.py"],
                                 "x += lib/a/c.c")) == 3
    assert len(faults_of_functions('f\tx.c\t/^f$/;"\tline:1\tend:81\ng\tx.c\t/^g$/;"\tline:1\tend:80')) == 1


def main():
    prove()
    paths = [p for p in source_tree.files() if not GENERATED.match(p)]
    faults = []
    for path in paths:
        text = source_tree.read(path)
        if text is not None:
            faults += faults_of_file(path, text)
        elif not NO_COMMENT.search(path):
            faults.append(f"{path}: not UTF-8")
    faults += faults_of_listing(paths, "\n".join(source_tree.read(p) for p in paths if p.endswith("local.mk")))
    ctags = shutil.which("ctags")
    if ctags and "Universal" in subprocess.run([ctags, "--version"], capture_output=True, text=True).stdout:
        sources = [p for p in paths if p.endswith(".c") and p.startswith(("lib/", "tools/"))]
        tags = subprocess.run([ctags, "--languages=C", "--kinds-C=f", "--fields=+ne", "-f", "-", "-L", "-"],
                              input="\n".join(sources), capture_output=True, text=True, cwd=source_tree.TOP).stdout
        faults += faults_of_functions(tags)
    else:
        print("note: no universal-ctags (Debian package: universal-ctags): length of functions not checked")
    source_tree.finish(f"tree of {len(paths)} files", faults)


main()
