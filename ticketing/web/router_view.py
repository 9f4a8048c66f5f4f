"""The router's figures as its page draws them: numbers, plots with every point a link, tables that say the same."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from ticketing.domain.vocabulary import RETURN_WORDS, ReturnReason
from ticketing.domain.words import N_
from ticketing.models import RoutingModel, RoutingRun
from ticketing.models.routing import PUBLISHED, RETIRED, SHELVED, WITHDRAWN
from ticketing.services import router_figures
from ticketing.services.lessons import Lesson
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment

#: The size of a plot in its own units; the page scales it.
WIDTH, HEIGHT, LEFT, BOTTOM = 480, 220, 44, 28
KINDS = ("auto", "propose", "abstain")


def share(part: int, whole: int) -> str:
    """Return a part in per cent; nothing of nothing is no figure."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def headline(weeks: Sequence[Any], period: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the four figures at the top, each with the list that it opens."""
    total = {name: sum(getattr(row, name) for row in weeks)
             for name in ("ended", "first_right", "auto", "auto_right", "proposed", "abstained")}  # fmt: skip

    def one(value: str, said: str, **where: Any) -> dict[str, str]:
        return {
            "value": value,
            "words": said,
            "url": url_for("routing.tickets", **period, **where),
            "level": "none",
        }

    return [
        one(share(total["first_right"], total["ended"]), _("首派准确：首次派到的单位就是办结单位"), wrong=1),
        one(share(total["auto"], total["ended"]), _("自动派单占比"), kind="auto"),
        one(share(total["auto_right"], total["auto"]), _("自动派单准确"), kind="auto", wrong=1),
        one(share(total["abstained"], total["ended"]), _("拿不准，交给人"), kind="abstain"),
    ]


def _x(place: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - 12) * (place + 0.5) / max(1, count), 1)


def _y(value: float) -> float:
    return round(10 + (HEIGHT - BOTTOM - 10) * (1 - value), 1)


def trend(weeks: Sequence[Any], period: Mapping[str, Any]) -> dict[str, Any]:
    """Return the weekly line of first dispatches that were right."""
    points = [
        {
            "x": _x(place, len(weeks)),
            "y": _y(row.first_right / row.ended if row.ended else 0),
            "label": f"{row.week:%m-%d}",
            "words": _("%(week)s 起一周：%(share)s，共 %(count)s 件", week=f"{row.week:%Y-%m-%d}",
                       share=share(row.first_right, row.ended), count=row.ended),
            "url": url_for("routing.tickets", **dict(period) | {"weeks": None, "week": row.week.isoformat()}, wrong=1),
        }
        for place, row in enumerate(weeks)
    ]  # fmt: skip
    return {
        "title": _("每周首派准确率"),
        "points": points,
        "line": _line(points),
        "diagonal": "",
        "axis": AXIS,
    }


def calibration(tenths: Sequence[Any], period: Mapping[str, Any]) -> dict[str, Any]:
    """Return the curve: what was said (across) against how often it was so (up); on the diagonal it is true."""
    points = [
        {
            "x": _x(row.tenth, 10),
            "y": _y(row.right / row.said),
            "label": f"{row.tenth * 10 + 5}%",
            "words": _("说 %(low)s–%(high)s%% 的 %(count)s 件，实际 %(share)s", low=row.tenth * 10,
                       high=row.tenth * 10 + 10, count=row.said, share=share(row.right, row.said)),
            "url": url_for("routing.tickets", **period, tenth=row.tenth),
        }
        for row in tenths
    ]  # fmt: skip
    diagonal = f"{_x(0, 10)},{_y(0.05)} {_x(9, 10)},{_y(0.95)}"
    return {"title": _("说的把握与实际相符的程度"), "points": points, "line": _line(points),
            "diagonal": diagonal, "axis": AXIS}  # fmt: skip


AXIS = [{"y": _y(value), "words": f"{value:.0%}"} for value in (0.0, 0.5, 1.0)]


