"""Lists from other platforms: rows of CSV or XLSX become requests; what cannot is told and kept.

Idempotent by the list's own numbers, so a run that was cut short is simply run again.
"""

import contextlib
import csv
import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from sla.instants import ZONE
from ticketing.domain import messages
from ticketing.domain.actors import SYSTEM
from ticketing.domain.errors import DomainError, Invalid, InvalidFields
from ticketing.domain.messages import Inbound, moment_within_reason
from ticketing.domain.text import NAME_MAX, clean, require
from ticketing.domain.vocabulary import Door
from ticketing.domain.words import N_
from ticketing.services import encodings, intake
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
#: Field of a request -> column of the list, so that a refusal names what stands in the file.
COLUMNS = {field: column for column, field in OPTIONAL.items()} | {"received_at": "submitted_at"}
BATCH = 500
#: A history line is no archive: of a foreign column this much is kept.
EXTRA_MOST = 4_000
#: Cells may be longer than the reader's default; the limits of a request come later, with a reason.
csv.field_size_limit(64 * 1024 * 1024)
#: How a byte that is no character comes out of the decoder.
_BYTE = re.compile("[\udc80-\udcff]")
#: Spreadsheets write 2020/6/8 9:05, people 2020年6月8日 9:05.
_LOCAL = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s*T?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?",
    re.ASCII,
)


class ListUnreadable(Exception):
    """The file is no list that can be taken over; the message is one sentence, `told` the same for a page."""

    def __init__(self, message: str, told: Invalid) -> None:
        super().__init__(message)
        self.told = told


def _unreadable(message: str, sentence: str, **values: object) -> ListUnreadable:
    return ListUnreadable(message, Invalid(sentence, field="file", **values))


@dataclass(frozen=True)
class Line:
    """A row of the list: the line where it begins, what it says, and what no column has a name for.

    `broken`: bytes in it are no characters; a replacement character stands for each.
    """

    number: int
    cells: dict[str, str]
    surplus: tuple[str, ...] = ()
    broken: bool = False


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
    names = [_readable(name).strip() for name in head[1]] if head else []
    if missing := [name for name in REQUIRED if name not in names]:
        lacking = ", ".join(missing)
        raise _unreadable(
            f"{path.name} lacks the columns: {lacking}", N_("名单缺少这些列：%(columns)s。"), columns=lacking
        )
    for number, cells in rows:
        if any(cells):
            shown = [_readable(cell) for cell in cells]
            named = dict(itertools.zip_longest(names, shown[: len(names)], fillvalue=""))
            yield Line(number, named, tuple(filter(None, shown[len(names) :])), broken=shown != cells)


def _readable(cell: str) -> str:
    """Return a cell with a replacement character for each byte that is none."""
    return _BYTE.sub("\ufffd", cell)


def once(found: Iterable[Line]) -> tuple[list[Line], list[Refused]]:
    """Tell apart the rows that say something else under a number that stood before: one of them is wrong.

    A row that is there twice word for word is the same request, which the intake knows by its number.
    """
    first: dict[str, Line] = {}
    kept: list[Line] = []
    again: list[Refused] = []
    for line in found:
        identifier = clean(line.cells["id"])
        before = first.setdefault(identifier, line) if identifier else line
        if before.cells != line.cells:
            same = Invalid(N_("编号与第 %(line)s 行相同，内容不同。"), field="id", line=before.number)
            again.append(Refused(line, (_told(same),)))
        else:
            kept.append(line)
    return kept, again


