"""The supervisors' side of the telephone: 59 lines at a glance, figures, numbers that are asked for a message."""

import datetime as dt
import functools
from typing import Any, NamedTuple

from flask import current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.clock import LOCAL, local
from ticketing.domain.contact import mask_phone
from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.services import call_figures, duty_gaps, nuisance
from ticketing.services import duty as rosters
from ticketing.web import call_view, choices, duty_view
from ticketing.web.addresses import address
from ticketing.web.calls import unless_seen
from ticketing.web.context import act, now, province
from ticketing.web.forms.blocks import Block
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, language
from ticketing.web.moments import day as day_words
from ticketing.web.moments import moment
from ticketing.web.watch import watch

SPANS = {"today": 0, "week": 6, "month": 29}
DAY = dt.timedelta(days=1)
Page = str | tuple[str, int] | Redirect
NOTHING = (0, 0, "")


class _Tile(NamedTuple):
    """A line of the wall: how many ring and talk, how long one waits, whether anybody is on for it or at the desk."""

    name: str
    number: str
    ringing: int
    talking: int
    waits: str
    own: bool
    desk: bool
    #: Whether a roster is kept at all.
    known: bool


@watch.get("/watch/lines")
@needs(Permission.SEE_WATCH)
def lines() -> str:
    """Show each line: who rings, who waits, who talks, and where nobody is on duty."""
    return render_template(
        "watch/lines.html",
        **_lines(),
        live_url=address("watch.lines_live"),
        figures_url=address("watch.telephone"),
    )


@watch.get("/watch/lines/live")
@needs(Permission.SEE_WATCH)
def lines_live() -> Any:
    """Draw the lines anew; unchanged rows cost a 304."""
    return unless_seen("watch/lines_live.html", _lines)


def _lines() -> dict[str, Any]:
    moving, hotlines = call_figures.now_by_line(), province().directory.hotlines.values()
    duty = rosters.load(now(), now(), province())
    here = {group.id: len(duty.on(group, now())) for group in duty.groups.values()}
    desk, known = bool(duty.desk and here[duty.desk.id]), bool(here)
    tiles = []
    for line in hotlines:
        row, group = moving.get(line.number), duty.of_line(line.number)
        waits = call_view.seconds(row.since, None) if row and row.since else ""
        own = bool(group and here[group.id])
        happens = (row.ringing, row.talking, waits) if row else NOTHING
        tiles.append(_Tile(labelled(line), line.number, *happens, own, desk, known))
    where = (language(), request.root_path)
    return {
        "tiles": Markup("".join([_drawn(tile, *where) for tile in tiles])),  # noqa: S704  markup already
        "gaps": duty_view.gaps(duty_gaps.open_gaps(now())),
        "as_of": moment(now(), now()),
        "ringing": sum(tile.ringing for tile in tiles),
        "talking": sum(tile.talking for tile in tiles),
    }


@functools.lru_cache(maxsize=2_000)
def _drawn(tile: _Tile, _tongue: str, _mounted_at: str) -> str:
    """Draw a tile once for as long as it says the same."""
    template = current_app.jinja_env.get_template("watch/line_tile.html")
    return template.render(one=tile, said=_said(tile), url=address("calls.log", line=tile.number))


def _said(tile: _Tile) -> dict[str, str]:
    """Return what a line's tile says, the most pressing first."""
    if tile.known and not tile.own and not tile.desk:
        return {"level": "over", "words": _("无人值班")}
    if tile.ringing:
        return {"level": "soon", "words": _("来电中")}
    if tile.talking:
        return {"level": "ok", "words": _("通话中")}
    if tile.known and not tile.own:
        return {"level": "paused", "words": _("总值班席代接")}
    return {"level": "none", "words": _("空闲")}


