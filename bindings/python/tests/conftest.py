# SPDX-License-Identifier: MIT
"""What the tests share. They run in bindings/python against the library that POLICYEVAL_LIBRARY names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest
from hypothesis import HealthCheck, settings

TOP = Path(__file__).resolve().parents[3]
settings.register_profile("tests", database=None, deadline=None, derandomize=True, max_examples=60,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

ROLE = "arn:aws:iam::111122223333:role/PRODUCTION_ROLE"
USER = "arn:aws:iam::111122223333:user/alice"
SECRET = "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf"
KEY = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ARTICLE = TOP / "examples" / "article" / "corrected"
S3 = {"Version": "2012-10-17", "Statement": [
    {"Sid": "Reading", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/*"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}


def expand(node: Any, given: Dict[str, Any]) -> Any:
    """The template of a vector file, filled in; tests/vectors/README.md has the rules."""
    if isinstance(node, str) and node.startswith("$"):
        return given.get(node[1:], expand)
    if isinstance(node, list):
        return [one for one in (expand(item, given) for item in node) if one is not expand]
    if isinstance(node, dict):
        pairs = ((name, expand(value, given)) for name, value in node.items())
        return {name: value for name, value in pairs if value is not expand}
    return node


def vectors(area: str) -> List[Tuple[str, Dict[str, Any]]]:
    """(name, vector with its case) of an area; an area without files has none."""
    found = []
    for path in sorted((TOP / "tests" / "vectors" / area).glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        for vector in data["vectors"]:
            if "template" in data:
                vector["case"] = expand(data["template"], vector.get("with", {}))
            found.append((f"{path.stem}/{vector['id']}", vector))
    return found


def areas() -> List[str]:
    return sorted(path.name for path in (TOP / "tests" / "vectors").iterdir() if path.is_dir())


@pytest.fixture
def tool() -> Iterator[str]:
    """The command, to compare with."""
    found: Optional[str] = os.environ.get("POLICYEVAL") or shutil.which("policyeval")
    if not found:
        pytest.skip("POLICYEVAL does not name the command")
    yield found


def run(tool: str, *arguments: str, stdin: str = "", cwd: Any = None) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([tool, *arguments], input=stdin.encode("utf-8"), capture_output=True, cwd=cwd, timeout=60)
