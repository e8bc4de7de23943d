# SPDX-License-Identifier: MIT
"""The bill of materials, libpolicyeval.spdx.json, is SPDX 2.3, says what configure.ac says, and names what the library links."""

import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

NAME = "libpolicyeval.spdx.json"
# What SPDX 2.3 asks of a document and of a package without files.
OF_DOCUMENT = ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages",
               "relationships")
OF_PACKAGE = ("SPDXID", "name", "versionInfo", "supplier", "downloadLocation", "filesAnalyzed", "licenseConcluded",
              "licenseDeclared", "copyrightText")
# The sonames of each dependency: glibc comes in several files.
SONAMES = {"jansson": r"libjansson\.", "libc": r"(lib(c|m|pthread|rt)|ld-linux.*)\."}


def faults_of_form(sbom):
    faults = [f"the document has no {field}" for field in OF_DOCUMENT if not sbom.get(field)]
    if faults:
        return faults
    for package in sbom["packages"]:
        faults += [f"{package.get('name')} has no {field}" for field in OF_PACKAGE if package.get(field, "") == ""]
        if package.get("filesAnalyzed") is not False:
            faults.append(f"{package.get('name')}: filesAnalyzed without files")
    ids = [sbom["SPDXID"]] + [package.get("SPDXID", "") for package in sbom["packages"]]
    faults += [f"{i} stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    faults += [f"{i} is no SPDX id" for i in ids if not re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", i)]
    for relationship in sbom["relationships"]:
        faults += [f"{end} is not in the document" for end in
                   (relationship["spdxElementId"], relationship["relatedSpdxElement"]) if end not in ids]
    if sbom["spdxVersion"] != "SPDX-2.3" or sbom["dataLicense"] != "CC0-1.0" or sbom["SPDXID"] != "SPDXRef-DOCUMENT":
        faults.append("not the head of an SPDX 2.3 document")
    created = sbom["creationInfo"]
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created.get("created", "")) or not created.get("creators"):
        faults.append("creationInfo without a time or creators")
    if not re.fullmatch(r"https?://[^\s#]+", sbom["documentNamespace"]):
        faults.append("documentNamespace is no address")
    return faults + (["a name was not filled in"] if re.search(r"@\w+@", json.dumps(sbom)) else [])


def dependencies(sbom):
    """{SPDX id of the library: names of what it depends on}."""
    names = {package["SPDXID"]: package["name"] for package in sbom["packages"]}
    return [names[r["relatedSpdxElement"]] for r in sbom["relationships"]
            if r["relationshipType"] == "DEPENDS_ON" and names.get(r["spdxElementId"]) == "libpolicyeval"]


def faults_of_facts(sbom, configure, needed):
    """needed: the sonames that the built library asks for, or None."""
    packages = {package["name"]: package for package in sbom["packages"]}
    faults = [f"{name} is not listed" for name in ("libpolicyeval", "jansson", "libc") if name not in packages]
    if faults:
        return faults
    version = re.search(r"AC_INIT\(\[libpolicyeval\], \[([\d.]+)\]\)", configure).group(1)
    jansson = re.search(r"AC_SUBST\(\[JANSSON_MINIMUM\], \[([\d.]+)\]\)", configure).group(1)
    for name, field, want in (("libpolicyeval", "versionInfo", version), ("libpolicyeval", "licenseDeclared", "MIT"),
                              ("jansson", "versionInfo", f">= {jansson}"), ("jansson", "licenseDeclared", "MIT")):
        if packages[name][field] != want:
            faults.append(f"{field} of {name} is {packages[name][field]}, not {want}")
    named = dependencies(sbom)
    if sorted(named) != ["jansson", "libc"]:
        faults.append(f"depends on {named}, not on jansson and libc")
    for soname in needed or []:
        if not any(re.match(SONAMES.get(name, "$^"), soname) for name in named):
            faults.append(f"the library links {soname}, which is not listed")
    return faults


def needed_by(library):
    """What a library asks for, or None when there is none to look at."""
    if not os.path.exists(library) or not shutil.which("readelf") or os.environ.get("PLAIN_BUILD") == "no":
        return None
    text = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text)


def prove(sbom, configure):
    def broken(change, needed=None):
        copy = json.loads(json.dumps(sbom))
        change(copy)
        return faults_of_form(copy) or faults_of_facts(copy, configure, needed)

    assert broken(lambda s: s.pop("documentNamespace"))
    assert broken(lambda s: s["packages"][0].pop("licenseDeclared"))
    assert broken(lambda s: s["packages"][0].update(versionInfo="9.9.9"))
    assert broken(lambda s: s["packages"][0].update(licenseDeclared="GPL-2.0-only"))
    assert broken(lambda s: s["relationships"].pop())
    assert broken(lambda s: s["packages"].pop(1))
    assert broken(lambda s: s["creationInfo"].update(created="today"))
    assert broken(lambda s: None, ["libc.so.6", "libjansson.so.4", "libcurl.so.4"])


def main():
    made = [path for path in (os.path.join(folder, NAME) for folder in (source_tree.BUILD, source_tree.TOP))
            if os.path.exists(path)]
    if not made:
        source_tree.finish(NAME, [f"there is no {NAME}: `make {NAME}`"])
    with open(made[0], encoding="utf-8") as file:
        sbom = json.load(file)
    configure = source_tree.read("configure.ac")
    needed = needed_by(os.path.join(source_tree.BUILD, ".libs", "libpolicyeval.so"))
    faults = faults_of_form(sbom) or faults_of_facts(sbom, configure, needed)
    if not faults:
        prove(sbom, configure)
    source_tree.finish(f"{NAME}, {len(sbom['packages'])} packages, links {needed}", faults)


main()
