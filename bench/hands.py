"""Each hand of the pack's examples answered by a model that has not read it: `python -m bench.hands`.

The honest estimate of what a stranger's texts would give. A model is trained and calibrated without the hand and
without what was written after reading the router's mistakes on it; HANDS=a,c bounds the hands, MISSES=40 prints
that many wrong lines and as many dangers missed or called for nothing.
"""

import os
import time
from collections.abc import Sequence

import config
from routing import evaluation, examples, hints
from routing.decision import Decision, Request, decide
from routing.directory import Directory
from routing.evaluation import Case, Outcome
from routing.examples import Example
from routing.model import Model
from routing.rules import CRITICAL, RuleBook
from routing.training import train
from ticketing.services import pack as packs

PACK = config.ROOT / "provinces" / "heilongjiang"


def main() -> None:
    """Print the figures of each hand, then of all together."""
    pack = packs.read(PACK)
    directory, rules, taught = packs.directory_of(pack), packs.rules_of(pack), examples.of_pack(PACK)
    judged = sorted({one.source for one in taught if one.urgency})
    hands = os.environ.get("HANDS", ",".join(judged)).split(",")
    every: list[Outcome] = []
    for hand in hands:
        seen = [one for one in taught if one.source != hand and hand not in one.after]
        model = train(seen, directory, rules)
        found = answered(
            [one for one in taught if one.source == hand and one.urgency], directory, rules, model
        )
        every += found
        print(hand, evaluation.figures(found).plain(), flush=True)
    print("all", evaluation.figures(every).plain())
    tell(every, int(os.environ.get("MISSES", "0")))


def answered(texts: Sequence[Example], directory: Directory, rules: RuleBook, model: Model) -> list[Outcome]:
    """Answer each text."""
    cases = [
        Case(
            f"{one.source}{number}",
            one.text,
            one.line,
            one.also_ok,
            one.region,
            None,
            one.urgency == CRITICAL,
        )
        for number, one in enumerate(texts)
    ]

    def answer(case: Case) -> tuple[Decision, bool]:
        urgency = hints.read(case.text, rules, model).urgency
        decision = decide(Request("", case.text), directory, rules, model)
        return decision, urgency is not None and urgency.says == CRITICAL

    return evaluation.run(cases, answer, time.perf_counter)


def tell(outcomes: Sequence[Outcome], most: int) -> None:
    """Print what to read: wrong lines, dangers missed, dangers called for nothing."""
    wrong = [one for one in outcomes if not one.right]
    missed = [one for one in outcomes if one.case.urgent and not one.critical]
    called = [one for one in outcomes if one.case.urgent is False and one.critical]
    for name, rows in (("wrong", wrong), ("missed", missed), ("called", called)):
        for one in rows[:: max(1, len(rows) // max(1, most))][:most]:
            lines = " ".join(f"{line or 'nobody'} {share:.2f}" for line, share in one.decision.lines[:3])
            print(f"{name} {one.case.line}|{'|'.join(one.case.also_ok)} <> {lines} :: {one.case.text}")


if __name__ == "__main__":
    main()
