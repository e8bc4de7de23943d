# SPDX-License-Identifier: MIT
"""What the objects of the library show that it keeps its promises: no abort, exit, output, locale, signal or
environment; memory only through the allocator; no global that changes, nothing thread-local."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

FORBIDDEN = {
    "abort exit _exit _Exit quick_exit atexit __assert_fail": "the library never ends the process",
    "printf vprintf puts putchar putc fputc fputs fprintf vfprintf perror stdout stderr stdin "
    "__printf_chk __vprintf_chk __fprintf_chk __vfprintf_chk syslog": "the library prints nothing",
    "setlocale localeconv newlocale uselocale nl_langinfo __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc "
    "tolower toupper isalpha isdigit isspace isalnum isxdigit isupper islower strcasecmp strncasecmp strcoll "
    "strtod strtof strtold atof": "depends on the locale",
    "signal sigaction sigprocmask raise kill alarm": "the library leaves signals alone",
    "getenv secure_getenv setenv putenv environ": "the library does not look at the environment",
    "system popen fork execve execvp posix_spawn": "the library starts no process",
    "strtok localtime gmtime asctime ctime strerror rand srand random": "has hidden state",
    "gets strcpy strcat sprintf vsprintf alloca scanf sscanf fscanf": "no bound",
}
REASONS = {name: why for names, why in FORBIDDEN.items() for name in names.split()}
# Only the allocator of the base layer talks to the C library's heap.
HEAP = {"malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "asprintf", "vasprintf",
        "getline", "posix_memalign", "aligned_alloc"}
HEAP_USERS = {"lib/base/alloc"}
CHANGING = re.compile(r"\.(data|bss|tdata|tbss)(\.(?!rel\.ro).*)?$")


def faults_of_object(name, undefined, sections):
    """undefined: symbols it needs; sections: (name, size)."""
    faults = [f"{name}: calls {symbol}: {REASONS[symbol]}" for symbol in sorted(undefined & set(REASONS))]
    if name not in HEAP_USERS:
        faults += [f"{name}: calls {symbol}: memory comes from a pe_alloc" for symbol in sorted(undefined & HEAP)]
    faults += [f"{name}: {size} bytes in {section}: a global that can change"
               for section, size in sections if size and CHANGING.match(section)]
    return faults


def prove():
    bad = faults_of_object("lib/eval/x", {"exit", "malloc", "memcpy", "strtod"},
                           [(".text", 9), (".data", 4), (".bss", 0), (".data.rel.ro.local", 8), (".tbss", 8)])
    assert len(bad) == 5, bad
    assert not faults_of_object("lib/base/alloc", {"malloc", "free"}, [(".rodata", 1)])


def objects():
    for layer in source_tree.LAYERS:
        folder = os.path.join(source_tree.BUILD, "lib", layer, ".libs")
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder)):
                if name.endswith(".o"):
                    yield f"lib/{layer}/{name[:-2]}", os.path.join(folder, name)


def main():
    prove()
    if os.environ.get("PLAIN_BUILD") != "yes":
        print("skipped: instrumented objects (sanitizers, coverage or fuzzing)")
        sys.exit(77)
    if not shutil.which("readelf"):
        print("skipped: there is no readelf (Debian package: binutils)")
        sys.exit(77)
    faults, count = [], 0
    for name, path in objects():
        out = subprocess.run(["readelf", "-W", "-S", "-s", path], capture_output=True, text=True, check=True).stdout
        sections = [(m.group(1), int(m.group(2), 16)) for m in
                    re.finditer(r"^\s*\[\s*\d+\]\s+(\.\S+)\s+\S+\s+[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)", out, re.M)]
        undefined = {m.group(1) for m in re.finditer(r"\bUND\s+(\w+)", out)}
        assert sections and (name not in HEAP_USERS or HEAP & undefined), f"output of readelf not understood: {path}"
        faults += faults_of_object(name, undefined, sections)
        count += 1
    if not count:
        faults.append("no objects of a shared library were found: configure with --enable-shared")
    source_tree.finish(f"promises of {count} objects", faults)


main()
