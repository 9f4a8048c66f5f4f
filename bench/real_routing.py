"""The router on the real messages of REAL_MESSAGES_DIR, another province's: `python -m bench.real_routing`.

Truth is weak: the line of the first department that the reply names. MISSES=50 prints that many wrong answers to
read, with the beginning of the text, WHOLE=1 with all of it and of the reply; they go to the terminal alone, never
into a file of the project.
"""

import csv
import os
import time
from collections.abc import Mapping, Sequence

import config
from routing import evaluation, examples, hints
from routing.decision import Decision, Request, decide
from routing.evaluation import Outcome
from routing.evidence import organs_named
from routing.rules import CRITICAL
from routing.text import normalise
from routing.training import train
from ticketing.services import pack as packs

PACK = config.ROOT / "provinces" / "heilongjiang"


def main() -> None:
    """Print the figures, and as many misses as are asked for."""
    folder = config.load().real_messages_dir
    if folder is None or not folder.is_dir():
        raise SystemExit("REAL_MESSAGES_DIR names no folder; set it in .env or the environment.")
    pack = packs.read(PACK)
    directory, rules = packs.directory_of(pack), packs.rules_of(pack)
    model = train(examples.of_pack(PACK), directory, rules)
    cases, replies = [], {}
    with (folder / "replied_messages.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            named = [line for line, _ in organs_named(normalise(row["reply"]), directory, rules)]
            if named:
                text = f"{row['subject']}\n{row['body']}"
                cases.append(evaluation.Case(row["id"], text, named[0], also_ok=tuple(named[1:2])))
                replies[row["id"]] = row["reply"]

    def answer(case: evaluation.Case) -> tuple[Decision, bool]:
        urgency = hints.read(case.text, rules, model).urgency
        decision = decide(Request("", case.text), directory, rules, model)
        return decision, urgency is not None and urgency.says == CRITICAL

    outcomes = evaluation.run(cases, answer, time.perf_counter)
    for name, value in evaluation.figures(outcomes).plain().items():
        print(f"{name:<17}{'-' if value is None else value}")
    print(f"{'called critical':<17}{sum(one.critical for one in outcomes)}")
    tell([one for one in outcomes if not one.right], replies)


def tell(wrong: Sequence[Outcome], replies: Mapping[str, str]) -> None:
    """Print what to read, evenly picked."""
    whole = bool(os.environ.get("WHOLE"))
    for one in wrong[:: max(1, len(wrong) // 50)][: int(os.environ.get("MISSES", "0"))]:
        lines = " ".join(f"{line or 'nobody'} {share:.2f}" for line, share in one.decision.lines[:3])
        text = " ".join(one.case.text.split())
        print(f"{one.case.line}|{'|'.join(one.case.also_ok)} <> {lines} :: {text if whole else text[:150]}")
        if whole:
            print(f"  reply: {' '.join(replies[one.case.id].split())}\n")


if __name__ == "__main__":
    main()