def _table(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open("rb") as raw:
            encoding, errors = encodings.of(raw)
    except encodings.Unreadable as error:
        sentence = N_("第 %(line)s 行读不出文字，请把名单存成 UTF-8 或 GB 18030 编码的 CSV，或 XLSX。")
        raise _unreadable(f"{path.name}, line {error.line}: {error}.", sentence, line=error.line) from error
    with path.open(encoding=encoding, errors=errors, newline="") as stream:
        reader = csv.reader(line.replace("\0", "") for line in stream)
        try:
            begin = 1
            for cells in reader:
                yield begin, cells
                begin = reader.line_num + 1
        except csv.Error as error:
            line = reader.line_num + 1
            sentence = N_("第 %(line)s 行不合 CSV 的写法，请检查引号。")
            raise _unreadable(f"{path.name}, line {line}: {error}", sentence, line=line) from error


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        message = f"{path.name} is no XLSX file that can be read: {error}"
        raise _unreadable(message, N_("这不是能读的 XLSX 文件，请重新另存一次。")) from error
    with contextlib.closing(book):
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield number, [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
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
    inbounds, kept, refused = _read(batch, source, now, from_source=from_source)
    options = intake.Options(notify=False, new_password=None)
    outcomes = intake.receive_many(inbounds, Act(SYSTEM, now), province, options)
    for line, outcome in zip(kept, outcomes, strict=True):
        if isinstance(outcome, InvalidFields):
            refused.append(Refused(line, tuple(_told(problem) for problem in outcome.problems)))
    receipts = [one for one in outcomes if isinstance(one, intake.Receipt)]
    known = sum(one.duplicate for one in receipts)
    return Taken(len(receipts) - known, known, tuple(refused))


def _read(
    batch: list[Line], source: str, now: dt.datetime, *, from_source: bool
) -> tuple[list[Inbound], list[Line], list[Refused]]:
    inbounds: list[Inbound] = []
    kept: list[Line] = []
    refused: list[Refused] = []
    for line in batch:
        try:
            inbounds.append(_inbound(line, source, now, from_source=from_source))
            kept.append(line)
        except Invalid as problem:
            refused.append(Refused(line, (_told(problem),)))
    return inbounds, kept, refused


def look(batch: list[Line], now: dt.datetime, province: Province, *, from_source: bool) -> list[Refused]:
    """Return which rows would be refused, and take none over: the same checks in the same words."""
    found, again = once(batch)
    inbounds, kept, refused = _read(found, "look", now, from_source=from_source)
    for line, inbound in zip(kept, inbounds, strict=True):
        try:
            messages.checked(inbound, now, province.known, reachable=False)
        except InvalidFields as problems:
            refused.append(Refused(line, tuple(_told(problem) for problem in problems.problems)))
    return sorted([*again, *refused], key=lambda one: one.line.number)


def table(left: Iterable[tuple[int, Sequence[str], Mapping[str, str], Sequence[str]]]) -> Iterator[list[str]]:
    """Yield the file of refused rows: line, reasons, and the cells as they stood under their names."""
    rows = list(left)
    names = list(dict.fromkeys(name for _number, _reasons, cells, _surplus in rows for name in cells))
    yield ["line", "reasons", *names]
    for number, reasons, cells, surplus in rows:
        yield [str(number), "; ".join(reasons), *(cells.get(name, "") for name in names), *surplus]


def _told(problem: DomainError) -> str:
    return f"{COLUMNS.get(problem.field, problem.field)}: {problem}" if problem.field else str(problem)


def _inbound(line: Line, source: str, now: dt.datetime, *, from_source: bool) -> Inbound:
    cells = line.cells
    if line.broken:
        raise Invalid(N_("这一行有不是文字的字节（显示为 \ufffd），请改正后再导入。"))
    if line.surplus:
        raise Invalid(N_("这一行的格数比表头多，可能有没加引号的逗号。"))
    identifier = require(cells["id"], field="id", most=NAME_MAX)
    submitted = moment_within_reason(_moment(cells["submitted_at"]), now, field="submitted_at")
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
    written = unicodedata.normalize("NFKC", clean(text))
    try:
        if parts := _LOCAL.fullmatch(written):
            return dt.datetime(*(int(part or 0) for part in parts.groups()), tzinfo=ZONE)
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        raise Invalid(N_("日期要像 2020-06-08 10:00:00。"), field="submitted_at") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
