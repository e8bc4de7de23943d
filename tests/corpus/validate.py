# SPDX-License-Identifier: MIT
"""Every AWS managed policy of the corpus validates, with the catalogue of the corpus, without an ERROR but those of the
codes below, for the reasons given there."""
import collections
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

TOOL = os.environ.get("POLICYEVAL", os.path.join(source_tree.BUILD, "tools", "policyeval"))
EXPLAINED = {
    "INVALID_SERVICE_IN_ACTION": "services that AWS has retired, and some that it never published",
    "INVALID_ACTION": "actions that were renamed or retired, and slips such as s3:ListBuckets for s3:ListAllMyBuckets",
    "INVALID_ARN_RESOURCE": "ARNs that no format of the service fits: secrets without secret:, ARNs that go on behind their format",
    "MISSING_ARN_ACCOUNT": "ARNs such as arn:aws:logs:::log-group:..., which match nothing",
    "MISSING_ARN_REGION": "the same ARNs",
    "INVALID_GLOBAL_CONDITION_KEY": "aws:PrincipalOrgMasterAccountId, which no page documents",
    "INVALID_SERVICE_CONDITION_KEY": "lakeformation:GlueARN, which the service reference does not list",
    "MISSING_QUALIFIER": "events:detail-type, typed as ArrayOfString by the service reference",
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": "keys that the service reference lists for no action of the statement",
}


def folder():
    named = os.environ.get("POLICYEVAL_CORPUS", os.path.join(source_tree.TOP, "..", "shared", "corpus"))
    if not os.path.exists(os.path.join(named, "aws-managed-policies.jsonl")) or not os.path.exists(TOOL):
        print("skipped: no corpus")
        sys.exit(77)
    return named


def main():
    corpus = folder()
    with tempfile.TemporaryDirectory() as temporary:
        paths = []
        with open(os.path.join(corpus, "aws-managed-policies.jsonl"), encoding="utf-8") as file:
            for line in file:
                entry = json.loads(line)
                paths.append(os.path.join(temporary, entry["name"] + ".json"))
                with open(paths[-1], "w", encoding="utf-8") as out:
                    json.dump(entry["document"], out)
        done = subprocess.run([TOOL, "validate", "--type", "identity", "--catalog", os.path.join(corpus, "service-reference"),
                               "--format", "json", *paths], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        print(done.stderr.decode())
        return 1
    findings = json.loads(done.stdout)["findings"]
    errors = collections.Counter(f["code"] for f in findings if f["type"] == "ERROR")
    for code, count in sorted(errors.items()):
        print(f"{code} {count}: {EXPLAINED.get(code, 'NOT EXPLAINED')}")
    print(f"{len(paths)} policies, {len(findings)} findings")
    return 0 if set(errors) <= set(EXPLAINED) and paths else 1


if __name__ == "__main__":
    sys.exit(main())
