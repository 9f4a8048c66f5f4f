"""Labelled texts: the pack's examples, and what the directory itself says about each line."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from routing.directory import PROVINCE, Directory

LESSONS = "lessons"
"""The hand of what people corrected since, beside those of the pack."""
_DUTY_WEIGHT, _TOPIC_WEIGHT = 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """A text whose line somebody settled; `line` is empty where nobody answers.

    `also_ok` are lines that a careful second reader would accept. `source` names the hand that it came from:
    calibration keeps hands apart. `weight` says how much one example counts beside others. `urgency` is empty
    where nobody judged it: of fragments and single words. `after` names hands whose texts the writer had read
    the router's mistakes on: where such a hand is held out, what was written after it is held out too.
    """

    text: str
    line: str
    also_ok: tuple[str, ...] = ()
    region: str | None = None
    hotline: str | None = None
    weight: float = 1.0
    source: str = ""
    urgency: str = ""
    type: str = ""
    after: tuple[str, ...] = ()


def read(path: Path) -> list[Example]:
    """Read one file of examples; its name is the hand, and the hands it was written after: `e-after-a.csv`."""
    hand, _, after = path.stem.partition("-after-")
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Example(
                text=row["text"],
                line=row["line"],
                also_ok=tuple(filter(None, row["also_ok"].split("|"))),
                region=row["region"] or None,
                source=hand,
                after=tuple(filter(None, after.split("-"))),
                urgency=row["urgency"],
                type=row["type"],
            )
            for row in csv.DictReader(file)
        ]


def of_pack(folder: Path) -> list[Example]:
    """Read what a province pack teaches: its files of examples in the order of their names, then its words."""
    files = sorted((folder / "routing" / "examples").glob("*.csv"))
    return [*(one for path in files for one in read(path)), *words(folder / "routing" / "words.csv")]


def words(path: Path) -> list[Example]:
    """Read the words of callers by line, each an example of its own; none where the pack has no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Example(word, row["line"], source="words") for row in rows for word in row["words"].split("|") if word
    ]


def of_directory(directory: Directory) -> Iterator[Example]:
    """Yield what the directory says of its lines: names and duties of departments, topics with their example."""
    for bureau in directory.bureaus.values():
        if bureau.level == PROVINCE:
            for clause in bureau.duties_zh.replace("。", "；").split("；"):
                if clause:
                    yield Example(clause, bureau.line, weight=_DUTY_WEIGHT, source="duties")
    for topic in directory.topics.values():
        text = "，".join((topic.name_zh, *topic.keywords_zh))
        yield Example(text, topic.line, weight=_TOPIC_WEIGHT, source="topics")
        yield Example(topic.example_zh, topic.line, weight=_TOPIC_WEIGHT, source="topics")


def lines_of(examples: Iterable[Example]) -> frozenset[str]:
    """Return the lines that examples name, also the ones that would do."""
    return frozenset(line for one in examples for line in (one.line, *one.also_ok))
