"""Why each clock of a ticket says what it says, as its page shows it: the strip, the days, the ledger, who had it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import ngettext

from sla.calendar import MADE_UP, WEEKEND, WORKING
from sla.explain import DayKind, DayRow
from sla.ledger import Entry, Kind, Part
from sla.rungs import Act as RungAct
from sla.truths import Truth
from sla.values import Target, Unit
from ticketing.domain.clock import local
from ticketing.domain.vocabulary import CLOCK_WORDS
from ticketing.domain.words import N_
from ticketing.models import CaseStep, Ticket
from ticketing.services import proof
from ticketing.services.proof import Told
from ticketing.services.rungs_told import AHEAD, RungTold
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import day, moment
from ticketing.web.ticket_view import DRAWN

ENTRY_WORDS = {
    Kind.STARTED: N_("开始计时"),
    Kind.PAUSED: N_("暂停"),
    Kind.RESUMED: N_("继续"),
    Kind.EXTENDED: N_("延期"),
    Kind.HANDED_OVER: N_("移交"),
    Kind.STOPPED: N_("停止"),
    Kind.SUPERSEDED: N_("按新规定重算"),
}
UNIT_WORDS = {
    Unit.WORKING_MINUTES: N_("%(n)s 工作分钟"),
    Unit.MINUTES: N_("%(n)s 分钟（全天候）"),
    Unit.SECONDS: N_("%(n)s 秒（全天候）"),
}
SECONDS = {Unit.MINUTES: 60, Unit.SECONDS: 1}
#: From here on minutes and seconds are told in larger units.
LONG = 2 * 3600
SPANS = ((86400, N_("%(n)s 天")), (3600, N_("%(n)s 个小时")), (60, N_("%(n)s 分")), (1, N_("%(n)s 秒")))
#: Reasons that the calendar gives itself; a holiday's name is its own.
REASON_WORDS = {WEEKEND: N_("周末"), MADE_UP: N_("调休上班"), WORKING: N_("平常工作日")}
KEPT = {True: (N_("按时"), "ok"), False: (N_("超时"), "over"), None: (N_("未到期"), "none")}
DEEDS = {
    RungAct.WARN: N_("提醒"),
    RungAct.URGE: N_("催办"),
    RungAct.SUPERVISE: N_("发督办单"),
    RungAct.PROPOSE_LIST: N_("建议通报"),
    RungAct.PROPOSE_CASE: N_("建议启动协调"),
    RungAct.LIST: N_("列入通报"),
}
LISTENERS = {
    "handler": N_("承办人"),
    "head": N_("承办单位负责人"),
    "supervisor": N_("督办员"),
    "duty_desk": N_("总值班席"),
    "duty_supervisor": N_("值班督办员"),
}
OUTCOMES = {
    "reached": (N_("已到"), "soon"),
    "late": (N_("已到，由后一级一并告知"), "soon"),
    "missed_on_import": (N_("导入时已过，没有通知"), "none"),
    AHEAD: (N_("还没到"), "none"),
}
CELLS = {DayKind.COUNTED: "done", DayKind.PAUSED: "paused"}
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


def present(ticket: Ticket) -> list[dict[str, Any]]:
    """Return the clocks of a ticket, each with what its due time rests on."""
    return [_clock(told) for told in proof.tell(ticket, province(), now())]


def present_step(step: CaseStep) -> list[dict[str, Any]]:
    """Return the clock of a step of a case likewise; none before it began."""
    return [
        _clock(told) | {"words": _("协调环节时限"), "drawn": True}
        for told in proof.tell_step(step, province(), now())
    ]


def _list_name(code: str) -> str:
    """Return the name of an enterprise list; of one that is not kept any more its code."""
    found = province().lists.by_code(code)
    return named(found) if found else code


def _clock(told: Told) -> dict[str, Any]:
    facts = told.explanation
    return {
        "words": words(CLOCK_WORDS[told.kind]),
        "target": amount(facts.target),
        "start": moment(facts.start, now()),
        "due": moment(facts.due, now()) if facts.due else None,
        "breached": told.reading.breached,
        "provisional": facts.provisional,
        "calendar": facts.calendar,
        "policy": told.entries[-1].policy,
        "lists": [_list_name(code) for code in told.lists],
        "pauses": [_pause(one.start, one.end) for one in facts.pauses],
        "days": [_day(row, local(now()).date()) for row in facts.rows],
        "drawn": told.kind in DRAWN,
        "truths": [_truth(truth) for truth in told.truths] if len(told.truths) > 1 else [],
        "lines": [_line(entry) for entry in told.entries],
        "rungs": [_rung(one) for one in told.rungs],
        "shares": shares(told.parts, facts.target.unit, told.day_seconds),
    }


def _rung(told: RungTold) -> dict[str, Any]:
    """Return one rung of the ladder: when, what happens, who hears of it, and whether it has come."""
    rung, (word, level) = told.rung, OUTCOMES[told.outcome]
    if rung.offset is not None:
        when = _("到期后 %(span)s", span=amount(rung.offset))
    else:
        when = _("时限的 %(percent)s%%", percent=rung.percent) if rung.before_due else _("到期")
    return {
        "when": when,
        "at": moment(told.at, now()),
        "deeds": _("、").join(words(DEEDS[one]) for one in rung.acts),
        "to": _("、").join(words(LISTENERS[one]) if one in LISTENERS else one for one in rung.to),
        "word": words(word),
        "level": level,
    }


def amount(target: Target) -> str:
    """Return a target in words; time around the clock in its largest units: nobody reckons in 374,804 seconds."""
    if target.unit is Unit.WORKING_DAYS:
        return ngettext("%(num)s 个工作日", "%(num)s 个工作日", target.amount)
    seconds = target.amount * SECONDS.get(target.unit, 0)
    if seconds < LONG:
        return words(UNIT_WORDS[target.unit], n=target.amount)
    found = []
    for length, word in SPANS:
        count, seconds = divmod(seconds, length)
        if count:
            found.append(words(word, n=count))
    return _("%(span)s（全天候）", span=" ".join(found))


def _pause(start: Any, end: Any) -> str:
    until = moment(end, now()).words if end else _("至今")
    return f"{moment(start, now()).words} – {until}"


def _day(row: DayRow, today: dt.date) -> dict[str, Any]:
    if row.kind is DayKind.COUNTED and row.number:
        said = _("第 %(n)s 个工作日", n=row.number)
    elif row.kind is DayKind.COUNTED:
        said = _("计时")
    else:
        said = _("不计")
    return {
        "kind": CELLS.get(row.kind, "off") if row.day <= today or row.kind is DayKind.PAUSED else _ahead(row),
        "date": day(row.day),
        "weekday": words(WEEKDAYS[row.day.weekday()]),
        "said": said,
        "reason": words(REASON_WORDS.get(row.reason, row.reason)),
        "provisional": row.provisional,
    }


def _ahead(row: DayRow) -> str:
    return "left" if row.kind is DayKind.COUNTED else "off"


def _truth(truth: Truth) -> dict[str, Any]:
    """Return one promise of several, and whether it was kept."""
    word, level = KEPT[truth.kept]
    return {
        "since": moment(truth.since, now()),
        "words": words(ENTRY_WORDS[truth.kind]),
        "target": amount(truth.target),
        "due": moment(truth.due, now()) if truth.due else None,
        "kept_word": words(word),
        "level": level,
    }


def _line(entry: Entry) -> dict[str, Any]:
    bureau = province().archive.bureaus.get(entry.holder)
    details = [amount(entry.target)] if entry.target else []
    details += [named(bureau)] if bureau else []
    return {
        "at": moment(entry.at, now()),
        "words": words(ENTRY_WORDS[entry.kind]),
        "details": _("，").join(details),
        "actor": entry.actor,
        "versions": f"{entry.policy} · {entry.calendar}",
    }


def shares(parts: Sequence[Part], unit: Unit, day_seconds: int) -> list[dict[str, str]]:
    """Return who used how much: working days, or hours of clocks that run around the clock."""
    return [
        {
            "holder": _bureau(part.holder),
            "used": _("%(n)s 小时", n=f"{part.seconds / 3600:.1f}")
            if unit.round_the_clock
            else _("%(n)s 个工作日", n=f"{part.seconds / day_seconds:.1f}"),
            "returned": _("已退单") if part.returned else "",
            "bearer": _("计在%(bureau)s名下", bureau=_bureau(part.bearer))
            if part.bearer != part.holder
            else "",
        }
        for part in parts
    ]


def _bureau(code: str) -> str:
    bureau = province().archive.bureaus.get(code)
    return named(bureau) if bureau else code
