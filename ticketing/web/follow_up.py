"""回访: what to say, what the enterprise said, and on to the next one."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import numbers
from ticketing.domain.clock import local
from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import RESULT_WORDS, Result, State
from ticketing.domain.workflow import Action
from ticketing.extensions import db, transaction
from ticketing.models import HistoryEntry, Ticket
from ticketing.services import follow_up_lists, judging, moves
from ticketing.web import rows, ticket_view
from ticketing.web.context import act, now, province
from ticketing.web.desk import desk
from ticketing.web.forms.calls import Visit
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment

Page = str | tuple[str, int] | Redirect


@desk.route("/desk/follow-ups/<number>", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP)
def follow_up(ticket: Ticket) -> Page:
    """Call the enterprise about an answer and take its word down."""
    form, identifier = Visit(), ticket.id
    if form.validate_on_submit():
        try:
            with transaction():
                _visited(moves.locked(identifier), form)
        except DomainError as error:
            form.show(error)
            ticket = db.session.get_one(Ticket, identifier)
        else:
            return _next()
    g.page_keys = [
        {"key": str(n), "words": str(one.label), "click": f"#outcome-{n - 1}"}
        for n, one in enumerate(form.outcome.choices, 1)
    ]
    page = render_template(
        "desk/follow_up.html",
        form=form,
        number=numbers.shown(ticket.number),
        subject=ticket.subject,
        said=ticket.body,
        url=url_for("tickets.show", number=ticket.number),
        reveal_url=url_for("tickets.reveal", number=ticket.number),
        people=ticket_view.people(ticket, act().actor),
        answered=_answer(ticket),
        due=rows.due_of(ticket),
        tries=[{"at": moment(one.at, now()), "text": one.text} for one in _tries(ticket)],
        script=_script(ticket),
        open=ticket.state == State.ANSWERED,
    )
    return (page, 422) if form.errors or form.form_errors else page


def _visited(ticket: Ticket, form: Visit) -> None:
    """Carry out what was said: the visit first, then the enterprise's verdict."""
    said, outcome = form.text.data or "", form.outcome.data
    works = province().calendar_at(ticket.region_code).is_working_day(local(now()).date())
    plain = said if outcome in ("later", "unreached") else ""
    judging.follow_up(ticket, act(), reached=outcome != "unreached", text=plain, works=works)
    if outcome == "confirmed":
        judging.confirm(ticket, act(), ratings=form.ratings(), text=said)
    elif outcome == "contested":
        judging.contest(ticket, said, act(), province())


def _next() -> Redirect:
    """Go on to the answer whose visit is due next."""
    flash(_("回访已记下。"), "ok")
    page = follow_up_lists.of(act().actor.grants).to_visit.by_due(None)
    if not page.rows:
        return redirect(url_for("desk.follow_ups"))
    return redirect(url_for("desk.follow_up", number=page.rows[0].number))


def _answer(ticket: Ticket) -> dict[str, Any] | None:
    """Return the newest answer: who gave it, when, what it achieved by the bureau's own word."""
    entry = db.session.scalar(
        select(HistoryEntry)
        .where(HistoryEntry.ticket_id == ticket.id, HistoryEntry.action == Action.ANSWER.value)
        .order_by(HistoryEntry.seq.desc())
        .limit(1)
    )
    if entry is None:
        return None
    return {
        "by": named(province().archive.bureaus[entry.bureau_code or ticket.bureau_code]),
        "at": moment(entry.at, now()),
        "text": entry.text,
        "result": words(RESULT_WORDS[Result(ticket.result)]) if ticket.result else "",
    }


def _tries(ticket: Ticket) -> list[HistoryEntry]:
    """Return the visits tried since the answer that stands; of a request that has none, all there were."""
    since = [] if ticket.answered_at is None else [HistoryEntry.at >= ticket.answered_at]
    wanted = select(HistoryEntry).where(
        HistoryEntry.ticket_id == ticket.id,
        HistoryEntry.action == Action.FOLLOW_UP.value,
        *since,
    )
    return list(db.session.scalars(wanted.order_by(HistoryEntry.seq)))


def _script(ticket: Ticket) -> list[str]:
    """Return what to say, in order."""
    bureau = named(province().archive.bureaus[ticket.bureau_code])
    return [
        _("您好，这里是企业诉求热线。您反映的“%(subject)s”，%(bureau)s已经答复，想听听您的意见。",
          subject=ticket.subject, bureau=bureau),
        _("答复您收到了吗？问题解决了没有？"),
        _("办理速度、服务态度、办理结果，1 到 5 分，您各打几分？"),
        _("不满意的话，哪里还没有解决？我们请承办单位重新办理，时限不重新计算。"),
    ]  # fmt: skip
