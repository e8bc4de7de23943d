# SPDX-License-Identifier: MIT
"""Random pairs of policies, once through the library's check for new access and once as SMT-LIB through cvc5, which knows
nothing of the library. NO of the library is NO under each reading that the pair asks about, one changed at a time, and
so cvc5 is asked as often. Half of the pairs are identity policies, half resource policies.

Skipped without cvc5. SMT_PAIRS sets how many pairs (default 60); SMT_SEED where they start; SMT_MILLISECONDS what cvc5 may
take for one question; JOBS how many of it run at once."""

import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
CVC5 = shutil.which("cvc5")
if not CVC5:
    print("skipped: there is no cvc5")
    sys.exit(77)
import library  # noqa: E402
from encode import Question, Readings, others  # noqa: E402
from generate import pair  # noqa: E402

PAIRS, SEED = int(os.environ.get("SMT_PAIRS", "60")), int(os.environ.get("SMT_SEED", "1"))
CHUNK, WORKERS = 10, int(os.environ.get("JOBS", "2"))
MILLISECONDS = int(os.environ.get("SMT_MILLISECONDS", "20000"))


def solve(texts):
    """One answer for each question: sat, unsat or None; all of them in one process."""
    command = [CVC5, "--lang", "smt2", "--strings-exp", f"--tlimit-per={MILLISECONDS}"]
    done = subprocess.run(command, input="(reset)\n".join(texts), capture_output=True, text=True, check=False)
    said = [line for line in done.stdout.split("\n") if line in ("sat", "unsat", "unknown") or line.startswith("(error")]
    if done.returncode or len(said) != len(texts):
        if len(texts) == 1:
            return [None]
        return [solve([text])[0] for text in texts]
    return [line if line in ("sat", "unsat") else None for line in said]


def solve_all(questions):
    """{name: text} to {name: answer}."""
    names = list(questions)
    chunks = [names[i:i + CHUNK] for i in range(0, len(names), CHUNK)]
    answers = {}
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for chunk, said in zip(chunks, pool.map(lambda c: solve([questions[n] for n in c]), chunks)):
            answers.update(zip(chunk, said))
    return answers


def ask_cvc5(pairs):
    """sat, unsat or None for each pair: sat under any reading is sat."""
    first, rows = {}, {}
    for i, (new, old, kind) in enumerate(pairs):
        readings = Readings()
        first[i] = Question(new, old, kind, readings).text()
        rows[i] = others(readings.asked)
    answers = solve_all(first)
    more = {}
    for i, (new, old, kind) in enumerate(pairs):
        seen = {first[i]}
        for row, reading in rows[i] if answers[i] != "sat" else []:
            text = Question(new, old, kind, Readings(row, reading)).text()
            if text not in seen:
                more[i, row, reading] = text
                seen.add(text)
    for (i, _, _), said in solve_all(more).items():
        if said == "sat" or (said is None and answers[i] == "unsat"):
            answers[i] = said
    return answers, len(first) + len(more)


def main():
    if os.environ.get("POLICYEVAL_ORACLES") == "no":
        print("skipped: POLICYEVAL_ORACLES is no")
        return 77
    pairs = []
    for i in range(PAIRS):
        rng, kind = random.Random(SEED * 1000003 + i), ("identity", "resource")[i % 2]
        pairs.append((*pair(rng, kind), kind))
    began = time.monotonic()
    asked = library.Library()
    ours = [asked.new_access(new, old, kind)[0] for new, old, kind in pairs]
    spent = time.monotonic() - began
    theirs, questions = ask_cvc5(pairs)
    count, faults, undecided = {"sat": 0, "unsat": 0, None: 0}, 0, 0
    for i, (new, old, kind) in enumerate(pairs):
        count[theirs[i]] += 1
        undecided += ours[i] == library.UNKNOWN
        agree = {"sat": library.YES, "unsat": library.NO}
        if ours[i] not in (library.YES, library.NO, library.UNKNOWN) or (
                theirs[i] and ours[i] != library.UNKNOWN and agree[theirs[i]] != ours[i]):
            faults += 1
            print(f"pair {i} ({kind}): cvc5 says {theirs[i]}, the library {ours[i]}\nnew {json.dumps(new)}\nold {json.dumps(old)}")
    print(f"{PAIRS} pairs: {count['sat']} sat, {count['unsat']} unsat, {count[None]} without an answer of cvc5 in "
          f"{MILLISECONDS // 1000} s; {undecided} unknown to the library, {faults} differences; {questions} questions to cvc5 in "
          f"{time.monotonic() - began - spent:.1f} s, the library took {spent:.2f} s")
    return 0 if count["sat"] and count["unsat"] and not faults and undecided * 50 <= PAIRS else 1


if __name__ == "__main__":
    sys.exit(main())
