"""The router's own pages: how well it does, what it learned, which model decides."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.models import RoutingRun
from ticketing.services import accounts, learning, router_figures, runs, shelf
from ticketing.services.router_figures import Period, Point
from ticketing.services.worklists import Cursor
from ticketing.web import router_view, rows
from ticketing.web.context import act, now
from ticketing.web.errors import status_of
from ticketing.web.forms.routing import PublishingRule
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.moments import moment
from ticketing.web.requests import row_id

routing = Blueprint("routing", __name__)
WEEKS = (4, 12, 26)
SHELF = 12
Page = str | tuple[str, int] | Redirect


@routing.get("/routing")
@needs(Permission.SEE_ROUTING)
def figures() -> str:
    """Show how well the router does."""
    weeks, model = _weeks(), request.args.get("model", "")
    period = Period.of(weeks, now(), model)
    where = {"weeks": weeks, "model": model or None}
    by_week = router_figures.by_week(period)
    return render_template(
        "routing/figures.html",
        tabs=router_view.period_tabs(weeks, WEEKS, model),
        model=model,
        figures=router_view.headline(by_week, where),
        ended=sum(row.ended for row in by_week),
        trend=router_view.trend(by_week, where),
        calibration=router_view.calibration(router_figures.calibration(period), where),
        confusions=router_view.confusions(router_figures.confusions(period), where),
        returns=router_view.returns(router_figures.returns(router_view.since(weeks, now()), now()), weeks),
        models_url=url_for("routing.models"),
    )


def _weeks() -> int:
    wanted = request.args.get("weeks", WEEKS[1], type=int)
    return wanted if wanted in WEEKS else WEEKS[1]


@routing.get("/routing/tickets")
@needs(Permission.SEE_ROUTING)
def tickets() -> str:
    """Show the tickets behind a figure."""
    after = Cursor.read(request.args.get("after"))
    asked = {name: request.args[name] for name in ("weeks", "week", "model", "kind", "tenth", "top", "ended", "wrong",
                                                   "returned") if name in request.args}  # fmt: skip
    if reason := request.args.get("returned", ""):
        page = router_figures.returned(reason, router_view.since(_weeks(), now()), act().actor, after)
    else:
        page = router_figures.tickets(_period(), _point(), act().actor, after)
    return rows.draw(
        _("这个数字背后的工单"),
        rows.present(page.rows),
        rows.nothing(_("没有您可以查看的工单。"), _("回到路由表现"), url_for("routing.figures")),
        columns={"bureau", "state"},
        **rows.pages("routing.tickets", page, **asked),
    )


def _period() -> Period:
    model = request.args.get("model", "")
    try:
        week = dt.date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return Period.of(_weeks(), now(), model)
    return Period(week, week, model)


def _point() -> Point:
    named = request.args.get
    return Point(
        kind=named("kind", ""),
        tenth=named("tenth", type=int),
        top=named("top", ""),
        ended=named("ended", ""),
        wrong="wrong" in request.args,
    )


@routing.get("/routing/models")
@needs(Permission.SEE_ROUTING)
def models() -> str:
    """Show the shelf: versions, their replays, and the rule for publishing."""
    return _draw_models(PublishingRule(formdata=None, data=runs.rule().__dict__))


def _draw_models(form: PublishingRule) -> str:
    shelved, latest = shelf.newest(SHELF), runs.newest(1)
    found = runs.newest_by_model([row.id for row in shelved])
    names = accounts.names_of({row.published_by_id for row in shelved if row.published_by_id})
    document = runs.rule_document()
    return render_template(
        "routing/models.html",
        models=router_view.models(shelved, found, names),
        run=router_view.replay(latest[0]) if latest and latest[0].finished_at is None else None,
        retrain_url=url_for("routing.retrain"),
        rollback_url=url_for("routing.rollback") if shelf.can_roll_back() else "",
        form=form,
        rule_url=url_for("routing.set_rule"),
        rule_by=document.author if document else "",
        rule_at=moment(document.loaded_at, now()) if document else None,
        figures_url=url_for("routing.figures"),
        lessons_url=url_for("routing.lessons"),
        fresh=learning.count_since(latest[0].asked_at if latest else None),
    )


@routing.get("/routing/lessons")
@needs(Permission.SEE_ROUTING)
def lessons() -> str:
    """Show what people taught: who, when, about which ticket."""
    page = learning.newest(act().actor, request.args.get("after", type=row_id))
    return rows.draw(
        _("派单员教给路由的"),
        rows.present(page.rows, {row.id: router_view.lesson(row) for row in page.rows}),
        rows.nothing(_("还没有更正、成立的退单或裁定。"), _("回到模型"), url_for("routing.models")),
        columns={"reason"},
        newer=url_for("routing.lessons") if "after" in request.args else "",
        older=url_for("routing.lessons", after=page.after.id) if page.after else "",
    )


@routing.post("/routing/runs")
@needs(Permission.MANAGE_ROUTING)
def retrain() -> Redirect:
    """Ask for a training on what was taught so far."""
    return _done(
        lambda: runs.ask(now(), by=act().actor.account_id), _("已开始训练，完成后会在这里看到重放结果。")
    )


@routing.post("/routing/models/<version>/replay")
@needs(Permission.MANAGE_ROUTING)
def replay(version: str) -> Redirect:
    """Ask for another replay of a model on the shelf."""
    ask = lambda: runs.ask(now(), by=act().actor.account_id, model=shelf.by_version(version))  # noqa: E731  a deed
    return _done(ask, _("已开始重放。"))


@routing.post("/routing/models/<version>/publish")
@needs(Permission.MANAGE_ROUTING)
def publish(version: str) -> Redirect:
    """Let a model decide from now on."""
    deed = lambda: shelf.publish(shelf.by_version(version), now(), by=act().actor.account_id)  # noqa: E731  a deed
    return _done(deed, _("已发布，新来的诉求由它判断。"))


@routing.post("/routing/rollback")
@needs(Permission.MANAGE_ROUTING)
def rollback() -> Redirect:
    """Go back to the model before."""
    return _done(lambda: shelf.rollback(now(), by=act().actor.account_id), _("已退回上一个模型。"))


def _done(deed: Any, said: str) -> Redirect:
    """Carry a deed out and come back to the shelf, which says what became of it."""
    try:
        with transaction():
            deed()
    except DomainError as error:
        flash(_(error.message), "over")
    else:
        flash(said, "ok")
    return redirect(url_for("routing.models"))


@routing.post("/routing/rule")
@needs(Permission.MANAGE_ROUTING)
def set_rule() -> Page:
    """Set when a new model publishes itself."""
    form = PublishingRule()
    if not form.validate():
        return _draw_models(form), status_of(DomainError()) if form.form_errors else 422
    rule = runs.Rule(
        automatic=bool(form.automatic.data),
        least_gain=form.least_gain.data or 0,
        most_away=float(form.most_away.data or 0),
        least_lessons=form.least_lessons.data or 0,
    )
    with transaction():
        runs.set_rule(rule, act().actor.name, now())
    flash(_("发布规则已更新。"), "ok")
    return redirect(url_for("routing.models"))


@routing.get("/routing/runs/<int:run_id>")
@needs(Permission.SEE_ROUTING)
def moves(run_id: int) -> str:
    """Show the tickets that a new model would have moved."""
    run: RoutingRun = runs.by_id(run_id)
    page = runs.moved(run, act().actor, request.args.get("after", type=row_id))
    why = {row.id: router_view.move(row) for row in page.rows}
    return rows.draw(
        _("会改派的工单"),
        rows.present(page.rows, why),
        rows.nothing(_("没有您可以查看的工单。"), _("回到模型"), url_for("routing.models")),
        lead=router_view.replay(run)["words"],
        columns={"reason"},
        newer=url_for("routing.moves", run_id=run_id) if "after" in request.args else "",
        older=url_for("routing.moves", run_id=run_id, after=page.after.id) if page.after else "",
    )
