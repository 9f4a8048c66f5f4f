"""Texts whose line is known, as a file brings them: one JSON object a line, refused with the line that is wrong.

A figure over a misread file would praise or blame the router for what somebody typed, so that nothing is guessed:
what is missing, or names a line that the directory does not have, stops the reading.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from routing.directory import Directory
from routing.evaluation import NOBODY, Case

REQUIRED = ("text", "line", "region")


class CaseError(ValueError):
    """What is wrong with the file, and in which line."""

    def __init__(self, number: int, why: str) -> None:
        self.number = number
        super().__init__(f"line {number}: {why}")


def read(data: bytes, directory: Directory) -> list[Case]:
    """Return the cases of a file.

    Raises:
        CaseError: a line is no object of the fields that are needed, or names what the directory does not know.
    """
    lines = {bureau.line for bureau in directory.bureaus.values()}
    cases = [_case(number, row, lines) for number, row in _rows(data)]
    if not cases:
        raise CaseError(1, "the file holds no case")
    return cases


def _rows(data: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError(data.count(b"\n", 0, error.start) + 1, "this is not UTF-8") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CaseError(number, f"this is not JSON ({_short(error)})") from error
        if not isinstance(row, dict):
            raise CaseError(number, "this is JSON, but no object")
        yield number, row


def _short(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__


def _case(number: int, row: Mapping[str, Any], lines: set[str]) -> Case:
    missing = [name for name in REQUIRED if name not in row]
    if missing:
        raise CaseError(number, f"{' and '.join(missing)} missing")
    if not isinstance(row["text"], str) or not row["text"].strip():
        raise CaseError(number, "text is empty or no text")
    for name in ("line", "region", "hotline"):
        if not isinstance(row.get(name), str | None):
            raise CaseError(number, f"{name} is neither text nor null")
    also = row.get("also_ok")
    if not isinstance(also, str | list | None) or not all(isinstance(one, str) for one in also or ()):
        raise CaseError(number, "also_ok is no list of lines")
    case = Case.from_row(row)
    unknown = sorted({case.line, *case.also_ok} - lines - set(NOBODY))
    if unknown:
        raise CaseError(number, f"the directory has no line {', '.join(unknown)}")
    return case


def unknown_places(cases: list[Case], directory: Directory) -> list[str]:
    """Return the regions and numbers that the directory does not have: no answer can be right there."""
    regions = {case.region for case in cases if case.region} - directory.regions.keys()
    return sorted(regions | ({case.hotline for case in cases if case.hotline} - directory.hotlines.keys()))
