"""The province pack, read and checked as a whole: tables that refer to each other, and versioned policies."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.directory import (
    BUREAU_LEVELS,
    HOTLINE_KINDS,
    REGION_LEVELS,
    TYPES,
    Bureau,
    Directory,
    Hotline,
    Region,
    Topic,
)
from routing.rules import RuleBook
from sla.calendars import Calendars
from ticketing.services.pack_documents import Codes, Document, folder_documents
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
    documents = folder_documents(folder, codes_of(rows), report)
    if sheet is not None:
        _check_sheet(sheet, rows, documents, report)
    if report.problems or sheet is None:
        raise PackInvalid(report.problems)
    tables = {name: [row.values for row in found] for name, found in rows.items()}
    return Pack(tables, documents, plain(sheet.body))


def calendars_of(folder: Path) -> Calendars:
    """Return the calendars of a pack, for reckoning without a database.

    Raises:
        PackInvalid: as `read`.
    """
    return Calendars.from_documents([one.body for one in read(folder).documents if one.kind == "calendar"])


def codes_of(rows: dict[str, list[Row]]) -> Codes:
    """Return what policies may name of the tables."""
    return Codes(
        regions=frozenset(row.values["code"] for row in rows["regions"]),
        lines=frozenset(row.values["line"] for row in rows["bureaus"]),
        hotlines=frozenset(row.values["number"] for row in rows["hotlines"]),
        topics=frozenset(row.values["code"] for row in rows["topics"]),
    )


def directory_of(pack: Pack) -> Directory:
    """Return the directory of a pack, for deciding without a database."""
    kinds = {"regions": Region, "bureaus": Bureau, "hotlines": Hotline, "topics": Topic}
    rows: dict[str, Any] = {
        name: [
            kind(**{key: tuple(cell) if isinstance(cell, list) else cell for key, cell in row.items()})
            for row in pack.tables[name]
        ]
        for name, kind in kinds.items()
    }
    return Directory.of(**rows)


def rules_of(pack: Pack) -> RuleBook:
    """Return the rules of routing of a pack."""
    return RuleBook.from_document([one.body for one in pack.documents if one.kind == "routing"][-1])


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
