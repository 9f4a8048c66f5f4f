"""Lists from other platforms: rows of CSV or XLSX become requests; what cannot is told and kept.

Idempotent by the list's own numbers, so a run that was cut short is simply run again.
"""

import csv
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from sla.instants import ZONE
from ticketing.domain.actors import SYSTEM
from ticketing.domain.errors import DomainError, InvalidFields
from ticketing.domain.messages import Inbound
from ticketing.domain.text import clean
from ticketing.domain.vocabulary import Door
from ticketing.services import intake
from ticketing.services.history import Act
from ticketing.services.province import Province

REQUIRED = ("id", "submitted_at", "subject", "body")
#: Column of the list -> field of a request.
OPTIONAL = {
    "type": "type",
    "urgency": "urgency",
    "topic": "topic_code",
    "region": "region_code",
    "hotline": "hotline_number",
    "enterprise": "enterprise",
    "register_code": "register_code",
    "requester": "requester",
    "phone": "phone",
    "email": "email",
}
BATCH = 500
#: A history line is no archive: of a foreign column this much is kept.
EXTRA_MOST = 4_000
#: Cells may be longer than the reader's default; the limits of a request come later, with a reason.
csv.field_size_limit(64 * 1024 * 1024)


class ListUnreadable(Exception):
    """The file is no list that can be taken over; the message is one sentence."""


@dataclass(frozen=True)
class Line:
    """A row of the list: where it stands and what it says."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Refused:
    """A row that became no ticket, with the reasons in words."""

    line: Line
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Taken:
    """What became of a batch."""

    made: int
    known: int
    refused: tuple[Refused, ...]


def lines(path: Path) -> Iterator[Line]:
    """Yield the rows of a CSV (UTF-8 or GB 18030) or XLSX file.

    Raises:
        ListUnreadable: neither, or without the columns that are needed.
    """
    rows = _sheet(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _table(path)
    head = next(rows, None)
    names = [str(name or "").strip() for name in head[1]] if head else []
    if missing := [name for name in REQUIRED if name not in names]:
        raise ListUnreadable(f"{path.name} lacks the columns: {', '.join(missing)}")
    for number, cells in rows:
        if any(cells):
            yield Line(number, dict(itertools.zip_longest(names, cells[: len(names)], fillvalue="")))


def _table(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=_encoding(path), newline="") as stream:
        reader = csv.reader(line.replace("\0", "") for line in stream)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except (csv.Error, UnicodeDecodeError) as error:
            raise ListUnreadable(f"{path.name}, line {reader.line_num + 1}: {error}") from error


def _encoding(path: Path) -> str:
    """Return UTF-8 where the whole file is, else the national standard, which holds all else that is Chinese."""
    try:
        with path.open(encoding="utf-8") as stream:
            while stream.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise ListUnreadable(f"{path.name} is no XLSX file that can be read: {error}") from error
    sheet = book.worksheets[0]
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, [_cell(value) for value in row]
    book.close()


def _cell(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else str(value)


def batches(found: Iterable[Line], size: int = BATCH) -> Iterator[list[Line]]:
    """Cut rows into batches, each for one transaction."""
    rest = iter(found)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def take(batch: list[Line], source: str, now: dt.datetime, province: Province, *, from_source: bool) -> Taken:
    """Take a batch over. Nobody is notified; imported tickets have no password until their owner asks.

    `from_source`: the promise counts from the moment in the list, and rungs already past are recorded as missed;
    otherwise it counts from now.
    """
    inbounds: list[Inbound] = []
    kept: list[Line] = []
    refused: list[Refused] = []
    for line in batch:
        try:
            inbounds.append(_inbound(line, source, from_source=from_source))
            kept.append(line)
        except ValueError as error:
            refused.append(Refused(line, (str(error),)))
    options = intake.Options(notify=False, new_password=None)
    outcomes = intake.receive_many(inbounds, Act(SYSTEM, now), province, options)
    for line, outcome in zip(kept, outcomes, strict=True):
        if isinstance(outcome, InvalidFields):
            refused.append(Refused(line, tuple(_told(problem) for problem in outcome.problems)))
    receipts = [one for one in outcomes if isinstance(one, intake.Receipt)]
    known = sum(one.duplicate for one in receipts)
    return Taken(len(receipts) - known, known, tuple(refused))


def _told(problem: DomainError) -> str:
    return f"{problem.field}: {problem}" if problem.field else str(problem)


def _inbound(line: Line, source: str, *, from_source: bool) -> Inbound:
    cells = line.cells
    identifier = clean(cells["id"])
    if not identifier:
        raise ValueError("id: 这一项不能为空。")
    submitted = _moment(cells["submitted_at"])
    known = {field: clean(cells.get(column, "")) for column, field in OPTIONAL.items()}
    extra = {
        name: clean(value)[:EXTRA_MOST]
        for name, value in cells.items()
        if name and value and name not in OPTIONAL and name not in REQUIRED
    }
    empty_is_none = ("type", "urgency", "topic_code", "region_code", "hotline_number")
    return Inbound(
        door=Door.IMPORT,
        body=cells["body"],
        subject=cells["subject"],
        received_at=submitted if from_source else None,
        source=source,
        source_id=identifier,
        extra={"submitted_at": submitted.isoformat(), **extra},
        **{name: (value or None) if name in empty_is_none else value for name, value in known.items()},
    )


def _moment(text: str) -> dt.datetime:
    """Read an instant; without an offset it is local time."""
    try:
        moment = dt.datetime.fromisoformat(clean(text).replace("/", "-"))
    except ValueError:
        raise ValueError("submitted_at: 日期要像 2020-06-08 10:00:00。") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
