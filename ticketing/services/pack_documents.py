"""Versioned documents of a pack or of a draft: read, checked by the pure layers, every mistake with its line."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from routing.document import RuleError
from routing.rules import RuleBook
from sla.calendars import Calendars
from sla.documents import DocumentError
from sla.notices import CalendarError, Notice, read_notices
from sla.policy import Policy, Segment
from sla.rungs import ClockKind
from ticketing.domain.case_template import CaseTemplate
from ticketing.domain.enterprise_lists import EnterpriseLists
from ticketing.domain.topic_form import TopicForm
from ticketing.domain.vocabulary import RUNG_ROLES, TicketType, Urgency
from ticketing.services.pack_files import Report, YamlFile, plain, read_yaml

CALENDAR, SLA, QUESTIONS, LISTS = "calendar", "sla", "questions", "enterprise_lists"
ROUTING = "routing"
#: Who signs a document: a calendar is published by the State Council, everything else has an author.
SIGNED = {CALENDAR: "publisher"}
#: Without these a request would be stored with nobody's deadline.
NEEDED = (ClockKind.DISPATCH, ClockKind.ACCEPTANCE, ClockKind.CONTACT, ClockKind.ANSWER)


@dataclass(frozen=True)
class Document:
    """One version of a policy as it goes into the database."""

    kind: str
    code: str
    version: str
    author: str
    published_on: dt.date
    body: dict[str, Any]


@dataclass(frozen=True)
class Codes:
    """What a policy may name of the province's tables; a name that is in none of them is a typing error."""

    regions: frozenset[str]
    lines: frozenset[str]
    hotlines: frozenset[str]
    topics: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    @property
    def of_conditions(self) -> dict[str, frozenset[str]]:
        """Return the words that each field of a condition may hold."""
        return {
            "type": frozenset(TicketType),
            "urgency": frozenset(Urgency),
            "region": self.regions,
            "line": self.lines,
            "hotline": self.hotlines,
            "tag": self.lists,
        }


def folder_documents(folder: Path, codes: Codes, report: Report) -> list[Document]:
    """Return the documents of a pack's folder, oldest first; mistakes go to the report."""
    found: list[Document] = []
    paths = sorted((folder / "calendar").glob("*.yaml"))
    calendars = [one for one in (read_yaml(path, folder, report) for path in paths) if one is not None]
    check_calendars(calendars, [], codes, report)
    found += [document(CALENDAR, CALENDAR, one, report) for one in calendars]
    lists = _lists(folder / f"{LISTS}.yaml", folder, report)
    codes = replace(codes, lists=EnterpriseLists.from_document(lists[0].body).codes if lists else frozenset())
    found += lists
    policy = read_yaml(folder / "sla" / "policy.yaml", folder, report)
    if policy is not None:
        check_policy(policy, codes, report)
        found.append(document(SLA, "policy", policy, report))
    rules = read_yaml(folder / "routing" / "rules.yaml", folder, report)
    if rules is not None:
        check_rules(rules, codes, report)
        found.append(document(ROUTING, "rules", rules, report))
    found += _questions(folder / "forms" / "questions.yaml", folder, codes, report)
    for path in sorted((folder / "coordination").glob("*.yaml")):
        found += _template(path, folder, codes, report)
    return found


def _lists(path: Path, folder: Path, report: Report) -> list[Document]:
    """Read the enterprise lists, where a province brings them; those that can be used alone are returned."""
    before = len(report.problems)
    found = _single(LISTS, path, folder, EnterpriseLists.from_document, report) if path.exists() else []
    return found if len(report.problems) == before else []


def _questions(path: Path, folder: Path, codes: Codes, report: Report) -> list[Document]:
    """Read what the form asks by topic, where a province brings it; the topics must be there."""
    file = read_yaml(path, folder, report) if path.exists() else None
    if file is None:
        return []
    before = len(report.problems)
    _checked([file], lambda: TopicForm.from_document(file.body), report)
    if len(report.problems) > before:
        return []
    for place, question in enumerate(file.body["questions"]):
        for inner, topic in enumerate(question["topics"]):
            _known(file, ["questions", place, "topics", inner], topic, codes.topics, report)
    return [document(QUESTIONS, QUESTIONS, file, report)]


def _template(path: Path, folder: Path, codes: Codes, report: Report) -> list[Document]:
    """Read a template of coordination cases; the topics that ask for it must be there."""
    file = read_yaml(path, folder, report)
    if file is None:
        return []
    check_template(file, codes, report)
    return [document("coordination", str(file.body.get("code", path.stem)), file, report)]


