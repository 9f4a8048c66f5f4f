"""Prints the tables of the case for people: two diagrams and two tables, as docs/case-workflow.md."""

import sys

from ticketing.domain.case_workflow import (
    CASE_MOVES,
    CASE_STATE_WORDS,
    CASE_TABLE,
    STEP_MOVES,
    STEP_STATE_WORDS,
    CaseState,
    StepState,
)


def page() -> str:
    """Return docs/case-workflow.md."""
    return "\n".join(
        [
            "# The life of a coordination case",
            "",
            "Printed from `ticketing/domain/case_workflow.py` by "
            "`python -m ticketing.domain.case_diagram > docs/case-workflow.md`; a test keeps it fresh.",
            "",
            "## The case",
            "",
            *_case_diagram(),
            "",
            *_case_table(),
            "",
            "## A step",
            "",
            *_step_diagram(),
            "",
            *_step_table(),
            "",
        ]
    )


def _case_diagram() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.value} {CASE_STATE_WORDS[state]}" for state in CaseState]
    lines.append("    [*] --> planning: open 启动协调")
    for row in CASE_MOVES:
        for source in sorted(row.sources):
            if row.target is not None and row.target != source:
                lines.append(f"    {source} --> {row.target.value}: {row.action.value} {row.word}")
    return [*lines, "```"]


def _step_diagram() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.value} {STEP_STATE_WORDS[state]}" for state in StepState]
    lines.append("    [*] --> waiting")
    for row in STEP_MOVES:
        for source in sorted(row.sources):
            if row.target is not None and row.target != source:
                word = CASE_TABLE[row.action].word
                lines.append(f"    {source} --> {row.target.value}: {row.action.value} {word}")
    return [*lines, "```"]


def _case_table() -> list[str]:
    lines = ["| action | from | to | permission |", "| --- | --- | --- | --- |"]
    for row in CASE_MOVES:
        sources = ", ".join(sorted(row.sources)) or "–"
        target = row.target.value if row.target else "stays"
        lines.append(f"| {row.action.value} {row.word} | {sources} | {target} | {row.permission.value} |")
    return lines


def _step_table() -> list[str]:
    lines = ["| action | from | to |", "| --- | --- | --- |"]
    for row in STEP_MOVES:
        target = row.target.value if row.target else "stays"
        lines.append(
            f"| {row.action.value} {CASE_TABLE[row.action].word} | {', '.join(sorted(row.sources))} | {target} |"
        )
    return lines


if __name__ == "__main__":
    sys.stdout.write(page())
