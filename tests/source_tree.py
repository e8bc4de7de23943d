# SPDX-License-Identifier: MIT
"""The project's files, for the tests that look at the tree, and how such a test ends."""

import os
import shutil
import subprocess
import sys

TOP = os.environ.get("srcdir") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("builddir") or TOP

# Lowest first: a file of lib/ includes its own layer and those before it.
LAYERS = "base text json service cond policy eval access sym check grant report api".split()


def files():
    """Paths of all files from the top: as git knows them, as the tarball's MANIFEST lists them, or all there are."""
    top = None
    if os.path.exists(os.path.join(TOP, "MANIFEST")):
        found = read("MANIFEST").splitlines()
        missing = [f for f in found if not os.path.isfile(os.path.join(TOP, f))]
        assert not missing, f"in MANIFEST but not here: {missing}"
        return found
    if shutil.which("git"):
        git = subprocess.run(["git", "-C", TOP, "rev-parse", "--show-toplevel"], capture_output=True, text=True)
        top = os.path.realpath(git.stdout.strip()) if git.returncode == 0 else None
    if top == os.path.realpath(TOP):
        out = subprocess.run(["git", "-C", TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, text=True, check=True).stdout
        found = out.split("\0")
    else:
        found = []  # no git: everything but what a build leaves
        for folder, folders, names in os.walk(TOP):
            folders[:] = [f for f in folders if not f.startswith(("build", "_build", "_inst", "libpolicyeval-"))
                          and f not in ("m4", "autom4te.cache", "__pycache__", ".libs", ".deps", ".git", "build-aux")]
            found += [os.path.relpath(os.path.join(folder, name), TOP) for name in names]
    return sorted(f for f in found if f and os.path.isfile(os.path.join(TOP, f)))


def read(path):
    """The text of a file, or None for one that is not UTF-8."""
    with open(os.path.join(TOP, path), "rb") as file:
        data = file.read()
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def finish(what, faults):
    """Print the faults and leave with the status that make check expects."""
    for fault in faults:
        print(fault)
    print(f"{what}: {len(faults)} faults" if faults else f"{what}: ok")
    sys.exit(1 if faults else 0)