def _line(points: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(f"{point['x']},{point['y']}" for point in points)


def confusions(rows: Sequence[Any], period: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return where the router pointed and where it ended instead."""
    archive = province().archive
    return [
        {
            "top": named(archive.bureaus[row.top_code]) if row.top_code in archive.bureaus else row.top_code,
            "ended": named(archive.bureaus[row.ended_code]),
            "count": row.tickets,
            "url": url_for("routing.tickets", **period, top=row.top_code, ended=row.ended_code),
        }
        for row in rows
    ]


def returns(rows: Sequence[Any], weeks: int) -> list[dict[str, Any]]:
    """Return the returns by reason."""
    return [
        {
            "reason": words(RETURN_WORDS[ReturnReason(row.reason_code)]),
            "asked": row.asked,
            "upheld": row.upheld,
            "refused": row.refused,
            "waiting": row.waiting,
            "url": url_for("routing.tickets", weeks=weeks, returned=row.reason_code),
        }
        for row in rows
    ]


def models(
    rows: Sequence[RoutingModel], runs: Mapping[int, RoutingRun], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Return the shelf: each version, what it was trained on, what its replay said, what can be done with it."""
    states = {PUBLISHED: _("正在使用"), RETIRED: _("用过"), SHELVED: _("待发布"), WITHDRAWN: _("已退回")}
    return [
        {
            "version": row.version,
            "state": states[row.state],
            "level": "ok" if row.state == PUBLISHED else "none",
            "trained": moment(row.trained_at, now()),
            "by": names.get(row.published_by_id or 0, ""),
            "published": moment(row.published_at, now()) if row.published_at else None,
            "examples": row.metrics.get("examples", 0),
            "lessons": row.metrics.get("lessons", 0),
            "replay": replay(runs[row.id]) if row.id in runs else None,
            "publish_url": "" if row.state == PUBLISHED else url_for("routing.publish", version=row.version),
            "replay_url": "" if row.state == PUBLISHED else url_for("routing.replay", version=row.version),
        }
        for row in rows
    ]


def replay(run: RoutingRun) -> dict[str, Any]:
    """Return what a replay said, or how far it has come."""
    figures = run.figures
    looked = figures.get("looked", 0)
    if run.finished_at is None:
        said = (
            _("正在重放：%(looked)s / %(total)s", looked=looked, total=run.total)
            if run.model_id
            else _("等待训练")
        )
    elif run.outcome == "same":
        said = _("和正在使用的模型相同，没有什么可发布。")
    else:
        said = _(
            "重放 %(looked)s 件：会改派 %(moved)s 件，其中 %(to)s 件派到办结单位，%(away)s 件离开办结单位",
            looked=looked, moved=figures.get("moved", 0), to=figures.get("to_end", 0), away=figures.get("from_end", 0),
        )  # fmt: skip
    return {
        "words": said,
        "right": f"{share(figures.get('old_right', 0), looked)} → {share(figures.get('new_right', 0), looked)}",
        "auto": f"{share(figures.get('old_auto', 0), looked)} → {share(figures.get('new_auto', 0), looked)}",
        "running": run.finished_at is None,
        "by_rule": run.outcome == "published",
        "done": looked,
        "total": run.total,
        "url": url_for("routing.moves", run_id=run.id) if figures.get("moved") else "",
        "at": moment(run.asked_at, now()),
    }


LESSONS = {
    Lesson.CORRECTION: N_("%(who)s 更正，应由%(bureau)s承办（%(at)s）"),
    Lesson.UPHELD: N_("%(who)s 裁定退单成立，应由%(bureau)s承办（%(at)s）"),
    Lesson.REFUSED: N_("%(who)s 裁定退单不成立，由%(bureau)s承办（%(at)s）"),
}


def lesson(row: Any) -> str:
    """Return who taught what, and when."""
    bureau = named(province().archive.bureaus[row.right_code])
    at = moment(row.taught_at, now()).words
    return words(LESSONS[Lesson(row.source)], who=row.teacher, bureau=bureau, at=at)


def move(row: Any) -> str:
    """Return from where to where a ticket would have moved, and whether that was better."""
    archive = province().archive.bureaus

    def name(code: str | None) -> str:
        return named(archive[code]) if code in archive else _("拿不准")

    old, new = name(row.old_bureau_code), name(row.new_bureau_code)
    if row.new_bureau_code == row.ended_bureau_code:
        return _("%(old)s → %(new)s，办结单位", old=old, new=new)
    return _("%(old)s → %(new)s，办结在%(ended)s", old=old, new=new, ended=name(row.ended_bureau_code))


def period_tabs(weeks: int, choices: Sequence[int], model: str) -> list[dict[str, Any]]:
    """Return the choice of the period."""
    return [
        {"words": _("近 %(count)s 周", count=count), "here": count == weeks, "count": "",
         "url": url_for("routing.figures", weeks=count, model=model or None)}
        for count in choices
    ]  # fmt: skip


def since(weeks: int, at: dt.datetime) -> dt.datetime:
    """Return the instant at which the period begins, for what is counted by instants."""
    return at - (weeks - 1) * router_figures.WEEK - dt.timedelta(days=at.weekday() + 1)
