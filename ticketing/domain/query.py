"""The query line: words and fields as people type them, read into clauses, with every mistake at its place.

    bureau:住建 due<3d text:评标 -is:merged          承办:住建 期限<3天 内容:评标 非 是:并单
    urgency:critical,pressing                        紧急:特急、紧急

Pure: what a name means comes from a `Lexicon` that the caller hands in. Nothing here raises: a line is read as far
as it can be, and says where it is wrong, why, and what would be right.
"""

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from ticketing.domain.clock import LOCAL, local
from ticketing.domain.query_fields import ALIASES, FIELDS, Field, FieldSpec, Kind
from ticketing.domain.query_values import Item, listed
from ticketing.domain.words import N_

LONGEST = 200
MOST = 12
_DIGITS = re.compile(r"\d+")
_TOKEN = re.compile(
    r"""(?P<minus>-(?=[^\s-]))?(?:(?P<name>[^\s:<>="]+)(?P<sign>[:=]|<=?|>=?)(?P<value>(?:"[^"]*"?|[^\s"])*)|"(?P<quoted>[^"]*)"?|(?P<plain>\S+))"""
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
#: A word that says that the next thing is not wanted; a `-` before it does the same.
_NOT = frozenset({"not", "非", "不含"})
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
    negated: bool = False


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
    """A line as it was read. All clauses must hold, the negated not; `words` are anywhere, `without` nowhere."""

    line: str
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.words or self.without or self.clauses)

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

    @functools.cached_property
    def _folded(self) -> tuple[str, ...]:
        """Its code and its names as they are compared, folded once: a line is held against hundreds of names."""
        return tuple(one.casefold() for one in (self.code, self.name, *self.others))

    def fits(self, typed: str) -> bool:
        """Tell whether what was typed names this."""
        return any(typed in one for one in self._folded[1:]) or (
            len(typed) > 1 and typed.isascii() and typed in self.initials
        )

    def is_just(self, typed: str) -> bool:
        """Tell whether what was typed is one of its names as a whole."""
        return typed in self._folded


Lexicon = Mapping[Field, tuple[Name, ...]]


def read(line: str, lexicon: Lexicon, now: dt.datetime, *, english: bool = False) -> Query:
    """Read a line; positions of mistakes are those of the characters as typed, examples in the reader's language."""
    line = line[:LONGEST]
    words: dict[bool, list[str]] = {False: [], True: []}
    clauses: list[Clause] = []
    mistakes: list[Mistake] = []
    negated: re.Match[str] | None = None
    for found in _TOKEN.finditer(flat(line)):
        if found["plain"] in _NOT and not found["minus"]:
            negated = found
            continue
        outcome = _piece(found, lexicon, now, english=english)
        against = bool(negated or found["minus"])
        negated = None
        if isinstance(outcome, Mistake):
            mistakes.append(outcome)
        elif isinstance(outcome, Clause):
            clauses.append(replace(outcome, negated=against))
        elif outcome.strip():
            words[against].append(outcome)
    if negated is not None:
        mistakes.append(_nothing_after(negated, english=english))
    return Query(
        line, tuple(words[False][:MOST]), tuple(words[True][:MOST]), tuple(clauses[:MOST]), tuple(mistakes)
    )


def _piece(
    found: re.Match[str], lexicon: Lexicon, now: dt.datetime, *, english: bool
) -> Clause | Mistake | str:
    """Return what a piece of the line is: a condition, a mistake, or a word."""
    known = ALIASES.get(found["name"] or "")
    if known is not None:
        return _clause(FIELDS[known].said(english=english), found, lexicon, now)
    if found["name"] and _looks_like_a_field(found):
        return _unknown(found, english=english)
    if found["quoted"] is not None:
        return found["quoted"]
    return found.group().removeprefix("-") if found["minus"] else found.group()


def _nothing_after(found: re.Match[str], *, english: bool) -> Mistake:
    example = f"NOT {FIELDS[Field.IS].said(english=english).example}"
    why = N_("“%(name)s”后面要写不要的词或条件。")
    return Mistake(found.start(), found.end(), why, example, {"name": found["plain"]})


def flat(line: str) -> str:
    """Fold width and case, one character for one, so that places stay places."""
    folded = (unicodedata.normalize("NFKC", char).casefold() for char in line)
    return "".join(new if len(new) == 1 else old for old, new in zip(line, folded, strict=True))


def _looks_like_a_field(found: re.Match[str]) -> bool:
    """Tell a mistyped field from a time or an address that merely holds a colon."""
    return not _DIGITS.search(found["name"]) and not found["value"].startswith("//")


def _unknown(found: re.Match[str], *, english: bool) -> Mistake:
    spec = next((one for one in FIELDS.values() if _near(found["name"], one.names)), FIELDS[Field.BUREAU])
    near = spec.said(english=english).name
    return Mistake(
        found.start("name"), found.end("name"), N_("没有叫“%(name)s”的字段。"), f"{near}:{found['value'] or '…'}",
        {"name": found["name"]},
    )  # fmt: skip


def _near(typed: str, names: Iterable[str]) -> bool:
    return any(typed[:2] == name[:2] or typed in name or name in typed for name in names)


def _clause(spec: FieldSpec, found: re.Match[str], lexicon: Lexicon, now: dt.datetime) -> Clause | Mistake:
    end = found.end()
    if not found["value"].strip(' "'):
        return Mistake(
            found.start("name"), end, N_("“%(name)s”后面要写内容。"), spec.example, {"name": found["name"]}
        )
    if spec.kind is Kind.TIME:
        return _timed(spec, found, now)
    if found["sign"][0] in "<>":
        return Mistake(
            found.start("sign"), found.end("sign"), N_("这个字段用冒号，不能比较大小。"), spec.example
        )
    return _any_of(spec, found, lexicon)


def _any_of(spec: FieldSpec, found: re.Match[str], lexicon: Lexicon) -> Clause | Mistake:
    """Return the clause of the values listed, or the first mistake among them."""
    whole = _just(spec.field, found["value"], lexicon)
    codes: list[str] = [*whole]
    items = listed(found["value"], found.start("value"))
    for item in () if whole else items:
        if not item.text.strip():
            said = ",".join(found.string[one.start : one.end] for one in items if one.text.strip())
            example = f"{found['name']}:{said}" if said else spec.example
            return Mistake(item.start, item.end, N_("逗号两边都要写内容，中间不留空格。"), example)
        meant = _meant(spec, item, lexicon)
        if isinstance(meant, Mistake):
            return meant
        codes += meant
    return Clause(spec.field, tuple(dict.fromkeys(codes)))


def _meant(spec: FieldSpec, item: Item, lexicon: Lexicon) -> Sequence[str] | Mistake:
    """Return what one value of a list means."""
    if spec.kind is Kind.TEXT:
        return (item.text,)
    codes = _named(spec.field, item.text, lexicon)
    if not codes:
        why = N_("没有叫“%(value)s”的%(field)s。")
        return Mistake(item.start, item.end, why, spec.example, {"value": item.text, "field": spec.word})
    return codes


def _named(which: Field, typed: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the codes of everything that is called so: what is called just so, else whatever has it in its name."""
    return _just(which, typed, lexicon) or tuple(
        one.code for one in lexicon.get(which, ()) if one.fits(typed)
    )


def _just(which: Field, typed: str, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(one.code for one in lexicon.get(which, ()) if one.is_just(typed))


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
