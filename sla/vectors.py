"""Due times for rows of a table, as `flask sla due --csv` prints them."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO

from sla.arithmetic import due
from sla.calendar import Calendar
from sla.instants import ZONE
from sla.notices import CalendarError
from sla.values import Pause, Target, Unit

COLUMNS = ("id", "unit", "target", "start", "pauses")


class RowError(ValueError):
    """A row that cannot be reckoned; `line` is its line in the file, 1 being the header."""

    def __init__(self, line: int, message: str) -> None:
        """Name the line in the text of the error."""
        super().__init__(f"line {line}: {message}")
        self.line = line


def due_rows(stream: TextIO, calendar: Calendar) -> Iterator[tuple[str, datetime | None]]:
    """Yield (id, due) in the order of the rows, None for no due time; other columns are ignored.

    `pauses` is `from/to;from/to`, the last `to` may be missing. Instants without an offset are read as
    Asia/Shanghai. Raises RowError at the first row that cannot be read, after yielding those before it.
    """
    reader = csv.DictReader(stream)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise RowError(1, f"missing columns: {', '.join(missing)}")
    for row in reader:
        try:
            target = Target(_unit(row["unit"]), _whole(row["target"]))
            pauses = [_pause(text) for text in (row["pauses"] or "").split(";") if text.strip()]
            moment = due(calendar, _instant(row["start"]), target, pauses)
        except (CalendarError, ValueError, OverflowError, AttributeError, TypeError) as error:
            raise RowError(reader.line_num, str(error)) from error
        yield row["id"], moment


def written(moment: datetime | None) -> str:
    """Return an instant as the table has it: local, to the minute, with its offset; empty for none."""
    return "" if moment is None else moment.astimezone(ZONE).isoformat(timespec="minutes")


def _unit(text: str | None) -> Unit:
    known = [one.value for one in Unit]
    if (word := (text or "").strip()) not in known:
        raise ValueError(f"unit: {word!r} is none of {', '.join(known)}")
    return Unit(word)


def _whole(text: str | None) -> int:
    try:
        return int((text or "").strip())
    except ValueError:
        raise ValueError(f"target: {text!r} is no whole number") from None


def _instant(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time like 2020-06-05T16:50") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _pause(text: str) -> Pause:
    start, _, end = text.partition("/")
    return Pause(_instant(start), _instant(end) if end.strip() else None)
