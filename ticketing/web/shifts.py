"""Leave, a colleague's own shifts, and handing over."""

import datetime as dt

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.services import accounts
from ticketing.services import duty as rosters
from ticketing.services import duty_keeping as keeping
from ticketing.web import duty_view
from ticketing.web.context import act, now, province
from ticketing.web.duty import Page, back, drawn, duty, people_in
from ticketing.web.forms import duty as forms
from ticketing.web.forms.base import option
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _

OWN_DAYS = dt.timedelta(days=14)


@duty.get("/duty/mine")
@needs(Permission.SEE_SHIFTS)
def mine() -> Page:
    """Show a colleague's own shifts, what was handed over to them, and the form for handing over."""
    return _mine()


def _mine(form: forms.HandOver | None = None) -> Page:
    me = act().actor.account_id or 0
    loaded = rosters.load(now(), now() + OWN_DAYS, province())
    groups = rosters.groups_of(me, loaded)
    form = form or _handing(forms.HandOver(formdata=None), groups, me)
    waiting = keeping.waiting_for(me)
    page = render_template(
        "duty/mine.html",
        rows=duty_view.own(rosters.mine(me, now(), now() + OWN_DAYS, loaded)),
        waiting=duty_view.handovers(waiting, people_in(waiting), loaded.groups),
        form=form if groups else None,
        url=url_for("duty.hand_over"),
    )
    return (page, 422) if form.errors or form.form_errors else page


def _handing(form: forms.HandOver, groups: list[rosters.Group], me: int) -> forms.HandOver:
    names = rosters.names(account for group in groups for account in group.members)
    form.group.choices = [option(str(one.id), duty_view.named(one)) for one in groups]
    form.to.choices = [option(str(one), name) for one, name in names.items() if one != me]
    return form


@duty.post("/duty/handover")
@needs(Permission.SEE_SHIFTS)
def hand_over() -> Page:
    """Hand the shift over: a note, and the open duties along with it."""
    me = act().actor.account_id or 0
    groups = rosters.groups_of(me, rosters.load(now(), now(), province()))
    form = _handing(forms.HandOver(), groups, me)
    if form.validate():
        try:
            with transaction():
                row = keeping.group(form.group.data)
                keeping.hand_over(row, me, form.to.data, form.note.data, now())
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已交班。接班的同事确认后，这里会显示。"), "ok")
            return redirect(url_for("duty.mine"))
    return _mine(form)


@duty.post("/duty/handover/<int:handover_id>/take")
@needs(Permission.SEE_SHIFTS)
def take(handover_id: int) -> Redirect:
    """Take a shift over."""
    with transaction():
        keeping.take_over(handover_id, act().actor.account_id or 0, now())
    flash(_("已接班。"), "ok")
    return redirect(url_for("duty.mine"))


@duty.route("/duty/leave", methods=["GET", "POST"])
@needs(Permission.KEEP_ROSTER)
def leave() -> Page:
    """Note who is away, and see who is."""
    form = forms.LeaveForm()
    if form.validate_on_submit():
        try:
            with transaction():
                _away(form)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("请假已登记，排班和缺口已按此重新计算。"), "ok")
            return redirect(url_for("duty.leave"))
    rows = keeping.leaves_from(now())
    return drawn("duty/leave.html", form, rows=duty_view.leaves(rows), back=back())


def _away(form: forms.LeaveForm) -> None:
    account = accounts.by_username(form.account.data.strip())
    keeping.note_leave(
        account.id if account else 0,
        duty_view.midnight(form.first.data),
        duty_view.midnight(form.last.data + dt.timedelta(days=1)),
        reason=form.reason.data,
        by=act().actor.account_id or 0,
    )


@duty.post("/duty/leave/<int:leave_id>/end")
@needs(Permission.KEEP_ROSTER)
def end_leave(leave_id: int) -> Redirect:
    """Somebody is back earlier, or does not go."""
    with transaction():
        keeping.end_leave(leave_id, now())
    flash(_("已销假。"), "ok")
    return redirect(url_for("duty.leave"))
