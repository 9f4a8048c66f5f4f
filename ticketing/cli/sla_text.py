"""A clock's proof as text for a terminal and as plain values for `--json`."""

import datetime as dt
from typing import Any

from sla.explain import DayKind, DayRow
from sla.instants import ZONE
from sla.ledger import Part
from sla.values import Target
from ticketing.services.proof import Told
from ticketing.services.province import Province

MARKS = {DayKind.START: "·", DayKind.COUNTED: "■", DayKind.SKIPPED: " ", DayKind.PAUSED: "‖"}


def text(told: Told, province: Province) -> str:
    """Return the clock in lines: head, a strip of days, each day, who had it."""
    facts = told.explanation
    name = f"step {told.step}" if told.step else told.kind.value
    head = (
        f"{name}: {_amount(facts.target)} from {_local(facts.start)}, due {_local(facts.due)}"
        f"{' (provisional)' if facts.provisional else ''}, calendar {facts.calendar}"
    )
    lists = [f"  by enterprise list {_list(code, province)}" for code in told.lists]
    pauses = [f"  paused {_local(one.start)} – {_local(one.end)}" for one in facts.pauses]
    strip = "  " + "".join(MARKS[row.kind] for row in facts.rows)
    days = [_day(row) for row in facts.rows]
    return "\n".join([head, *lists, *pauses, strip, *days, *_shares(told, province), *promises(told)])


def promises(told: Told) -> list[str]:
    """Return each promise that was made, where there is more than one, and whether it was kept."""
    if len(told.truths) < 2:
        return []
    kept = {True: "kept", False: "broken", None: "open"}
    return [
        f"  promised {_local(one.since)}: {_amount(one.target)}, due {one.due.astimezone(ZONE):%a} {_local(one.due)}  "
        f"{kept[one.kept]} ({one.calendar})"
        for one in told.truths
        if one.due is not None
    ]


def _day(row: DayRow) -> str:
    place = f"{row.number:>3}" if row.number else "   "
    said = "counted" if row.kind is DayKind.COUNTED else row.kind.value
    return f"  {row.day} {row.day:%a} {place}  {said:<8} {row.reason}"


def _shares(told: Told, province: Province) -> list[str]:
    if told.explanation.target.unit.round_the_clock:
        used = [(part, f"{part.seconds / 60:.1f} min") for part in told.parts]
    else:
        used = [(part, f"{part.seconds / told.day_seconds:.1f} working days") for part in told.parts]
    return [
        f"  {_name(part, province)}: {words}{', returned' if part.returned else ''}" for part, words in used
    ]


def _name(part: Part, province: Province) -> str:
    bureau = province.archive.bureaus.get(part.holder)
    name = bureau.short_name_zh if bureau else part.holder
    borne = province.archive.bureaus.get(part.bearer)
    return name if part.bearer == part.holder or borne is None else f"{name} (borne by {borne.short_name_zh})"


def _list(code: str, province: Province) -> str:
    found = province.lists.by_code(code)
    return f"{code} {found.name_zh}" if found else code


def _amount(target: Target) -> str:
    return f"{target.amount} {target.unit.value.replace('_', ' ')}"


def _local(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}" if moment else "open"


def plain(told: Told) -> dict[str, Any]:
    """Return the same as values; instants with their offset, seconds whole."""
    facts = told.explanation
    return {
        "clock": told.kind.value,
        "bureau": told.bureau_code,
        "step": told.step or None,
        "started_at": _iso(facts.start),
        "target": {"unit": facts.target.unit.value, "amount": facts.target.amount},
        "due_at": _iso(facts.due),
        "provisional": facts.provisional,
        "breached": told.reading.breached,
        "elapsed": told.reading.elapsed,
        "remaining": told.reading.remaining,
        "calendar": facts.calendar,
        "enterprise_lists": list(told.lists),
        "pauses": [{"from": _iso(one.start), "to": _iso(one.end)} for one in facts.pauses],
        "days": [
            {"day": row.day.isoformat(), "kind": row.kind.value, "reason": row.reason, "number": row.number,
             "seconds": row.seconds, "provisional": row.provisional}
            for row in facts.rows
        ],
        "parts": [
            {"holder": one.holder, "bearer": one.bearer, "from": _iso(one.since), "to": _iso(one.until),
             "seconds": one.seconds, "returned": one.returned}
            for one in told.parts
        ],
        "promises": [
            {"since": _iso(one.since), "by": one.kind.value, "due": _iso(one.due), "kept": one.kept,
             "policy": one.policy, "calendar": one.calendar}
            for one in told.truths
        ],
        "ledger": [
            {"kind": one.kind.value, "at": _iso(one.at), "actor": one.actor, "reason": one.reason,
             "policy": one.policy, "calendar": one.calendar}
            for one in told.entries
        ],
    }  # fmt: skip


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(ZONE).isoformat() if moment else None
