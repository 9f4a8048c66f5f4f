"""Calendars and policies as the text that people write: read with every mistake's line, written out of a body."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from sla.calendars import Calendars
from sla.notices import Notice
from sla.policy import Policy
from ticketing.services.pack_documents import (
    CALENDAR,
    ROUTING,
    SLA,
    Codes,
    Document,
    check_calendars,
    check_policy,
    check_rules,
    check_template,
    document,
)
from ticketing.services.pack_files import Problem, Report, YamlFile, parse_yaml
from ticketing.services.province import Province

COORDINATION = "coordination"
KINDS = (CALENDAR, SLA, COORDINATION, ROUTING)
CODES = {CALENDAR: "calendar", SLA: "policy", ROUTING: "rules"}
#: The order in which people read the members; a database keeps none.
ORDER = (
    "version", "publisher", "author", "published_on", "date", "note", "basis", "year", "amends", "overlay", "regions",
    "hours", "fixed", "holidays", "work", "reaches_open", "limits", "ladders",
    "clock", "when", "urgency", "type", "rest_of", "at_least", "by_template", "target",
    "family", "code", "percent", "after_due", "to", "acts", "clocks", "rungs", "month", "day", "name",
    "weights", "thresholds", "coordinating_line", "operator_lines", "hotlines", "department", "city", "hall",
    "weak_words", "complaint_words", "matter_words", "guards", "name_suffixes", "never_alone", "caller_before",
    "caller_after", "origin_before", "toward_before", "errand_after", "project", "window", "unknown", "certainty",
    "hints", "says", "words", "with", "within", "ignore", "over", "over_within", "signs_within", "signs",
    "auto", "propose", "margin",
)  # fmt: skip
#: A mapping of more words than this is written with a line for each of its keys.
MOST_WORDS = 40
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LAST_NUMBER = re.compile(r"(\d+)(?!.*\d)")


@dataclass(frozen=True)
class Read:
    """A text as it was understood: its mistakes, or the document and what it changes."""

    problems: Sequence[Problem]
    document: Document | None = None
    calendars: Calendars | None = None
    policy: Policy | None = None
    lines: Mapping[int, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether it can be published as far as its text goes."""
        return not self.problems


def code_of(kind: str, text: str) -> str:
    """Return what a text is the document of: a template names itself, of the other kinds there is one alone."""
    if kind in CODES:
        return CODES[kind]
    first = next((line for line in text.splitlines() if line.startswith("code:")), "")
    return first.partition(":")[2].partition("#")[0].strip(" \"'")


def read(kind: str, text: str, province: Province) -> Read:
    """Check a text as `flask pack check` does, against what this province has published and knows."""
    report = Report()
    file = parse_yaml(text, CODES.get(kind, kind), report)
    if file is None:
        return Read(report.problems)
    known = codes(province)
    policy = _check(kind, file, province, known, report)
    found = document(kind, CODES.get(kind) or str(file.body.get("code", "")), file, report)
    if kind == SLA and found.version in province.policies:
        report.add(
            file.file, file.line(["version"]), f"version: {found.version} is published already: raise it"
        )
    if kind == COORDINATION and (found.code, found.version) in province.template_versions:
        report.add(
            file.file, file.line(["version"]), f"version: {found.version} is published already: raise it"
        )
    if kind == ROUTING and not report.problems and int(found.version) <= province.rules.version:
        report.add(
            file.file,
            file.line(["version"]),
            f"version: {province.rules.version} is published already: raise it",
        )
    if report.problems:
        return Read(sorted(set(report.problems), key=lambda one: one.line))
    lines = {row.index: file.line(["limits", row.index]) for row in policy.limits} if policy else {}
    return Read([], found, _calendars(kind, file, province), policy or province.policy, lines)


def _check(kind: str, file: YamlFile, province: Province, known: Codes, report: Report) -> Policy | None:
    if kind == SLA:
        return check_policy(file, known, report)
    if kind in (COORDINATION, ROUTING):
        (check_template if kind == COORDINATION else check_rules)(file, known, report)
        return None
    check_calendars([file], province.calendars.notices, known, report)
    return None


def _calendars(kind: str, file: YamlFile, province: Province) -> Calendars:
    if kind != CALENDAR:
        return province.calendars
    return Calendars([*province.calendars.notices, Notice.from_document(file.body)])


def codes(province: Province) -> Codes:
    """Return what a policy may name in this province; what was retired is no longer named anew."""
    directory = province.directory
    return Codes(
        regions=frozenset(directory.regions),
        lines=frozenset(bureau.line for bureau in directory.bureaus.values()),
        hotlines=frozenset(directory.hotlines),
        topics=frozenset(directory.topics),
        lists=province.lists.codes,
    )


class _Flow(dict[str, Any]):
    """A mapping that is written on one line."""


class _Line(list[Any]):
    """A list of words that is written on one line."""


class _Writer(yaml.SafeDumper):
    """YAML as people write it here: short rows on one line, dates bare."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  theirs
        """Set rows of a list in, below their key."""
        super().increase_indent(flow, False)  # type: ignore[no-untyped-call]


_Writer.add_representer(
    _Flow, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)
)
_Writer.add_representer(
    _Line, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)


def written(body: Mapping[str, Any]) -> str:
    """Return a published document as text to begin from; reading it gives the same body."""
    return yaml.dump(_ordered(dict(body)), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=160)


def _ordered(value: Any, depth: int = 0) -> Any:
    if isinstance(value, list):
        rows = [_ordered(inner, depth + 1) for inner in value]
        return rows if any(isinstance(inner, dict) for inner in value) else _Line(rows)
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: ORDER.index(key) if key in ORDER else len(ORDER))
        rows = {key: _ordered(value[key], depth + 1) for key in keys}
        return _Flow(rows) if depth and not _long(rows) else rows
    return dt.date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


def _long(rows: Mapping[str, Any]) -> bool:
    if sum(len(inner) for inner in rows.values() if isinstance(inner, list)) > MOST_WORDS:
        return True
    return any(
        isinstance(inner, list) and any(isinstance(one, dict) for one in inner) for inner in rows.values()
    )


def next_version(version: str) -> str:
    """Return a name for the version after one: its last number raised."""
    found = _LAST_NUMBER.search(version)
    if found is None:
        return f"{version}-2"
    return f"{version[: found.start()]}{int(found.group()) + 1}{version[found.end() :]}"


def renamed(text: str, version: str, day: dt.date) -> str:
    """Return a text under another version and day, all else as it was written."""
    text = re.sub(r"^version:.*$", f"version: {version}", text, count=1, flags=re.M)
    return re.sub(r"^(published_on|date):.*$", rf"\1: {day}", text, count=1, flags=re.M)
