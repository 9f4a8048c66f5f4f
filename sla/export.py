"""An export of clocks as text that anybody can check: the notices, the policies, each ledger and what it showed.

JSON lines: a header (`at`, `calendars`, `policies`: the published documents), one line a clock (`id`, `number`,
`clock`, `entries`, `shown`), and an end (`clocks`, `digest`: SHA-256 of all lines before it). Instants are ISO
8601 in UTC, to the second.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sla.derived import Derived
from sla.ledger import Entry, Kind
from sla.values import Target, Unit

FORMAT = 1


class ExportError(ValueError):
    """A file that is no export."""


class Altered(ExportError):
    """An export that was changed or cut since it was written."""


@dataclass(frozen=True, slots=True)
class Header:
    """When the export was made and the documents in force until then, oldest first."""

    at: datetime
    calendars: Sequence[Mapping[str, object]]
    policies: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock with the lines of its ledger, by their numbers, and what the system showed of it."""

    id: int
    number: str
    clock: str
    entries: Sequence[tuple[int, Entry]]
    shown: Derived


def write(header: Header, clocks: Iterable[Kept]) -> Iterator[str]:
    """Return the lines of an export, each with its end of line."""
    digest, count = hashlib.sha256(), 0
    head = {
        "format": FORMAT,
        "at": _text(header.at),
        "calendars": header.calendars,
        "policies": header.policies,
    }
    yield _line(head, digest)
    for kept in clocks:
        count += 1
        yield _line(_clock(kept), digest)
    yield _line({"clocks": count, "digest": digest.hexdigest()}, digest)


def read(lines: Iterable[str]) -> tuple[Header, Iterator[Kept]]:
    """Return the header and the clocks of an export; that it is whole is found at its end.

    Raises:
        ExportError: not an export, or a line of it is none.
        Altered: at its end, when it was changed since it was written, or cut off.
    """
    rest = iter(lines)
    first = next(rest, "")
    head = _parsed(first)
    if head.get("format") != FORMAT:
        raise ExportError(f"not an export of format {FORMAT}")
    header = Header(_instant(head["at"]), head["calendars"], head["policies"])
    return header, _clocks(rest, hashlib.sha256(first.encode()))


def _clocks(lines: Iterator[str], digest: Any) -> Iterator[Kept]:
    for count, line in enumerate(lines):
        row = _parsed(line)
        if "digest" in row:
            if row != {"clocks": count, "digest": digest.hexdigest()}:
                raise Altered("the file was changed after it was written: its digest does not fit")
            return
        digest.update(line.encode())
        yield _kept(row)
    raise Altered("the file ends before its end: a part is missing")


def _parsed(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ExportError(f"not an export: {error}") from None
    if not isinstance(row, dict):
        raise ExportError("not an export: a line is no object")
    return row


def _line(row: Mapping[str, Any], digest: Any) -> str:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"
    digest.update(text.encode())
    return text


def _clock(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.id,
        "number": kept.number,
        "clock": kept.clock,
        "entries": [_entry_row(seq, entry) for seq, entry in kept.entries],
        "shown": {name: _plain(value) for name, value in kept.shown._asdict().items()},
    }


def _kept(row: Mapping[str, Any]) -> Kept:
    try:
        shown = row["shown"]
        return Kept(
            id=row["id"],
            number=row["number"],
            clock=row["clock"],
            entries=[(one["seq"], _entry(one)) for one in row["entries"]],
            shown=Derived(**{name: _value(name, shown[name]) for name in Derived._fields}),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ExportError(f"clock {row.get('id')}: {error!r}") from None


def _entry_row(seq: int, entry: Entry) -> dict[str, Any]:
    row = {
        "seq": seq,
        "kind": entry.kind.value,
        "at": _text(entry.at),
        "actor": entry.actor,
        "reason": entry.reason,
        "policy": entry.policy,
        "calendar": entry.calendar,
        "holder": entry.holder,
        "due_version": entry.due_version,
    }
    return (
        row
        if entry.target is None
        else row | {"unit": entry.target.unit.value, "amount": entry.target.amount}
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        kind=Kind(row["kind"]),
        at=_instant(row["at"]),
        actor=row["actor"],
        reason=row["reason"],
        target=Target(Unit(row["unit"]), row["amount"]) if "unit" in row else None,
        policy=row["policy"],
        calendar=row["calendar"],
        holder=row["holder"],
        due_version=row["due_version"],
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _plain(value: object) -> object:
    return _text(value) if isinstance(value, datetime) else value


def _value(name: str, value: Any) -> Any:
    return _instant(value) if name.endswith("_at") and value is not None else value
