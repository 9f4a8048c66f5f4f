"""The roster as pages show it: who is on now, a week as a grid, gaps in words."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import url_for

from ticketing.domain.clock import LOCAL, local
from ticketing.domain.roster import DAY_WORDS, Span, Stretch
from ticketing.domain.vocabulary import PRESENCE_WORDS, PresenceState
from ticketing.models import DutyException, DutyLeave, DutyShift, Handover
from ticketing.services import duty as rosters
from ticketing.services import duty_gaps, presence
from ticketing.services.duty import Duty, Group
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, language, words
from ticketing.web.identity import shown_number
from ticketing.web.moments import DAY_WORDS as DAY_NAMES
from ticketing.web.moments import day as day_words
from ticketing.web.moments import moment, short_day

LEVELS = {
    PresenceState.READY: "ok",
    PresenceState.BUSY: "soon",
    PresenceState.WRAP_UP: "soon",
    PresenceState.PAUSE: "paused",
}
WEEK = dt.timedelta(days=7)
ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def named(group: Any) -> str:
    """Return the name of a group in the reader's language."""
    return group.name_en if language() == "en" else group.name_zh


def monday(of: dt.date) -> dt.date:
    """Return the first day of a week."""
    return of - dt.timedelta(days=of.weekday())


def midnight(day: dt.date) -> dt.datetime:
    """Return the beginning of a day here."""
    return dt.datetime.combine(day, dt.time(), LOCAL)


def overview(duty: Duty) -> list[dict[str, Any]]:
    """Return a line for each group: its lines and who is on now."""
    on = {group.id: duty.on(group, now()) for group in duty.groups.values()}
    everybody = sorted({account for accounts in on.values() for account in accounts})
    names, states = rosters.names(everybody), presence.states(everybody, now())
    return [
        {
            "name": named(group),
            "url": url_for("duty.group", group_id=group.id),
            "is_desk": group.is_desk,
            "lines": len(group.lines),
            "people": [person(names[one], states[one]) for one in on[group.id]],
            "members": len(group.members),
        }
        for group in sorted(duty.groups.values(), key=lambda one: (not one.is_desk, one.id))
    ]


def person(name: str, state: PresenceState | None) -> dict[str, str]:
    """Return a colleague and what they are doing."""
    if state is None:
        return {"name": name, "level": "none", "state": _("没有登录工作台")}
    return {"name": name, "level": LEVELS[state], "state": words(PRESENCE_WORDS[state])}