@watch.get("/watch/telephone")
@needs(Permission.SEE_WATCH)
def telephone() -> str:
    """Show the figures of the telephone."""
    chosen = request.args.get("span", "today")
    chosen = chosen if chosen in SPANS else "today"
    midnight = dt.datetime.combine(local(now()).date(), dt.time(), LOCAL)
    line = request.args.get("line", "")
    line = line if line in province().archive.hotlines else ""
    found = call_figures.between(midnight - SPANS[chosen] * DAY, midnight + DAY, line)
    said = {"today": _("今天"), "week": _("7 天"), "month": _("30 天")}
    return render_template(
        "watch/telephone.html",
        tabs=[
            {
                "words": said[one],
                "url": address("watch.telephone", span=one, **({"line": line} if line else {})),
                "here": one == chosen,
                "count": "",
            }
            for one in SPANS
        ],
        figures=_totals(found),
        span=chosen,
        options=choices.drawn((("", _("全部")), *province().lines_by_language[language()]), line),
        lines=[_line(row, chosen) for row in found.lines],
        hours=_hours(found),
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


def _time(seconds: float | None) -> str:
    return "—" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _totals(found: call_figures.Figures) -> list[tuple[str, str, str]]:
    """Return (what, how much, of what) for the head of the page."""
    total, kept = found.total, found.kept
    owed = _("应回拨 %(n)s 件，还没打的 %(m)s 件", n=kept.duties, m=kept.untouched)
    return [
        (_("来电"), str(total.calls), ""),
        (_("15 秒内接起"), _share(total.in_time, total.answered), _("接起 %(n)s 个", n=total.answered)),
        (_("没接到"), str(total.lost), _("其中来电人放弃 %(n)s 个", n=total.abandoned)),
        (_("按时回拨"), _share(kept.in_time, kept.duties), owed),
        (_("平均通话"), _time(total.talk), ""),
        (_("挂断后登记用时"), _time(total.filing), _("现场数字为 2:30")),
        (_("重复来电"), str(found.repeat), _("个号码打来不止一次")),
    ]  # fmt: skip


def _line(row: Any, span: str) -> dict[str, Any]:
    known = province().archive.hotlines.get(row.hotline_number)
    return {
        "name": labelled(known) if known else row.hotline_number,
        "url": address("watch.telephone", span=span, line=row.hotline_number),
        "calls": row.calls,
        "calls_url": address("calls.log", line=row.hotline_number),
        "in_time": _share(row.in_time, row.answered),
        "lost": row.lost,
        "abandoned": row.abandoned,
        "lost_url": address("calls.log", line=row.hotline_number, outcome="lost"),
        "talk": _time(row.talk),
    }


def _hours(found: call_figures.Figures) -> list[dict[str, Any]]:
    """Return the hours of the day with the height of their bars, 100 for the fullest."""
    most = max((row.calls for row in found.hours.values()), default=0) or 1
    return [
        {
            "hour": hour,
            "calls": row.calls if row else 0,
            "lost": row.lost if row else 0,
            "height": round(100 * row.calls / most) if row else 0,
        }
        for hour in range(24)
        for row in [found.hours.get(hour)]
    ]


@watch.route("/watch/blocks", methods=["GET", "POST"])
@needs(Permission.KEEP_BLOCKS)
def blocks() -> Page:
    """Ask a number for a message; see which are, and review them."""
    form = Block()
    if form.validate_on_submit():
        until = dt.datetime.combine(form.until.data + DAY, dt.time(), LOCAL).astimezone(dt.UTC)
        try:
            with transaction():
                nuisance.block(form.number.data, form.reason.data, until, act())
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已限制。来电会先听到应急电话，并可以留言。"), "ok")
            return redirect(url_for("watch.blocks"))
    page = render_template(
        "watch/blocks.html", form=form, rows=[_block(row) for row in nuisance.listed(now())]
    )
    return (page, 422) if form.errors or form.form_errors else page


def _block(row: Any) -> dict[str, Any]:
    one = row.CallerBlock
    own = one.blocked_by_id == act().actor.account_id
    return {
        "number": mask_phone(one.number),
        "reason": one.reason,
        "by": row.by,
        "until": day_words((local(one.until) - dt.timedelta(seconds=1)).date()),
        "calls": row.calls,
        "runs": row.runs,
        "reviewer": row.reviewer or "",
        "review_url": url_for("watch.review_block", block_id=one.id)
        if row.runs and not own and not row.reviewer
        else "",
        "lift_url": url_for("watch.lift_block", block_id=one.id) if row.runs else "",
    }


@watch.post("/watch/blocks/<int:block_id>/review")
@needs(Permission.KEEP_BLOCKS)
def review_block(block_id: int) -> Redirect:
    """Agree with a colleague's block."""
    with transaction():
        nuisance.review(block_id, act())
    flash(_("已复核。"), "ok")
    return redirect(url_for("watch.blocks"))


@watch.post("/watch/blocks/<int:block_id>/lift")
@needs(Permission.KEEP_BLOCKS)
def lift_block(block_id: int) -> Redirect:
    """Let a number ring again."""
    with transaction():
        nuisance.lift(block_id, act())
    flash(_("已解除限制。"), "ok")
    return redirect(url_for("watch.blocks"))
