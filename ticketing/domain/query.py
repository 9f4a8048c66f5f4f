"""The query line: words and fields as people type them, read into clauses, with every mistake at its place.

    bureau:住建 due<3d text:评标          承办:住建 期限<3天 内容:评标

Pure: what a name means comes from a `Lexicon` that the caller hands in. Nothing here raises: a line is read as far
as it can be, and says where it is wrong, why, and what would be right.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from ticketing.domain.clock import LOCAL, local
from ticketing.domain.query_fields import ALIASES, FIELDS, Field, FieldSpec, Kind
from ticketing.domain.words import N_

LONGEST = 200
MOST = 12
OFFERED = 8
_DIGITS = re.compile(r"\d+")
_TOKEN = re.compile(
    r"""(?P<name>[^\s:<>="]+)(?P<sign>[:=]|<=?|>=?)(?P<value>"[^"]*"?|\S*)|"(?P<quoted>[^"]*)"?|(?P<plain>\S+)"""
)
_SPAN = re.compile(r"(?P<number>\d{1,3})(?P<unit>d|h|天|日|小时|时|个工作日)")
_DAY = re.compile(r"(\d{4})-?(\d{1,2})-?(\d{1,2})")
_UNITS = {
    "d": "days",
    "天": "days",
    "日": "days",
    "个工作日": "days",
    "h": "hours",
    "小时": "hours",
    "时": "hours",
}
_DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "yesterday": -1, "昨天": -1}


class Sign(StrEnum):
    """How a value is meant."""

    IS = auto()
    BEFORE = auto()
    AFTER = auto()


@dataclass(frozen=True)
class Clause:
    """One condition: a field, its values (any of them) and, for times, on which side of `at`."""

    field: Field
    values: tuple[str, ...] = ()
    sign: Sign = Sign.IS
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a piece of the line: where, why (a catalog word with its values), and what would be right."""

    start: int
    end: int
    why: str
    example: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """A line as it was read. All clauses must hold; `words` are looked for anywhere."""

    line: str
    words: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.words or self.clauses)

    def of(self, name: Field) -> Iterator[Clause]:
        """Return the clauses of a field."""
        return (clause for clause in self.clauses if clause.field is name)


@dataclass(frozen=True)
class Name:
    """What a value may be called: its code, the name to write, other names, and the initials of its sound."""

    code: str
    name: str
    others: tuple[str, ...] = ()
    initials: str = ""

    def fits(self, typed: str) -> bool:
        """Tell whether what was typed names this."""
        return any(typed in one.casefold() for one in (self.name, *self.others)) or (
            len(typed) > 1 and typed.isascii() and typed in self.initials
        )

    def is_just(self, typed: str) -> bool:
        """Tell whether what was typed is one of its names as a whole."""
        return typed in {one.casefold() for one in (self.code, self.name, *self.others)}


Lexicon = Mapping[Field, tuple[Name, ...]]


def read(line: str, lexicon: Lexicon, now: dt.datetime) -> Query:
    """Read a line; positions of mistakes are those of the characters as typed."""
    line = line[:LONGEST]
    flat = _flat(line)
    words: list[str] = []
    clauses: list[Clause] = []
    mistakes: list[Mistake] = []
    for found in _TOKEN.finditer(flat):
        known = ALIASES.get(found["name"] or "")
        if known is not None:
            outcome = _clause(FIELDS[known], found, lexicon, now)
            (mistakes if isinstance(outcome, Mistake) else clauses).append(outcome)  # type: ignore[arg-type]
        elif found["name"] and _looks_like_a_field(found):
            mistakes.append(_unknown(found))
        else:
            words.append(found["quoted"] if found["quoted"] is not None else found.group())
    return Query(
        line, tuple(word for word in words if word.strip())[:MOST], tuple(clauses[:MOST]), tuple(mistakes)
    )


def _flat(line: str) -> str:
    """Fold width and case, one character for one, so that places stay places."""
    folded = (unicodedata.normalize("NFKC", char).casefold() for char in line)
    return "".join(new if len(new) == 1 else old for old, new in zip(line, folded, strict=True))


def _looks_like_a_field(found: re.Match[str]) -> bool:
    """Tell a mistyped field from a time or an address that merely holds a colon."""
    return not _DIGITS.search(found["name"]) and not found["value"].startswith("//")


def _unknown(found: re.Match[str]) -> Mistake:
    near = next(
        (one.name for one in FIELDS.values() if _near(found["name"], one.names)), FIELDS[Field.BUREAU].name
    )
    return Mistake(
        found.start(), found.end("name"), N_("没有叫“%(name)s”的字段。"), f"{near}:{found['value'] or '…'}",
        {"name": found["name"]},
    )  # fmt: skip


def _near(typed: str, names: Iterable[str]) -> bool:
    return any(typed[:2] == name[:2] or typed in name or name in typed for name in names)


def _clause(spec: FieldSpec, found: re.Match[str], lexicon: Lexicon, now: dt.datetime) -> Clause | Mistake:
    value, start, end = found["value"].strip('"'), found.start("value"), found.end()
    if not value.strip():
        return Mistake(
            found.start(), end, N_("“%(name)s”后面要写内容。"), spec.example, {"name": found["name"]}
        )
    if spec.kind is Kind.TIME:
        return _timed(spec, found, now)
    if found["sign"][0] in "<>":
        return Mistake(
            found.start("sign"), found.end("sign"), N_("这个字段用冒号，不能比较大小。"), spec.example
        )
    if spec.kind is Kind.TEXT:
        return Clause(spec.field, (value,))
    codes = _named(spec.field, value, lexicon)
    if not codes:
        why = N_("没有叫“%(value)s”的%(field)s。")
        return Mistake(start, end, why, spec.example, {"value": value, "field": spec.word})
    return Clause(spec.field, codes)


def _named(which: Field, typed: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the codes of everything that is called so: what is called just so, else whatever has it in its name."""
    names = lexicon.get(which, ())
    whole = tuple(one.code for one in names if one.is_just(typed))
    return whole or tuple(one.code for one in names if one.fits(typed))