def gaps(rows: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Return known gaps as sentences, each with its group."""
    return [
        {
            "level": "soon" if gap.desk_takes_it else "over",
            "words": _gap_words(gap, named(group)) if group else words(duty_gaps.OF_NOBODY),
            "url": url_for("duty.group", group_id=group.id) if group else url_for("duty.overview"),
        }
        for gap, group in rows
    ]


def _gap_words(gap: Any, group: str) -> str:
    values = {"group": group, "start": moment(gap.starts_at, now()).words}
    began = gap.starts_at <= now()
    if gap.desk_takes_it:
        return (_("%(group)s 现在本组无人值班，来电由总值班席接听", **values) if began
                else _("%(group)s 从 %(start)s 起本组无人值班，来电由总值班席接听", **values))  # fmt: skip
    if began:
        return _("%(group)s 现在没有任何人值班", **values)
    return _("%(group)s 从 %(start)s 起没有任何人值班", **values)


def week(duty: Duty, group: Group, first: dt.date) -> dict[str, Any]:
    """Return a week of a group: a row a person, a cell a day, and below when nobody is there."""
    start, end = midnight(first), midnight(first) + WEEK
    names = rosters.names(group.members)
    stretches = duty.stretches(group, start, end)
    found = duty.gaps(group, start, end)
    days = [first + dt.timedelta(days=n) for n in range(7)]
    return {
        "days": [_day(one) for one in days],
        "rows": [
            {"name": names[account], "cells": [_cell(stretches, account, one) for one in days]}
            for account in group.members
        ],
        "gaps": [[_gap(gap, part) for gap in found for part in _within([gap.span], day)] for day in days],
        "any_gap": bool(found),
    }


def _gap(gap: rosters.Gap, part: Span) -> dict[str, str]:
    return {"level": "soon" if gap.desk_takes_it else "over", "hours": _hours(*part)}


def _day(day: dt.date) -> dict[str, Any]:
    return {
        "words": day_name(day),
        "date": short_day(day),
        "works": province().calendar.is_working_day(day),
        "today": day == local(now()).date(),
    }


def day_name(day: dt.date) -> str:
    """Return the name of a weekday."""
    return ENGLISH_DAYS[day.weekday()] if language() == "en" else f"周{DAY_NAMES[day.weekday()]}"


def _cell(stretches: Iterable[Stretch], account: int, day: dt.date) -> list[str]:
    """Return the hours of a person that begin on this day, or run in from before the week."""
    spans = [Span(one.start, one.end) for one in stretches if one.account_id == account]
    return [_hours(*span) for span in spans if local(span.start).date() == day]


def _within(spans: Iterable[Span], day: dt.date) -> list[Span]:
    start = midnight(day)
    end = start + dt.timedelta(days=1)
    return [Span(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]


def _hours(start: dt.datetime, end: dt.datetime) -> str:
    whole = end - start == dt.timedelta(days=1) and local(start).time() == dt.time()
    return _("全天") if whole else f"{local(start):%H:%M}–{local(end):%H:%M}"


def shifts(group_id: int, rows: Iterable[DutyShift], names: dict[int, str]) -> list[dict[str, Any]]:
    """Return the weekly patterns in words."""
    return [
        {
            "who": names.get(one.account_id, ""),
            "words": f"{_days_words(one.days)} {one.starts:%H:%M}–{one.ends:%H:%M}",
            "since": _since(one),
            "end_url": url_for("duty.end_shift", group_id=group_id, shift_id=one.id),
        }
        for one in rows
    ]


def _days_words(days: str) -> str:
    if days in DAY_WORDS:
        return words(DAY_WORDS[days])
    names = ENGLISH_DAYS if language() == "en" else [f"周{one}" for one in DAY_NAMES]
    if len(days) > 2 and days in "1234567":
        return _("%(since)s 至 %(until)s", since=names[int(days[0]) - 1], until=names[int(days[-1]) - 1])
    return _("、").join(names[int(digit) - 1] for digit in days)


def _since(shift: DutyShift) -> str:
    since, until = day_words(shift.since), day_words(shift.until) if shift.until else ""
    if until:
        return _("%(since)s 至 %(until)s", since=since, until=until)
    return _("%(since)s 起", since=since)


def changes(group_id: int, rows: Iterable[DutyException], names: dict[int, str]) -> list[dict[str, Any]]:
    """Return dated exceptions in words."""
    return [
        {
            "who": names.get(one.account_id, ""),
            "words": f"{day_words(one.day)} "
            + (f"{one.starts:%H:%M}–{one.ends:%H:%M}" if one.on else _("不上班")),
            "note": one.note,
            "end_url": url_for("duty.drop_change", group_id=group_id, exception_id=one.id),
        }
        for one in rows
    ]


def leaves(rows: Iterable[DutyLeave]) -> list[dict[str, Any]]:
    """Return leave in words."""
    rows = list(rows)
    names = rosters.names(one.account_id for one in rows)
    return [
        {
            "who": names[one.account_id],
            "words": _("%(since)s 至 %(until)s", since=moment(one.starts_at, now()).words,
                       until=moment(one.ends_at, now()).words),
            "reason": one.reason,
            "end_url": url_for("duty.end_leave", leave_id=one.id),
        }
        for one in rows
    ]  # fmt: skip


def own(found: Iterable[tuple[Group, Stretch]]) -> list[dict[str, Any]]:
    """Return a colleague's own shifts by day."""
    return [
        {
            "day": _(
                "%(day)s %(weekday)s",
                day=day_words(local(one.start).date()),
                weekday=day_name(local(one.start).date()),
            ),
            "hours": _hours(one.start, one.end),
            "group": named(group),
            "now": one.start <= now() < one.end,
        }
        for group, one in found
    ]


def handovers(
    rows: Iterable[Handover], names: dict[int, str], groups: dict[int, Group]
) -> list[dict[str, Any]]:
    """Return hand-overs in words."""
    return [
        {
            "from": names.get(one.from_id, ""),
            "to": names.get(one.to_id, ""),
            "group": named(groups[one.group_id]) if one.group_id in groups else "",
            "note": one.note,
            "duties": one.duties,
            "at": moment(one.at, now()),
            "taken": moment(one.taken_at, now()) if one.taken_at else None,
            "take_url": url_for("duty.take", handover_id=one.id),
        }
        for one in rows
    ]


def line_names(group: Group) -> list[str]:
    """Return the lines of a group in words."""
    hotlines = province().archive.hotlines
    return [
        f"{labelled(hotlines[number])} {shown_number(number)}" for number in group.lines if number in hotlines
    ]
