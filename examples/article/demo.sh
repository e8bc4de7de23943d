#!/bin/sh
# SPDX-License-Identifier: MIT
# The three policies of "How to use resource-based policies in the AWS Secrets Manager console to securely access
# secrets across AWS accounts" (AWS Security Blog), asked the question that they are meant to answer with yes. Takes
# policyeval from PATH; ends with 0 when every answer is the expected one.
set -u
cd "$(dirname "$0")" || exit 1

PRINCIPAL=arn:aws:iam::111122223333:role/PRODUCTION_ROLE
SECRET=arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf
KEY_ID=1234abcd-12ab-34cd-56ef-1234567890ab
KEY=arn:aws:kms:us-east-1:444455556666:key/$KEY_ID
BAD=0

say() { printf '\n=== %s\n' "$1"; }

# ask EXPECTED_STATUS OPTION...: shows the options that differ from step to step, and runs the question.
ask() {
  want=$1
  shift
  printf '$ policyeval access --principal ... --secret ... --key ... \\\n    %s\n\n' "$*"
  policyeval access --principal "$PRINCIPAL" --secret "$SECRET" --key "$KEY" "$@" 2>&1
  got=$?
  printf '\n(exit status %s)\n' "$got"
  if [ "$got" != "$want" ]; then
    printf 'demo: status %s was expected\n' "$want" >&2
    BAD=1
  fi
}

SET="--set PRODUCTION=111122223333 --set CENTRAL_SECURITY=444455556666 --set SECURITY_CMK=$KEY_ID"

say "1. The article's three policies as printed: placeholders, and the key policy is a bare statement"
ask 3 --secret-policy printed/secret.json --key-policy printed/key.json --identity-policy printed/role.json

say "2. The statement wrapped into a key policy, the placeholders filled in"
# shellcheck disable=SC2086  # SET is a list of options
ask 1 --secret-policy printed/secret.json --key-policy wrapped/key.json --identity-policy printed/role.json $SET

say "3. Both hints followed: all three corrected"
ask 0 --secret-policy corrected/secret.json --key-policy corrected/key.json --identity-policy corrected/role.json

exit "$BAD"
