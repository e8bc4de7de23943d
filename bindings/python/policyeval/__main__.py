# SPDX-License-Identifier: MIT
"""python -m policyeval: the access question and the version, where the command policyeval is not installed. Options and
exit statuses are the command's."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

from . import Access, Context, Effect, PolicyEvalError, version_json

YES, NO, INPUT, UNKNOWN = 0, 1, 3, 4


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m policyeval", description="May this principal read that secret?")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("version", help="library and build facts as JSON")
    one = commands.add_parser("access", help="may this principal read this secret",
                              epilog="FILE may be 'none'. exit status: 0 allowed (and operable), 1 denied, 2 usage, "
                                     "3 unreadable input, 4 unknown")
    for name in ("principal", "secret"):
        one.add_argument(f"--{name}", metavar="ARN", required=True)
    one.add_argument("--key", metavar="ARN")
    for name in ("secret-policy", "identity-policy"):
        one.add_argument(f"--{name}", metavar="FILE", action="append", required=True)
    one.add_argument("--session-policy", metavar="FILE", action="append")
    for name in ("key-policy", "boundary", "endpoint-policy", "grants"):
        one.add_argument(f"--{name}", metavar="FILE")
    for name in ("scp", "rcp"):
        one.add_argument(f"--{name}", metavar="FILE", action="append", help="one more organization level, root first")
    for name in ("key-state", "version-stage", "version-id"):
        one.add_argument(f"--{name}", metavar=name.split("-")[1].upper())
    one.add_argument("--context", metavar="KEY=VALUE", action="append", default=[])
    one.add_argument("--unknown", metavar="KEY", action="append", default=[])
    one.add_argument("--set", metavar="NAME=VALUE", action="append", default=[])
    one.add_argument("--strict", action="store_true")
    one.add_argument("--format", choices=("text", "json"), default="text")
    return top


def pairs(top: argparse.ArgumentParser, option: str, texts: List[str]) -> Dict[str, Any]:
    """KEY=VALUE options; a key that is there again has a list, and so has KEY[]=VALUE."""
    found: Dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            top.error(f"{option} {text}: KEY=VALUE is wanted")
        many = key.endswith("[]")
        key = key[:-2] if many else key
        if key in found:
            found[key] = [*(found[key] if isinstance(found[key], list) else [found[key]]), value]
        else:
            found[key] = [value] if many else value
    return found


def paths(files: Optional[List[str]]) -> Optional[List[Path]]:
    return None if files is None else [Path(file) for file in files if file != "none"]


def path(file: Optional[str]) -> Optional[Path]:
    return None if file in (None, "none") else Path(str(file))


def access(top: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    ctx = Context(strict=given.strict, placeholders=pairs(top, "--set", given.set))
    levels: Dict[str, Any] = {name: [paths([file]) for file in files or [] if file != "none"] or None
                              for name, files in (("scp", given.scp), ("rcp", given.rcp))}
    try:
        with Access(given.principal, given.secret, given.key, secret_policies=paths(given.secret_policy),
                    identity_policies=paths(given.identity_policy), key_policy=path(given.key_policy),
                    boundary=path(given.boundary), session_policies=paths(given.session_policy) or None,
                    endpoint_policy=path(given.endpoint_policy), grants=path(given.grants),
                    key_state=given.key_state, version_stage=given.version_stage, version_id=given.version_id,
                    context=pairs(top, "--context", given.context), unknown=given.unknown, ctx=ctx, **levels) as asked:
            answer = asked.decide()
    except PolicyEvalError as error:
        if error.report is None and not error.source:
            top.error(str(error))
        print(f"python -m policyeval: {error}", file=sys.stderr)
        if error.report is not None:
            sys.stderr.write(error.report.text)
        return INPUT
    sys.stdout.write(answer.json + "\n" if given.format == "json" else answer.text)
    return UNKNOWN if answer.effect is Effect.UNKNOWN else YES if answer else NO


def main(arguments: Optional[List[str]] = None) -> int:
    top = parser()
    given = top.parse_args(arguments)
    if given.command == "version":
        print(version_json())
        return YES
    return access(top, given)


if __name__ == "__main__":
    sys.exit(main())
