"""The records that a SIP exchange writes of its calls (CDR), read into the same signals as its webhooks.

Asterisk's Master.csv has no heading; another exchange's file needs one with the same names. A row whose unique id
the webhook told too is the same call: what the exchange wrote down is exact and goes before what we heard.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ticketing.channels.voice_cti import number
from ticketing.domain.clock import LOCAL
from ticketing.domain.signals import INCOMING, OUTGOING, Answered, Ended, Ringing, Signal
from ticketing.services import encodings
from ticketing.services.province import Province

PROVIDER = "cti"
ASTERISK = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield",
)  # fmt: skip
NEEDED = ("src", "dst", "start", "end", "disposition", "uniqueid")
ANSWERED = "ANSWERED"


class FileUnreadable(Exception):
    """The file holds no such records; the message is one sentence."""


@dataclass(frozen=True)
class Row:
    """A line of the file by the names of its columns."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Refused:
    """A row that is no call of ours, and why."""

    row: Row
    reason: str


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises:
        FileUnreadable: no text, or without the columns that are needed.
    """
    try:
        with path.open("rb") as stream:
            encoding, errors = encodings.of(stream)
    except encodings.Unreadable as error:
        raise FileUnreadable(f"{path.name}: {error}") from error
    with path.open(encoding=encoding, errors=errors, newline="") as text:
        reader = csv.reader(text)
        first = next(reader, [])
        names = [name.strip().lower() for name in first]
        if "uniqueid" not in names:
            names, begin = list(ASTERISK), [first]
        else:
            begin = []
        if missing := [name for name in NEEDED if name not in names]:
            raise FileUnreadable(f"{path.name} lacks the columns: {', '.join(missing)}")
        for cells in begin:
            yield Row(1, dict(zip(names, cells, strict=False)))
        for cells in reader:
            if any(cells):
                yield Row(reader.line_num, dict(zip(names, cells, strict=False)))


def read(row: Row, exchange: str, province: Province, zone: dt.tzinfo = LOCAL) -> list[Signal] | Refused:
    """Return the signals of a record, or why it is none of ours. `zone`: in which the exchange writes its times."""
    cell = {name: row.cells.get(name, "").strip() for name in ASTERISK}
    if not cell["uniqueid"]:
        return Refused(row, "no unique id")
    try:
        start, end = _moment(cell["start"], zone), _moment(cell["end"], zone)
        answer = _moment(cell["answer"], zone) if cell["answer"] else None
    except ValueError:
        return Refused(row, "a time that cannot be read")
    if end < start:
        return Refused(row, "it ended before it began")
    src, dst = number(cell["src"]), number(cell["dst"])
    ours = province.archive.hotlines
    if dst not in ours and src not in ours:
        return Refused(row, "neither number is one of the hotlines")
    name = {"exchange": exchange, "call": cell["uniqueid"]}
    direction = INCOMING if dst in ours else OUTGOING
    told: list[Signal] = [
        Ringing(**name, key="cdr:ring", at=start, called=dst, caller=src, direction=direction)
    ]
    if cell["disposition"].upper() == ANSWERED:
        told.append(Answered(**name, key="cdr:answer", at=answer or start, by=_telephone(cell["dstchannel"])))
    told.append(Ended(**name, key="cdr:end", at=end, reason=cell["disposition"]))
    return told


def _moment(typed: str, zone: dt.tzinfo) -> dt.datetime:
    read = dt.datetime.fromisoformat(typed)
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(dt.UTC).replace(microsecond=0)


def _telephone(channel: str) -> str:
    """Return the extension in a channel's name: PJSIP/8001-0000002a is 8001."""
    return channel.partition("/")[2].rpartition("-")[0]
