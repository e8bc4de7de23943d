# SPDX-License-Identifier: MIT
"""Headers (POLICYEVAL_API), libpolicyeval.map, docs/symbols-in-versions and the built library name the same exports.

With --update, map and symbols-in-versions receive what the headers declare: new names go to the newest
node. A name that was released is never taken out by it."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

MAP = os.path.join(source_tree.TOP, "libpolicyeval.map")
VERSIONS = os.path.join(source_tree.TOP, "docs", "symbols-in-versions")
HEADERS = os.path.join(source_tree.TOP, "include", "policyeval")


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def declared(text):
    """(names declared with POLICYEVAL_API, names declared without it) of a header's text."""
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", without_comments(text), flags=re.M)
    marked, plain = [], []
    for part in re.split(r"[;{}]", text):
        name = re.search(r"\b(policyeval_\w+)\s*(?:\(|$)", part.split("POLICYEVAL_API")[-1])
        if "POLICYEVAL_API" in part:
            marked.append(name.group(1) if name else f"unreadable: {' '.join(part.split())}")
        elif re.search(r"\bpolicyeval_\w+\s*\(", part) and not re.search(r"\b(typedef|static)\b", part):
            plain.append(re.search(r"\b(policyeval_\w+)\s*\(", part).group(1))
    return marked, plain


def undocumented(text, versions):
    """What is wrong with the comments: every export has one of its own, which says since which version there is it."""
    faults = []
    for comment, name in re.findall(r"(?:(/\*\*(?:[^*]|\*(?!/))*\*/)\n)?POLICYEVAL_API [^;]*?(policyeval_\w+)\s*\(", text):
        since = re.search(r"\bSince (\d+\.\d+)\b", comment)
        if not comment:
            faults.append(f"{name} has no comment of its own right above it (/** ... */)")
        elif not since or not (versions.get(name, since.group(1)) + ".").startswith(since.group(1) + "."):
            faults.append(f"the comment of {name} does not say since which version there is it")
    return faults


def exports_of_headers():
    marked, plain = [], []
    for text in header_texts():
        m, p = declared(text)
        marked += m
        plain += p
    return marked, plain


def header_texts():
    for name in sorted(os.listdir(HEADERS)):
        made = name.endswith(".h") and os.path.exists(os.path.join(HEADERS, name + ".in"))
        if name.endswith((".h", ".h.in")) and not made:
            with open(os.path.join(HEADERS, name), encoding="utf-8") as file:
                yield file.read()


def nodes_of_map(text):
    """[(node, [names in order])] of a version script."""
    nodes = []
    for node, body in re.findall(r"(\w[\w.]*)\s*\{(.*?)\}", without_comments(text), flags=re.S):
        shown = re.search(r"global:(.*?)(?:local:|$)", body, flags=re.S)
        nodes.append((node, re.findall(r"(\w+)\s*;", shown.group(1)) if shown else []))
    return nodes


