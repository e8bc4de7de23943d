# SPDX-License-Identifier: MIT
"""pip install, the wheel with the library inside, python -m policyeval."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Dict, List

import policyeval
import pytest
from conftest import ARTICLE, KEY, ROLE, SECRET, TOP, run

NEEDED = [name for name in ("pip", "ensurepip", "setuptools", "wheel") if importlib.util.find_spec(name) is None]
packaging = pytest.mark.skipif(bool(NEEDED), reason=f"there is no {', '.join(NEEDED)} (Debian packages: python3-pip, "
                               "python3-venv, python3-setuptools, python3-wheel)")


def clean(**more: str) -> Dict[str, str]:
    """The environment of somebody who has not heard of this source tree."""
    hidden = ("POLICYEVAL_LIBRARY", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
    return {**{name: value for name, value in os.environ.items() if name not in hidden},
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **more}


def do(arguments: List[Any], cwd: Path, env: Dict[str, str]) -> str:
    done = subprocess.run([str(one) for one in arguments], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy, because building writes into the sources."""
    target = tmp_path / "src"
    shutil.copytree(TOP / "bindings" / "python", target, ignore=shutil.ignore_patterns("tests", "__pycache__", "build"))
    return target


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    # setuptools and wheel come from the system, so that nothing is fetched.
    do([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", tmp_path / "venv"], tmp_path, clean())
    return tmp_path / "venv" / "bin" / "python"


PROGRAM = """
import policyeval, pathlib
assert "venv" in policyeval.__file__, policyeval.__file__
answer = policyeval.access(%r, %r, %r, secret_policies=pathlib.Path("secret.json"),
                           key_policy=pathlib.Path("key.json"), identity_policies=pathlib.Path("role.json"))
print(answer.effect.text)
""" % (ROLE, SECRET, KEY)


def library() -> str:
    return os.path.realpath(policyeval._ffi.lib._name)


@packaging
def test_a_wheel_has_the_library_inside(sources: Path, venv: Path, tmp_path: Path) -> None:
    do([sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", tmp_path / "out",
        sources], tmp_path, clean(POLICYEVAL_LIBRARY=library()))
    [wheel] = (tmp_path / "out").iterdir()
    assert wheel.name.startswith(f"policyeval-{policyeval.__version__}-py3-none-") and "any" not in wheel.name
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
    assert f"policyeval/{policyeval._library.NAMES[0]}" in names and "policyeval/py.typed" in names
    assert not [name for name in names if "test" in name]
    do([sys.executable, "-m", "pip", "--python", venv, "install", "--no-deps", "--no-index", wheel], tmp_path, clean())
    assert do([venv, "-c", PROGRAM], ARTICLE, clean()) == "allowed\n"
    where = do([venv, "-c", "import policyeval; print(policyeval._ffi.lib._name)"], tmp_path, clean())
    assert Path(where.strip()).parent.name == "policyeval"


@packaging
def test_pip_install_uses_the_systems_library(sources: Path, venv: Path, tmp_path: Path) -> None:
    do([sys.executable, "-m", "pip", "--python", venv, "install", "--no-build-isolation", "--no-deps", "--no-index",
        sources], tmp_path, clean())
    assert do([venv, "-c", PROGRAM], ARTICLE, clean(POLICYEVAL_LIBRARY=library())) == "allowed\n"
    told = do([venv, "-m", "policyeval", "version"], tmp_path, clean(POLICYEVAL_LIBRARY=library()))
    assert told == policyeval.version_json() + "\n"
    done = subprocess.run([venv, "-c", "import policyeval"], env=clean(POLICYEVAL_LIBRARY="/none"), cwd=tmp_path,
                          capture_output=True, text=True)
    assert "ImportError: libpolicyeval was not found" in done.stderr


# ---- python -m policyeval ----


def module(*arguments: str, cwd: Path = ARTICLE) -> "subprocess.CompletedProcess[bytes]":
    env = {**os.environ, "PYTHONPATH": str(Path(policyeval.__file__).parents[1])}
    return subprocess.run([sys.executable, "-m", "policyeval", *arguments], cwd=cwd, env=env, capture_output=True)


ASKED = ["access", "--principal", ROLE, "--secret", SECRET, "--key", KEY]
FILES = ["--secret-policy", "secret.json", "--key-policy", "key.json", "--identity-policy", "role.json"]
PRINTED = ARTICLE.parent / "printed"


@pytest.mark.parametrize("more, status", [
    ([], 0), (["--format", "json"], 0), (["--boundary", "role.json"], 0), (["--scp", "none"], 0),
    (["--context", "aws:SourceIp=203.0.113.7", "--version-stage", "OTHER"], 1),
    (["--unknown", "aws:PrincipalOrgID"], 0), (["--unknown", "secretsmanager:VersionStage"], 4),
    (["--key-state", "Disabled"], 1), (["--context", "aws:TagKeys[]=a", "--strict"], 0),
])
def test_the_module_says_what_the_command_says(tool: str, more: List[str], status: int) -> None:
    mine, its = module(*ASKED, *FILES, *more), run(tool, *ASKED, *FILES, *more, cwd=ARTICLE)
    assert (mine.returncode, mine.stdout) == (its.returncode, its.stdout), mine.stderr
    assert mine.returncode == status


def test_what_the_module_refuses() -> None:
    assert module("access").returncode == 2
    assert module().returncode == 2
    assert module(*ASKED, *FILES, "--context", "novalue").returncode == 2
    assert module("access", "--principal", "x", *ASKED[3:], *FILES).returncode == 2
    printed = module(*ASKED, *FILES, cwd=PRINTED)
    assert printed.returncode == 3 and b"PLACEHOLDER_ACCOUNT" in printed.stderr
    assert module(*ASKED, "--secret-policy", "missing.json", *FILES[2:]).returncode == 3
    assert module("version").stdout.decode() == policyeval.version_json() + "\n"
