# SPDX-License-Identifier: MIT
"""Includes point down the layers; tools, examples and bindings see public headers only."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.M)

# jansson writes reports and reads data that carries no policy; nothing else in lib/ needs it.
JANSSON_LAYERS = {"service", "report"}
# What a public header may need from the system.
PUBLIC_SYSTEM_HEADERS = {"stddef.h", "stdint.h"}


def check_library(path, quote, name, layer, known):
    own = source_tree.LAYERS.index(layer)
    first = name.split("/")[0]
    if name == "jansson.h":
        return None if layer in JANSSON_LAYERS else "jansson belongs in " + " and ".join(sorted(JANSSON_LAYERS))
    if quote == "<":
        return "write \"policyeval/...\"" if first == "policyeval" else None
    if first == "policyeval":
        return None if "include/" + name in known or "include/" + name + ".in" in known else "no such header"
    if first not in source_tree.LAYERS or "/" not in name:
        return "write \"layer/file.h\""
    if source_tree.LAYERS.index(first) > own:
        return f"{first} is above {layer}"
    return None


def check_client(path, quote, name, known):
    if name == "jansson.h":
        return "the library's JSON is enough here"
    if quote == "<":
        return None
    if name.startswith("policyeval/"):
        return "write <policyeval/...>"
    return None if os.path.dirname(path) + "/" + name in known else "only public headers and own ones"


def check_public(path, quote, name, known):
    if quote == "<" and (name.startswith("policyeval/") or name in PUBLIC_SYSTEM_HEADERS):
        return None
    return "a public header includes <policyeval/...>, " + ", ".join(sorted(PUBLIC_SYSTEM_HEADERS))


def faults_of(texts):
    """texts: path -> text. Faults as lines `path:line: include NAME: why`."""
    known = set(texts)
    faults = []
    for path, text in sorted(texts.items()):
        folder = path.split("/")
        if not path.endswith((".c", ".h", ".def", ".h.in")) or text is None:
            continue
        if folder[0] == "lib" and (len(folder) != 3 or folder[1] not in source_tree.LAYERS):
            faults.append(f"{path}: not in lib/<layer>/")
            continue
        for match in INCLUDE.finditer(text):
            quote, name = match.groups()
            why = None
            if folder[0] == "lib":
                why = check_library(path, quote, name, folder[1], known)
            elif folder[0] in ("tools", "examples"):
                why = check_client(path, quote, name, known)
            elif folder[0] == "include":
                why = check_public(path, quote, name, known)
            if why:
                faults.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: include {name}: {why}")
    return faults


def prove():
    """The check sees what it must: each of these files has one fault, the first two none."""
    planted = {
        "lib/base/a.h": "#include <stdint.h>\n",
        "lib/api/a.c": '#include "base/a.h"\n#include "api/a.h"\n',
        "lib/api/a.h": '#include "policyeval/none.h"\n',
        "lib/base/b.c": '#include "api/a.h"\n',
        "lib/eval/c.c": '  #  include <jansson.h>\n',
        "lib/eval/d.c": '#include "d.h"\n',
        "lib/eval/d.h": '#include <policyeval/base.h>\n',
        "lib/other/e.c": "",
        "tools/f.c": '#include <stdio.h>\n#include "base/a.h"\n',
        "include/policyeval/g.h": "#include <stdio.h>\n",
    }
    found = {fault.split(":")[0] for fault in faults_of(planted)}
    assert found == set(planted) - {"lib/base/a.h", "lib/api/a.c"}, found


prove()
source_tree.finish("layers", faults_of({f: source_tree.read(f) for f in source_tree.files()}))