def versions_of_docs(text):
    """[(name, version)] of symbols-in-versions."""
    return [tuple(line.split()) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def nm(arguments, file):
    tool = os.environ.get("NM", "nm").split()
    out = subprocess.run(tool + arguments + [file], capture_output=True, text=True, check=True).stdout
    return [line.split() for line in out.splitlines()]


def compare(what, names, other, others):
    faults = [f"{name}: in {what}, not in {other}" for name in sorted(set(names) - set(others))]
    return faults + [f"{name}: in {other}, not in {what}" for name in sorted(set(others) - set(names))]


def faults_of_text(marked, plain, nodes, versions):
    faults = [f"{name}: declared without POLICYEVAL_API" for name in plain]
    faults += [f"{name}: declared twice" for name in sorted({n for n in marked if marked.count(n) > 1})]
    in_map = [name for _, names in nodes for name in names]
    faults += compare("the headers", marked, "libpolicyeval.map", in_map)
    for node, names in nodes:
        if names != sorted(set(names)):
            faults.append(f"libpolicyeval.map: the names of {node} are not sorted, or not unique")
    documented = [name for name, _ in versions]
    faults += compare("libpolicyeval.map", in_map, "docs/symbols-in-versions", documented)
    if documented != sorted(set(documented)):
        faults.append("docs/symbols-in-versions: not sorted, or not unique")
    node_of = {name: node for node, names in nodes for name in names}
    for name, version in versions:
        node = "POLICYEVAL_" + ".".join(version.split(".")[:2])
        if name in node_of and node_of[name] != node:
            faults.append(f"{name}: since {version} says docs/symbols-in-versions, but in node {node_of[name]}")
    return faults


def faults_of_library(nodes):
    in_map = {name: node for node, names in nodes for name in names}
    shared = os.path.join(source_tree.BUILD, ".libs", "libpolicyeval.so")
    static = os.path.join(source_tree.BUILD, ".libs", "libpolicyeval.a")
    faults = []
    if os.path.exists(shared):
        exported = {}
        for row in nm(["-D", "--defined-only"], shared):
            name, _, node = row[-1].partition("@@")
            if row[-2] != "A":
                exported[name] = node
        faults += compare("libpolicyeval.map", in_map, "libpolicyeval.so", exported)
        faults += [f"{name}: in node {in_map[name]} of the map, {node} in the library"
                   for name, node in sorted(exported.items()) if node and in_map.get(name, node) != node]
    else:
        print(f"note: there is no {shared}")
    if os.path.exists(static):
        private = {row[-1] for row in nm(["--defined-only", "--extern-only"], static) if len(row) == 3}
        faults += [f"{name}: global in libpolicyeval.a but neither policyeval_ nor pe_"
                   for name in sorted(private) if not re.match(r"(policyeval|pe)_|__", name)]
    else:
        print(f"note: there is no {static}")
    if not os.path.exists(shared) and not os.path.exists(static):
        faults.append("no library was built")
    return faults


def update(marked, nodes, versions):
    version = re.search(r"AC_INIT\(\[\w+\], \[([\d.]+)\]", source_tree.read("configure.ac")).group(1)
    newest, names = nodes[-1]
    older = {name for _, names in nodes[:-1] for name in names}
    with open(MAP, encoding="utf-8") as file:
        text = file.read()
    shown = "".join(f"    {name};\n" for name in sorted(set(marked) - older))
    text = re.sub(r"(%s\s*\{\s*global:\n).*?(\s*local:)" % re.escape(newest),
                  lambda m: m.group(1) + shown.rstrip("\n") + "\n  local:", text, flags=re.S)
    with open(MAP, "w", encoding="utf-8") as file:
        file.write(text)
    known = dict(versions)
    lines = [line for line in VERSIONS_HEADER.splitlines()]
    lines += [f"{name} {known.get(name, version)}" for name in sorted(set(marked) | older)]
    with open(VERSIONS, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"{len(set(marked))} exports in libpolicyeval.map and docs/symbols-in-versions")


VERSIONS_HEADER = """\
# SPDX-License-Identifier: MIT
# Every export and the release it came with, sorted. `make update-exports` adds new ones."""


def prove():
    """The check sees what it must."""
    marked, plain = declared("""/* POLICYEVAL_API int policyeval_no(void); */
        #define POLICYEVAL_API x
        POLICYEVAL_API const char *policyeval_a(int (*policyeval_cb)(void), policyeval_b *b);
        POLICYEVAL_API extern const int policyeval_d;
        int policyeval_c(void); typedef int (*policyeval_fn)(int); struct policyeval_s { int a; };
        static inline int policyeval_i(void) { return 0; }""")
    assert (marked, plain) == (["policyeval_a", "policyeval_d"], ["policyeval_c"]), (marked, plain)
    nodes = nodes_of_map("/* A { */ P_0.1 {\n global:\n b;\n a;\n local: *;\n};")
    assert nodes == [("P_0.1", ["b", "a"])], nodes
    told = "/** A. Since 0.1. */\nPOLICYEVAL_API int policyeval_a(void);\n"
    assert not undocumented(told, {"policyeval_a": "0.1.0"}) and len(undocumented(told, {"policyeval_a": "0.12.0"})) == 1
    assert len(undocumented(told + "POLICYEVAL_API policyeval_slice policyeval_b(int a,\n int b);", {})) == 1
    assert len(undocumented("/* A. Since 0.1. */\nPOLICYEVAL_API int policyeval_a(void);", {})) == 1
    assert len(faults_of_text(["a", "c"], ["d"], nodes, [("a", "0.1.0")])) == 6


def main():
    prove()
    marked, plain = exports_of_headers()
    with open(MAP, encoding="utf-8") as file:
        nodes = nodes_of_map(file.read())
    versions = []
    if os.path.exists(VERSIONS):
        with open(VERSIONS, encoding="utf-8") as file:
            versions = versions_of_docs(file.read())
    if "--update" in sys.argv[1:]:
        update(marked, nodes, versions)
        return
    comments = [fault for text in header_texts() for fault in undocumented(text, dict(versions))]
    faults = faults_of_text(marked, plain, nodes, versions) + faults_of_library(nodes)
    if faults:
        faults.append("`make update-exports` writes map and symbols-in-versions anew from the headers")
    source_tree.finish(f"exports ({len(marked)})", faults + comments)


main()
