# SPDX-License-Identifier: MIT
"""docs/python.md: its programs run, its table of exceptions is complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import policyeval
import pytest
from conftest import ARTICLE, TOP

PAGE = (TOP / "docs" / "python.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.S | re.M)


def test_the_ten_lines_answer_the_articles_question(tmp_path: Path) -> None:
    program = BLOCKS[0]
    assert len([line for line in program.splitlines() if line.strip()]) <= 10
    (tmp_path / "ten.py").write_text(program, "utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(policyeval.__file__).parents[1])}
    done = subprocess.run([sys.executable, str(tmp_path / "ten.py")], cwd=ARTICLE, env=env, capture_output=True,
                          text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("allowed: PRODUCTION_ROLE of 111122223333 can read SECURITY_SECRET\n")


def test_all_programs_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ARTICLE)
    names: Dict[str, Any] = {}
    printed = []
    for block in BLOCKS:
        exec(compile(block, "docs/python.md", "exec"), names)
        printed.append(capsys.readouterr().out)
    assert printed[1].startswith("EPOLICY role.json 1 ")
    assert "Match(statement=0" in printed[2] and "['allowed', 'implicitDeny']" in printed[2]
    assert "broader {" in printed[3]
    assert printed[4].startswith("never\n") and "+" in printed[4]


def test_exceptions() -> None:
    listed = set(re.findall(r"`(\w+Error)`", PAGE)) - {"ImportError", "TypeError", "ValueError", "MemoryError", "OSError",
                                                      "LookupError"}
    mine = {name for name in policyeval.__all__ if name.endswith("Error")}
    assert listed == mine
    for row in re.findall(r"^\| (`\w+Error`.*?) \| `(E\w+)` \| (?:`(\w+)`)? ?\|", PAGE, re.M):
        for name in re.findall(r"\w+", row[0]):
            error = getattr(policyeval, name)
            assert error.default_code.name == row[1]
            assert not row[2] or issubclass(error, __builtins__[row[2]])
