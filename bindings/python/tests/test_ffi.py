# SPDX-License-Identifier: MIT
"""The table of prototypes, the enumerations and the version are those of the headers."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import policyeval
import pytest
from conftest import TOP
from policyeval import _context, _ffi, _library, _version

HEADERS = TOP / "include" / "policyeval"


def text_of(name: str) -> str:
    path = HEADERS / name
    text = (path if path.exists() else HEADERS / (name + ".in")).read_text("utf-8")
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


ALL = "\n".join(text_of(name[:-3] if name.endswith(".in") else name)
                for name in sorted(os.listdir(HEADERS)) if name.endswith((".h", ".h.in")))


def declarations() -> Dict[str, Tuple[str, List[str]]]:
    """name -> (result, parameters) of every export, as written."""
    found = {}
    for match in re.finditer(r"POLICYEVAL_API\s+([^;]*?)\b(policyeval_\w+)\(([^;]*?)\)\s*;", ALL):
        result, name, parameters = (re.sub(r"\s+", " ", part).strip() for part in match.groups())
        found[name] = (result, [] if parameters == "void" else [p.strip() for p in parameters.split(",")])
    return found


def ctype(declared: str) -> Any:
    """What a C type is in the table. The name of a parameter may follow."""
    declared = declared.replace("*", " * ").replace("const ", "")
    if "( *" in declared:
        return _ffi.CANCEL
    words = declared.split()
    if words[-1] != "*" and len(words) > 1:
        words = words[:-1]
    kind = " ".join(words)
    if kind == "char *":
        return ctypes.c_char_p
    if "*" in kind:
        return ctypes.c_void_p
    return {"int": ctypes.c_int, "unsigned": ctypes.c_uint, "size_t": ctypes.c_size_t,
            "uint64_t": ctypes.c_uint64, "void": None,
            "policyeval_slice": _ffi.Slice, "policyeval_cancel_fn": _ffi.CANCEL}[kind]


def test_every_export_has_its_prototype() -> None:
    declared = declarations()
    assert len(declared) > 100 and "policyeval_decide_columns" in declared
    assert sorted(_ffi.PROTOTYPES) == sorted(declared)
    for name, (result, parameters) in declared.items():
        prototype = _ffi.PROTOTYPES[name]
        assert prototype.result == ctype(result), name
        assert list(prototype.arguments) == [ctype(one) for one in parameters], name


def test_the_declarations_are_read_right() -> None:
    assert len(re.findall(r"POLICYEVAL_API\s+[a-z]", ALL)) == len(declarations())
    assert ctype("const char *const *values") is ctypes.c_void_p
    assert ctype("const char *text") is ctypes.c_char_p
    assert ctype("const char **detail") is ctypes.c_void_p
    with pytest.raises(KeyError):
        ctype("double x")


@pytest.mark.parametrize("name", sorted(_ffi.PROTOTYPES))
def test_every_export_has_a_counterpart_or_a_reason(name: str) -> None:
    counterpart = _ffi.PROTOTYPES[name].counterpart
    if counterpart.startswith("- "):
        assert len(counterpart) > 20
        return
    what: Any = policyeval
    for part in counterpart.split("."):
        fields = {field.name for field in dataclasses.fields(what)} if dataclasses.is_dataclass(what) else set()
        if part not in fields:
            what = getattr(what, part)
    called = "\n".join(path.read_text("utf-8") for path in Path(policyeval.__file__).parent.glob("*.py")
                       if path.name != "_ffi.py")
    # Setter builds names of setters from their kind, _names those of enumerations.
    short = re.sub(r"policyeval_(request|access|analysis)_(set_)?", "", name)
    built = re.search(r"""["'](set_)?%s["']""" % re.escape(short), called) or name.endswith(("_name", "_detail"))
    assert name in called or built, f"{name} is never called"


def members(macro: str) -> Dict[str, int]:
    body = re.search(r"#define %s\(X\)((?:.*\\\n)*.*)" % macro, ALL)
    assert body, macro
    found = re.findall(r"X\((\w+), (-?\d+),", body.group(1))
    assert found, macro
    return {name: int(value) for name, value in found}


ENUMS = {"POLICYEVAL_ERRORS": policyeval.ErrorCode, "POLICYEVAL_KINDS": policyeval.Kind,
         "POLICYEVAL_LAYERS": policyeval.Layer, "POLICYEVAL_EFFECTS": policyeval.Effect,
         "POLICYEVAL_SEVERITIES": policyeval.Severity, "POLICYEVAL_FORMATS": policyeval.Format,
         "POLICYEVAL_ASKS": policyeval.Ask, "POLICYEVAL_ANSWERS": policyeval.Answer,
         "POLICYEVAL_RELATIONS": policyeval.Relation, "POLICYEVAL_PUBLIC_RULES": policyeval.PublicRule,
         "POLICYEVAL_REACHES": policyeval.Reach, "POLICYEVAL_TRUSTS": policyeval.Trust,
         "POLICYEVAL_NEEDS": policyeval.Need}
SENTENCES = {"POLICYEVAL_ERRORS", "POLICYEVAL_ASKS", "POLICYEVAL_SEVERITIES"}
CONSTANTS = {"POLICYEVAL_COLUMNS": "COLUMN_", "POLICYEVAL_PRINCIPAL_FACTS": "FACT_"}


@pytest.mark.parametrize("macro", sorted(re.findall(r"#define (POLICYEVAL_\w+)\(X\)", ALL)))
def test_enumerations(macro: str) -> None:
    if macro in CONSTANTS:
        prefix = CONSTANTS[macro]
        mine = {name[len(prefix):]: value for name, value in vars(_ffi).items() if name.startswith(prefix)}
        assert mine == members(macro)
    else:
        enum = ENUMS[macro]
        assert {one.name: one.value for one in enum} == members(macro)
        if macro not in SENTENCES:
            texts = re.findall(r'X\(\w+, -?\d+,\s*"([^"]*)"', re.sub(r"\\\n", " ", ALL.split(f"{macro}(X)")[1]))
            assert [one.text for one in enum] == texts[:len(enum)]


def test_names() -> None:
    lib = _ffi.lib
    for macro, function in (("KINDS", lib.policyeval_kind_name), ("LAYERS", lib.policyeval_layer_name),
                            ("EFFECTS", lib.policyeval_effect_name)):
        enum = ENUMS["POLICYEVAL_" + macro]
        assert all(function(one) == one.text.encode() and enum.find(one.text) is one for one in enum)
        with pytest.raises(ValueError):
            enum.find("no such thing")
    for error in policyeval.ErrorCode:
        assert lib.policyeval_error_name(error) == b"POLICYEVAL_" + error.name.encode()
        assert lib.policyeval_error_text(error)
    with pytest.raises(ValueError):
        policyeval.Kind.find("secret\0")


def test_structures() -> None:
    for structure, shown in ((_ffi.Limits, _context.Limits), (_ffi.Memory, _context.Memory)):
        text = re.search(r"typedef struct policyeval_%s \{(.*?)\}" % structure.__name__.lower(), ALL, re.S)
        assert text
        names = re.findall(r"(\w+);", text.group(1))
        assert [name for name, _ in structure._fields_] == names  # type: ignore[misc]
        assert names[1:] == [one.name for one in dataclasses.fields(shown)]


def test_version_is_the_librarys() -> None:
    configure = (TOP / "configure.ac").read_text("utf-8")
    assert f"AC_INIT([libpolicyeval], [{_version.VERSION}])" in configure
    assert f"AC_SUBST([LIBPOLICYEVAL_ABI], [{_version.ABI}])" in configure
    assert policyeval.version() == policyeval.__version__ == _version.VERSION
    assert f'"version": "{_version.VERSION}"' in policyeval.version_json()


# ---- finding the library ----


def import_with(library: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", "import policyeval"], env={**os.environ, "POLICYEVAL_LIBRARY": library},
                          capture_output=True, text=True, cwd=TOP / "bindings" / "python")


def build(folder: Path, source: str) -> str:
    compiler = shutil.which(os.environ.get("CC", "cc").split()[0])
    if not compiler:
        pytest.skip("no C compiler")
    (folder / "x.c").write_text(source)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(folder / "x.so"), str(folder / "x.c")], check=True)
    return str(folder / "x.so")