def _timed(spec: FieldSpec, found: re.Match[str], now: dt.datetime) -> Clause | Mistake:
    value, sign = found["value"].strip('"'), found["sign"]
    ahead = spec.field is Field.DUE
    day = _day(value, now)
    if (span := _SPAN.fullmatch(value)) is not None:
        length = dt.timedelta(**{_UNITS[span["unit"]]: int(span["number"])})
        at = now + length if ahead else now - length
        # `received<3d`: less than three days ago; `due<3d`: in less than three days
        before = (sign[0] != ">") if ahead else (sign[0] == ">")
        return Clause(spec.field, sign=Sign.BEFORE if before else Sign.AFTER, at=at)
    if day is None:
        why = N_("时间请写成 3d（3天）、4h（4小时）、today 或 2026-11-25。")
        return Mistake(found.start("value"), found.end(), why, spec.example)
    if sign in (":", "="):
        return Clause(spec.field, sign=Sign.IS, at=day)
    after = day + dt.timedelta(days=1) if sign in (">", "<=") else day
    return Clause(spec.field, sign=Sign.BEFORE if sign[0] == "<" else Sign.AFTER, at=after)


def _day(value: str, now: dt.datetime) -> dt.datetime | None:
    """Return the first instant of the day that was named, by the clock on the wall here."""
    if value in _DAYS:
        day = local(now).date() + dt.timedelta(days=_DAYS[value])
    elif found := _DAY.fullmatch(value):
        try:
            day = dt.date(*map(int, found.groups()))
        except ValueError:
            return None
    else:
        return None
    return dt.datetime.combine(day, dt.time(), LOCAL).astimezone(dt.UTC)


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
    flat, cursor = _flat(line), max(0, min(cursor, len(line)))
    start = max(flat.rfind(" ", 0, cursor), flat.rfind("\u3000", 0, cursor)) + 1
    typed, rest = flat[start:cursor], line[cursor:]
    name, sign, value = _split(typed)
    known = ALIASES.get(name)
    if sign and known is not None:
        head = line[start : start + len(name) + 1]
        found = [
            (f"{head}{_quoted(one)} ", one, about) for one, about in _values(FIELDS[known], value, lexicon)
        ]
    else:
        found = (
            [] if sign else [(f"{name}:", f"{name}:", word) for name, word in _fields(typed, english=english)]
        )
    return [
        Completion(line[:start] + text + rest.lstrip(), shown, about, start + len(text))
        for text, shown, about in found[:OFFERED]
    ]


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
    return f'"{name}"' if " " in name else name


def _values(spec: FieldSpec, typed: str, lexicon: Lexicon) -> list[tuple[str, str]]:
    """Return the names that what was typed may become; those that begin with it come first."""
    typed = typed.strip('"')
    if spec.kind is not Kind.NAME:
        return [(one, spec.word) for one in spec.hints if one.startswith(typed)]
    fitting = [
        one for one in lexicon.get(spec.field, ()) if not typed or one.fits(typed) or one.is_just(typed)
    ]
    fitting.sort(key=lambda one: not one.name.casefold().startswith(typed))
    return [(one.name, spec.word) for one in fitting]