def check_template(file: YamlFile, codes: Codes, report: Report) -> None:
    """Tell what is wrong with a template of coordination cases."""
    if not _checked([file], lambda: CaseTemplate.from_document(file.body), report):
        return
    trigger = file.body.get("trigger")
    for place, topic in enumerate(trigger.get("topics", []) if isinstance(trigger, dict) else []):
        _known(file, ["trigger", "topics", place], topic, codes.topics, report)


def check_rules(file: YamlFile, codes: Codes, report: Report) -> None:
    """Tell what is wrong with rules of routing; the lines that they name must be some bureau's."""
    if not _checked([file], lambda: RuleBook.from_document(file.body), report):
        return
    _known(file, ["coordinating_line"], file.body["coordinating_line"], codes.lines, report)
    for place, line in enumerate(file.body["operator_lines"]):
        _known(file, ["operator_lines", place], line, codes.lines, report)


def _single(
    kind: str, path: Path, folder: Path, check: Callable[[dict[str, Any]], object], report: Report
) -> list[Document]:
    one = read_yaml(path, folder, report)
    if one is None:
        return []
    _checked([one], lambda: check(one.body), report)
    return [document(kind, str(one.body.get("code", path.stem)), one, report)]


def check_calendars(files: list[YamlFile], published: Sequence[Notice], codes: Codes, report: Report) -> None:
    """Tell what is wrong with notices that come after those already published."""

    def check() -> None:
        notices = [*published, *read_notices([one.body for one in files])]
        try:
            Calendars(notices)
        except CalendarError as error:
            raise CalendarError(
                (int(error.path[0]) - len(published), *error.path[1:]), error.message
            ) from None

    if not files or not _checked(files, check, report):
        return
    for file in files:
        named = file.body.get("regions", [])
        for index, code in enumerate([named] if isinstance(named, str) else named):
            _known(file, ["regions", index], code, codes.regions, report)


def check_policy(file: YamlFile, codes: Codes, report: Report) -> Policy | None:
    """Tell what is wrong with a policy; return it where it can be used as far as its own words go."""
    before = len(report.problems)
    if not _checked([file], lambda: Policy.from_document(file.body), report):
        return None
    policy = Policy.from_document(file.body)
    for row in policy.limits:
        for field, words in row.when.items():
            for word in sorted(words):
                allowed = codes.of_conditions.get(field)
                if allowed is not None:
                    _known(file, ["limits", row.index, "when", field], word, allowed, report)
    _check_roles(file, report)
    _check_needed(file, policy, report)
    return policy if len(report.problems) == before else None


def _check_roles(file: YamlFile, report: Report) -> None:
    for place, ladder in enumerate(file.body["ladders"]):
        for step, rung in enumerate(ladder["rungs"]):
            for role in [rung["to"]] if isinstance(rung["to"], str) else rung["to"]:
                _known(file, ["ladders", place, "rungs", step, "to"], role, frozenset(RUNG_ROLES), report)


def _check_needed(file: YamlFile, policy: Policy, report: Report) -> None:
    for clock, kind, urgency in product(NEEDED, TicketType, Urgency):
        if policy.limit(clock, Segment(kind.value, urgency.value)) is None:
            message = f"limits: no row gives {clock} for {kind}, {urgency} everywhere"
            report.add(file.file, file.line(["limits"]), message)
            return


def _known(
    file: YamlFile, path: Sequence[str | int], word: object, allowed: frozenset[str], report: Report
) -> None:
    if str(word) not in allowed:
        report.add(
            file.file, file.line(path), f"{'.'.join(map(str, path))}: {word} is not known in this province"
        )


def _checked(files: list[YamlFile], check: Callable[[], object], report: Report) -> bool:
    """Run a check of the pure layers and turn the path of its error into file and line."""
    try:
        check()
    except (DocumentError, RuleError) as error:
        path = list(error.path)
        many = len(files) > 1 or (path and isinstance(path[0], int))
        file = files[int(path.pop(0))] if many and path else files[0]
        where = ".".join(map(str, path))
        report.add(file.file, file.line(path), f"{where}: {error.message}" if where else error.message)
        return False
    return True


def document(kind: str, code: str, one: YamlFile, report: Report) -> Document:
    """Return what goes into the database; a date that is none is told."""
    body = plain(one.body)
    published = body.get("published_on") or body.get("date")
    try:
        day = dt.date.fromisoformat(str(published))
    except ValueError:
        report.add(one.file, 1, "published_on: a date like 2026-01-31 is expected")
        day = dt.date.min
    author = str(body.get(SIGNED.get(kind, "author"), ""))
    return Document(kind, code, str(body.get("version", "")), author, day, body)
