"""The province pack, read and checked as a whole: tables that refer to each other, and versioned policies."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.directory import BUREAU_LEVELS, HOTLINE_KINDS, REGION_LEVELS, TYPES
from routing.document import RuleError
from routing.rules import RuleBook
from sla.calendar import Calendar
from sla.documents import DocumentError, Node
from sla.policy import Policy
from ticketing.domain.case_template import CaseTemplate, TemplateError
from ticketing.services.pack_files import (
    PackInvalid,
    Reader,
    Report,
    Row,
    YamlFile,
    one_of,
    optional,
    plain,
    read_table,
    read_yaml,
    text,
    whole,
    words,
    yes_no,
)

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_HOURS = re.compile(r"24h|Mon-Fri \d\d:\d\d-\d\d:\d\d")
SHEET_KEYS = frozenset(
    {"code", "name_zh", "name_en", "timezone", "languages", "first_receiver", "central_line", "desks",
     "operator_lines", "default_template"}
)  # fmt: skip


def _like(pattern: re.Pattern[str], example: str) -> Reader:
    def read(cell: str) -> str:
        if not pattern.fullmatch(cell):
            raise ValueError(f"{cell or 'nothing'} is not like {example}")
        return cell

    return read


TABLES: dict[str, tuple[str, dict[str, Reader]]] = {
    "regions": (
        "code",
        {
            "code": text, "name_zh": text, "short_name_zh": text, "name_en": text,
            "level": one_of(*REGION_LEVELS), "parent_code": optional, "aliases": words,
        },
    ),
    "bureaus": (
        "code",
        {
            "code": text, "name_zh": text, "short_name_zh": text, "name_en": text,
            "level": one_of(*BUREAU_LEVELS), "region_code": text, "parent_code": optional, "line": text,
            "duties_zh": text,
        },
    ),
    "hotlines": (
        "number",
        {
            "number": _like(_NUMBER, "+8645187005501"), "label_zh": text, "label_en": text,
            "bureau_code": text,
            "region_code": text, "kind": one_of(*HOTLINE_KINDS),
            "hours": _like(_HOURS, "24h or Mon-Fri 08:30-17:00"), "languages": words, "priority": whole(1, 9),
        },
    ),
    "topics": (
        "code",
        {
            "code": text, "name_zh": text, "name_en": text, "line": text, "type_default": one_of(*TYPES),
            "needs_region": yes_no, "typical_bureau_level": one_of(*BUREAU_LEVELS), "keywords_zh": words,
            "example_zh": text,
        },
    ),
}  # fmt: skip
#: Column -> the table whose key it names.
REFERENCES = {
    "regions": {"parent_code": "regions"},
    "bureaus": {"region_code": "regions", "parent_code": "bureaus"},
    "hotlines": {"bureau_code": "bureaus", "region_code": "regions"},
    "topics": {},
}


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
class Pack:
    """A checked pack: rows by table in display order, documents oldest first, the sheet."""

    tables: dict[str, list[dict[str, Any]]]
    documents: list[Document]
    sheet: dict[str, Any]


def read(folder: Path) -> Pack:
    """Read and check everything.

    Raises:
        PackInvalid: every mistake, with file and line.
    """
    report = Report()
    rows = {
        name: read_table(folder / f"{name}.csv", cols, key, report) for name, (key, cols) in TABLES.items()
    }
    _check_references(rows, report)
    _check_keywords(rows["topics"], report)
    sheet = read_yaml(folder / "pack.yaml", folder, report)
    documents = _documents(folder, report, {row.values["code"] for row in rows["topics"]})
    if sheet is not None:
        _check_sheet(sheet, rows, documents, report)
    if report.problems or sheet is None:
        raise PackInvalid(report.problems)
    tables = {name: [row.values for row in found] for name, found in rows.items()}
    return Pack(tables, documents, plain(sheet.body))


def calendar_of(folder: Path) -> Calendar:
    """Return the calendar of a pack, for reckoning without a database.

    Raises:
        PackInvalid: as `read`.
    """
    return Calendar.from_documents([one.body for one in read(folder).documents if one.kind == "calendar"])


def _check_references(rows: dict[str, list[Row]], report: Report) -> None:
    keys = {name: [row.values[TABLES[name][0]] for row in found] for name, found in rows.items()}
    for name, columns in REFERENCES.items():
        for row in rows[name]:
            for column, target in columns.items():
                value = row.values[column]
                if value is not None and value not in keys[target]:
                    report.add(f"{name}.csv", row.line, f"{column}: {value} is not in {target}.csv")
    lines = {row.values["line"] for row in rows["bureaus"]}
    for row in rows["topics"]:
        if row.values["line"] not in lines:
            report.add("topics.csv", row.line, f"line: no bureau has {row.values['line']}")
    _check_roots(rows["regions"], report)


def _check_roots(regions: list[Row], report: Report) -> None:
    """A province is one tree; parents stand before their children so that rows can be stored in order."""
    seen: set[str] = set()
    for row in regions:
        parent = row.values["parent_code"]
        if (parent is None) != (row.values["level"] == "province"):
            report.add("regions.csv", row.line, "parent_code: the province has none, every other place one")
        elif parent is not None and parent not in seen:
            report.add("regions.csv", row.line, f"parent_code: {parent} must stand above it")
        seen.add(row.values["code"])


def _check_keywords(topics: list[Row], report: Report) -> None:
    owner: dict[str, str] = {}
    for row in topics:
        for word in row.values["keywords_zh"]:
            if word in owner:
                report.add("topics.csv", row.line, f"keywords_zh: {word} belongs to {owner[word]} already")
            owner.setdefault(word, row.values["code"])


def _documents(folder: Path, report: Report, topics: set[str]) -> list[Document]:
    found: list[Document] = []
    calendars = [read_yaml(path, folder, report) for path in sorted((folder / "calendar").glob("*.yaml"))]
    whole_calendars = [one for one in calendars if one is not None]
    _checked(whole_calendars, lambda: Calendar.from_documents([one.body for one in whole_calendars]), report)
    found += [_document("calendar", "calendar", one, report, author="publisher") for one in whole_calendars]
    for kind, path, check in (
        ("sla", folder / "sla" / "policy.yaml", Policy.from_document),
        ("routing", folder / "routing" / "rules.yaml", RuleBook.from_document),
    ):
        found += _single(kind, path, folder, check, report)
    for path in sorted((folder / "coordination").glob("*.yaml")):
        found += _single("coordination", path, folder, lambda body: _check_template(body, topics), report)
    return found


def _check_template(body: dict[str, Any], topics: set[str]) -> None:
    CaseTemplate.from_document(body)
    node = Node(body, error=TemplateError)
    for place in body.get("trigger", {}).get("topics", []):
        if place not in topics:
            raise node.at("trigger").at("topics").fail(f"{place} is not in topics.csv")


def _single(
    kind: str, path: Path, folder: Path, check: Callable[[dict[str, Any]], object], report: Report
) -> list[Document]:
    one = read_yaml(path, folder, report)
    if one is None:
        return []
    _checked([one], lambda: check(one.body), report)
    return [_document(kind, str(one.body.get("code", path.stem)), one, report)]


def _checked(files: list[YamlFile], check: Callable[[], object], report: Report) -> None:
    """Run a check of the pure layers and turn the path of its error into file and line."""
    try:
        check()
    except (DocumentError, RuleError) as error:
        path = list(error.path)
        many = len(files) > 1 or (path and isinstance(path[0], int))
        file = files[int(path.pop(0))] if many and path else files[0]
        where = ".".join(map(str, path))
        report.add(file.file, file.line(path), f"{where}: {error.message}" if where else error.message)


def _document(kind: str, code: str, one: YamlFile, report: Report, *, author: str = "author") -> Document:
    body = plain(one.body)
    published = body.get("published_on") or body.get("date")
    try:
        day = dt.date.fromisoformat(str(published))
    except ValueError:
        report.add(one.file, 1, "published_on: a date like 2026-01-31 is expected")
        day = dt.date.min
    return Document(kind, code, str(body.get("version", "")), str(body.get(author, "")), day, body)


def _check_sheet(
    sheet: YamlFile, rows: dict[str, list[Row]], documents: list[Document], report: Report
) -> None:
    for key in sorted(SHEET_KEYS ^ sheet.body.keys()):
        report.add(sheet.file, sheet.line([key]), f"{key}: {'unknown' if key in sheet.body else 'missing'}")
    codes = {name: {row.values[TABLES[name][0]] for row in found} for name, found in rows.items()}
    templates = {one.code for one in documents if one.kind == "coordination"}
    lines = {row.values["line"] for row in rows["bureaus"]}
    named: list[tuple[list[str | int], object, set[Any], str]] = [
        (["code"], sheet.body.get("code"), codes["regions"], "regions.csv"),
        (["first_receiver"], sheet.body.get("first_receiver"), codes["bureaus"], "bureaus.csv"),
        (["central_line"], sheet.body.get("central_line"), codes["hotlines"], "hotlines.csv"),
        (["default_template"], sheet.body.get("default_template"), templates, "coordination/"),
    ]
    named += [
        (["desks", index, "bureau"], desk.get("bureau"), codes["bureaus"], "bureaus.csv")
        for index, desk in enumerate(sheet.body.get("desks") or [])
    ]
    named += [
        (["operator_lines", index], line, lines, "bureaus.csv")
        for index, line in enumerate(sheet.body.get("operator_lines") or [])
    ]
    for path, value, known, where in named:
        if value is not None and value not in known:
            report.add(sheet.file, sheet.line(path), f"{path[0]}: {value} is not in {where}")
