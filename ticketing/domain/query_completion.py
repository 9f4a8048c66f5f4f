"""How a query line goes on: names of fields, then values of the field that stands at the cursor, one after another."""

import re
from collections.abc import Container
from dataclasses import dataclass

from ticketing.domain.query import LONGEST, Lexicon, flat
from ticketing.domain.query_fields import ALIASES, FIELDS, FieldSpec, Kind
from ticketing.domain.query_values import COMMAS, listed

OFFERED = 8


@dataclass(frozen=True)
class Completion:
    """What may stand at the cursor: the line with it put in, the word to show, and what it stands for."""

    line: str
    shown: str
    about: str
    cursor: int


def complete(line: str, cursor: int, lexicon: Lexicon, *, english: bool = False) -> list[Completion]:
    """Return what the word at the cursor may become: names of fields, then values of the field that stands there."""
    line = line[:LONGEST]
    folded, cursor = flat(line), max(0, min(cursor, len(line)))
    start = _begin(folded, cursor)
    typed, rest = folded[start:cursor], line[cursor:]
    name, sign, value = _split(typed)
    known = ALIASES.get(name)
    if sign and known is not None:
        *before, last = listed(value, start + len(name) + 1)
        head = line[start : last.start]
        behind = "" if folded[cursor:].startswith(tuple(COMMAS)) else " "
        found = [
            (f"{head}{_quoted(one)}{behind}", one, about)
            for one, about in _values(FIELDS[known], last.text, lexicon, {item.text for item in before})
        ]
    else:
        found = (
            [] if sign else [(f"{name}:", f"{name}:", word) for name, word in _fields(typed, english=english)]
        )
    return [
        Completion(line[:start] + text + rest.lstrip(), shown, about, start + len(text))
        for text, shown, about in found[:OFFERED]
    ]


def _begin(folded: str, cursor: int) -> int:
    """Return where the piece at the cursor begins: behind the last space that stands in no quotes, and a minus."""
    start, quoted = 0, False
    for place, char in enumerate(folded[:cursor]):
        quoted ^= char == '"'
        if char.isspace() and not quoted:
            start = place + 1
    return start + folded[start:cursor].startswith("-")


def _split(typed: str) -> tuple[str, str, str]:
    found = re.search(r"[:=<>]", typed)
    return (typed[: found.start()], found.group(), typed[found.end() :]) if found else (typed, "", "")


def _fields(typed: str, *, english: bool) -> list[tuple[str, str]]:
    """Return the names of fields that begin so, one a field, in the language in which one types."""
    found = []
    for spec in FIELDS.values():
        names = (spec.names[1], *spec.names) if english else spec.names
        name = next((one for one in names if one.startswith(typed)), None)
        found += [(name, spec.word)] if name else []
    return found


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name or any(comma in name for comma in COMMAS) else name


def _values(spec: FieldSpec, typed: str, lexicon: Lexicon, chosen: Container[str]) -> list[tuple[str, str]]:
    """Return the names that what was typed may become, but those chosen; those that begin with it come first."""
    if spec.kind is not Kind.NAME:
        return [(one, spec.word) for one in spec.hints if one.startswith(typed)]
    fitting = [
        one
        for one in lexicon.get(spec.field, ())
        if one.name.casefold() not in chosen and (not typed or one.fits(typed) or one.is_just(typed))
    ]
    fitting.sort(key=lambda one: not one.name.casefold().startswith(typed))
    return [(one.name, spec.word) for one in fitting]
