"""Prints the workflow table for people: a diagram of states and the table itself, as docs/workflow.md."""

import sys

from ticketing.domain.vocabulary import OPEN_STATES, STATE_WORDS, State
from ticketing.domain.workflow import STEPS, Step, Target

TARGET_WORDS = {
    Target.STAY: "stays",
    Target.BACK: "where it came from",
    Target.RESTORE: "in_progress, or new where nobody had accepted",
    Target.REOPEN: "in_progress, or new where no bureau had it",
}


def page() -> str:
    """Return docs/workflow.md."""
    return "\n".join(["# The life of a ticket", "", _lead(), "", *_diagram(), "", *_table(), ""])


def _lead() -> str:
    return (
        "Printed from `ticketing/domain/workflow.py` by `python -m ticketing.domain.diagram > docs/workflow.md`; "
        "a test keeps it fresh. Steps that do not change the state are in the table only."
    )


def _diagram() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.value} {STATE_WORDS[state]}" for state in State]
    lines.append("    [*] --> new: open 登记")
    for step in STEPS:
        for source in sorted(step.sources):
            if isinstance(step.target, State) and step.target != source and not _everywhere(step):
                lines.append(f"    {source} --> {step.target.value}: {step.action.value} {step.word}")
    return [*lines, "    closed --> [*]", "```"]


def _everywhere(step: Step) -> bool:
    return step.sources >= OPEN_STATES


def _table() -> list[str]:
    lines = ["| action | from | to | permission | clocks |", "| --- | --- | --- | --- | --- |"]
    for step in STEPS:
        clocks = ", ".join(f"{effect.value} {kind.value}" for effect, kind in step.effects)
        target = TARGET_WORDS[step.target] if isinstance(step.target, Target) else step.target.value
        lines.append(
            f"| {step.action.value} {step.word} | {_sources(step)} | {target} | {step.permission.value} | {clocks} |"
        )
    return lines


def _sources(step: Step) -> str:
    if not step.sources:
        return "–"
    if step.sources == frozenset(State):
        return "any"
    if _everywhere(step):
        return "any open"
    return ", ".join(sorted(step.sources))


if __name__ == "__main__":
    sys.stdout.write(page())