VERSION_JSON = 'const char *policyeval_version_json(void) { return "{\\"version\\": \\"%s\\", \\"abi\\": %d}"; }\n'


@pytest.mark.parametrize("source, message", [
    (VERSION_JSON % (_version.VERSION, _version.ABI + 7), f"needs ABI {_version.ABI}"),
    (VERSION_JSON % ("0.0.9", _version.ABI), "or newer"),
    (VERSION_JSON % (_version.VERSION, _version.ABI), "is older than this package: it has no policyeval_"),
    ("int unrelated;\n", "is not libpolicyeval"),
    ('const char *policyeval_version_json(void) { return "[]"; }\n', "is not libpolicyeval"),
])
def test_another_library_is_a_clear_import_error(tmp_path: Path, source: str, message: str) -> None:
    done = import_with(build(tmp_path, source))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ") and message in last and "x.so" in last


def test_no_library_is_a_clear_import_error(tmp_path: Path) -> None:
    done = import_with(str(tmp_path / "missing.so"))
    assert "ImportError: libpolicyeval was not found" in done.stderr and "missing.so" in done.stderr


def test_where_it_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POLICYEVAL_LIBRARY", "/named")
    assert list(_library.candidates()) == ["/named"]
    monkeypatch.delenv("POLICYEVAL_LIBRARY")
    monkeypatch.setattr(_library, "__file__", str(tmp_path / "_library.py"))
    (tmp_path / _library.NAMES[0]).write_bytes(b"")
    found = list(_library.candidates())
    assert found[0] == str(tmp_path / _library.NAMES[0]) and found[1] == _library.NAMES[0]
