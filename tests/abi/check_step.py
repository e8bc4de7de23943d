# SPDX-License-Identifier: MIT
"""No change of the ABI without a word in NEWS.md and the right step of -version-info.

tests/abi/libpolicyeval.abi, which gate abi holds the library to, is compared by abidiff with tests/abi/released.abi, the
ABI of the last release; tests/abi/released says which release that was and what its -version-info was. What
configure.ac says now must be the step that its rule asks for, and the newest section of NEWS.md must tell of it. Before
the first release there is nothing to compare with: -version-info is 0:0:0 then.

With --release (make release-abi) the ABI of now becomes that of the last release."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

NOW, THEN, RELEASED = "tests/abi/libpolicyeval.abi", "tests/abi/released.abi", "tests/abi/released"
RULE = {"same": "no step of current and age", "added": "current + 1, revision 0, age + 1",
        "changed": "current + 1, revision 0, age 0"}


def abidiff(then, now, *options):
    """Whether abidiff sees a difference; what is no answer (bits 1 and 2) ends the test."""
    run = subprocess.run(["abidiff", "--no-default-suppression", *options, then, now], capture_output=True, text=True)
    assert not run.returncode & 3, f"abidiff {then} {now}: {run.stdout}{run.stderr}"
    return run.returncode != 0


def kind_of(then, now):
    """same, added (nothing but new symbols) or changed."""
    if not abidiff(then, now):
        return "same"
    return "changed" if abidiff(then, now, "--no-added-syms") else "added"


def facts(configure):
    """(version, (current, revision, age), number in the soname) of configure.ac."""
    version = re.search(r"AC_INIT\(\[libpolicyeval\], \[([\d.]+)\]\)", configure).group(1)
    info = re.search(r"AC_SUBST\(\[LIBPOLICYEVAL_VERSION_INFO\], \[(\d+):(\d+):(\d+)\]\)", configure).groups()
    return version, tuple(int(n) for n in info), int(re.search(r"\[LIBPOLICYEVAL_ABI\], \[(\d+)\]", configure).group(1))


def newest(news):
    """(version, text) of the first section of NEWS.md."""
    section = re.search(r"^## ([\d.]+)[^\n]*\n(.*?)(?=^## |\Z)", news, re.M | re.S)
    return section.groups() if section else ("none", "")


def released_of(text):
    """(version, (current, revision, age)) of the last release, or None."""
    line = re.search(r"^([\d.]+) (\d+):(\d+):(\d+)$", text, re.M)
    return (line.group(1), tuple(int(n) for n in line.groups()[1:])) if line else None


def step_is_right(kind, before, info):
    current, revision, age = before
    if kind == "same":
        return info in ((current, revision, age), (current, revision + 1, age))
    return info == (current + 1, 0, age + 1 if kind == "added" else 0)


def faults_of(kind, released, configure, news):
    """kind: what kind_of says of the last release and now; released: see released_of."""
    version, info, abi = facts(configure)
    told, section = newest(news)
    shown = ":".join(map(str, info))
    faults = []
    if abi != info[0] - info[2]:
        faults.append(f"configure.ac: LIBPOLICYEVAL_ABI is {abi}, but current - age of {shown} is {info[0] - info[2]}")
    if told != version:
        faults.append(f"NEWS.md: the newest section is of {told}, configure.ac says {version}")
    if released is None:
        if info != (0, 0, 0):
            faults.append(f"configure.ac: -version-info is {shown} before the first release, not 0:0:0")
    elif not step_is_right(kind, released[1], info):
        before = ":".join(map(str, released[1]))
        faults.append(f"configure.ac: -version-info went from {before} ({released[0]}) to {shown}, but the ABI is {kind}: "
                      f"{RULE[kind]}")
    if kind != "same" and released is not None and version == released[0]:
        faults.append(f"configure.ac: the ABI changed since {version}, which is released")
    if (kind != "same" or released is None) and not re.search(rf"\bABI: .*`libpolicyeval\.so\.{abi}`", section):
        faults.append(f"NEWS.md: the section of {told} does not tell what happened to the ABI "
                      f"(`ABI: … `libpolicyeval.so.{abi}` …`)")
    return faults


def prove_kinds():
    """abidw and abidiff tell apart three small libraries as they should."""
    texts = {"first": "int f(int a) { return a; }", "more": "int f(int a) { return a; } int g(void) { return 1; }",
             "other": "int f(long a) { return (int)a; }", "less": "int h(void) { return 0; }"}
    with tempfile.TemporaryDirectory() as folder:
        dumps = {}
        for name, text in texts.items():
            source, library = (os.path.join(folder, name + end) for end in (".c", ".so"))
            dumps[name] = os.path.join(folder, name + ".abi")
            with open(source, "w", encoding="ascii") as file:
                file.write(text + "\n")
            # Debian's own compiler: what CC brings along (sanitizers, another machine) is of no interest here.
            subprocess.run(["cc", "-g", "-shared", "-fPIC", "-o", library, source], check=True)
            subprocess.run(["abidw", "--no-corpus-path", "--out-file", dumps[name], library], check=True)
        kinds = [kind_of(dumps["first"], dumps[name]) for name in ("first", "more", "other", "less")]
        assert kinds == ["same", "added", "changed", "changed"], kinds


def prove():
    """Every way to forget something is seen."""
    def configure(version, info, abi):
        return (f"AC_INIT([libpolicyeval], [{version}])\nAC_SUBST([LIBPOLICYEVAL_VERSION_INFO], [{info}])\n"
                f"AC_SUBST([LIBPOLICYEVAL_ABI], [{abi}])\n")

    def count(kind, *arguments, news="## 1.1.0\n* ABI: three more functions in `libpolicyeval.so.2`.\n## 1.0.0\n"):
        return len(faults_of(kind, released_of("1.0.0 3:4:1"), configure(*arguments), news))

    silent = "## 1.1.0\n* Faster.\n## 1.0.0\n* ABI: `libpolicyeval.so.2`.\n"
    assert count("added", "1.1.0", "4:0:2", 2) == 0
    assert count("added", "1.1.0", "3:4:1", 2, news=silent) == 2  # neither stepped nor told
    assert count("added", "1.1.0", "4:0:2", 2, news=silent) == 1
    assert count("added", "1.1.0", "3:5:1", 2) == 1
    assert count("added", "1.1.0", "4:0:0", 4) == 2               # a new soname, which NEWS.md does not name
    assert count("changed", "1.1.0", "4:0:2", 2) == 1             # the soname must change
    assert count("changed", "1.1.0", "4:0:0", 4, news=silent.replace("Faster", "ABI: new `libpolicyeval.so.4`")) == 0
    assert count("same", "1.1.0", "3:5:1", 2, news=silent) == 0
    assert count("same", "1.1.0", "4:0:2", 2) == 1
    assert count("same", "1.1.0", "3:5:1", 3) == 1
    assert count("added", "1.0.0", "4:0:2", 2) == 2               # a release does not change afterwards
    first = "## 0.1.0\n* ABI: `libpolicyeval.so.0`.\n"
    assert not faults_of("same", released_of("# none"), configure("0.1.0", "0:0:0", 0), first)
    assert len(faults_of("same", None, configure("0.1.0", "1:0:0", 1), "## 0.1.0\n")) == 2


def release():
    version, info, _ = facts(source_tree.read("configure.ac"))
    shutil.copyfile(os.path.join(source_tree.TOP, NOW), os.path.join(source_tree.TOP, THEN))
    head = [line for line in source_tree.read(RELEASED).splitlines() if line.startswith("#")]
    with open(os.path.join(source_tree.TOP, RELEASED), "w", encoding="ascii") as file:
        file.write("\n".join(head + [f"{version} {':'.join(map(str, info))}"]) + "\n")


def main():
    prove()
    tools = all(shutil.which(tool) for tool in ("cc", "abidw", "abidiff"))
    if tools:
        prove_kinds()
    else:
        print("note: no abidiff (Debian package: abigail-tools): what changed since the last release was not looked at")
    if "--release" in sys.argv[1:]:
        release()
    released = released_of(source_tree.read(RELEASED))
    there = os.path.exists(os.path.join(source_tree.TOP, THEN))
    faults = [] if there == (released is not None) else [f"{RELEASED} and {THEN} do not belong together"]
    kind = "same"
    if there and tools:
        kind = kind_of(os.path.join(source_tree.TOP, THEN), os.path.join(source_tree.TOP, NOW))
    if tools or not there:
        faults += faults_of(kind, released, source_tree.read("configure.ac"), source_tree.read("NEWS.md"))
    source_tree.finish(f"ABI, {kind if there else 'before the first release'}", faults)


main()
