"""The verbs of the ticket page: which form each has, what it calls, when it makes sense, which comes first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import may
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action, Step, actions_from
from ticketing.extensions import db
from ticketing.models import SupervisionOrder, Ticket
from ticketing.services import approvals, coordination, dispatch, handling, judging, linking, supervision
from ticketing.services.history import Act
from ticketing.services.province import Province
from ticketing.web.bureaus import resolve
from ticketing.web.forms import actions as forms
from ticketing.web.forms.base import Form
from ticketing.web.guard import by_number
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words

OPEN_ORDER = (
    select(SupervisionOrder)
    .where(SupervisionOrder.ticket_id == bindparam("ticket"), SupervisionOrder.replied_at.is_(None))
    .order_by(SupervisionOrder.id)
    .limit(1)
)
Run = Callable[[Ticket, Any, Act, Province], object]


@dataclass(frozen=True)
class Verb:
    """How a page takes a step of the workflow."""

    form: type[Form]
    run: Run
    key: str = ""
    grave: bool = False


def _confirm(ticket: Ticket, form: forms.Confirm, act: Act, _province: Province) -> None:
    judging.confirm(ticket, act, ratings=form.ratings(), text=form.remark.data or "")


def _case(ticket: Ticket, form: forms.Case, act: Act, province: Province) -> None:
    lead = resolve(form.bureau.data, province, field="bureau")
    opening = coordination.Opening(
        form.template_code.data, lead, form.aim.data, form.reason.data, like=int(form.like.data or 0) or None
    )
    coordination.open_case(ticket, opening, act, province)


def _return(ticket: Ticket, form: forms.Return, act: Act, province: Province) -> None:
    proposed = resolve(form.bureau.data, province, field="bureau") if form.bureau.data else None
    dispatch.return_ticket(ticket, form.reason_code.data, form.basis.data, proposed, act, province)


def _reply(ticket: Ticket, form: forms.ReplyOrder, act: Act, _province: Province) -> None:
    order = open_order(ticket)
    supervision.reply_order(ticket, order.id if order else 0, form.text.data, act)


def open_order(ticket: Ticket) -> SupervisionOrder | None:
    """Return the oldest order that waits for its reply."""
    return db.session.scalar(OPEN_ORDER, {"ticket": ticket.id})


VERBS: dict[Action, Verb] = {
    Action.ACCEPT: Verb(forms.Plain, lambda t, _f, a, _p: handling.accept(t, a), key="a"),
    Action.CONTACT: Verb(
        forms.Contact,
        lambda t, f, a, _p: handling.contact(t, a, how=f.how.data, whom=f.whom.data or "", text=f.text.data),
        key="c",
    ),
    Action.ANSWER: Verb(
        forms.Answer,
        lambda t, f, a, p: handling.propose_answer(
            t,
            a,
            p,
            result=f.result.data,
            text=f.text.data,
            basis=f.basis.data or "",
            cited=f.cited.data or "",
        ),
        key="e",
    ),
    Action.DISPATCH: Verb(
        forms.Dispatch,
        lambda t, f, a, p: dispatch.dispatch(
            t, resolve(f.bureau.data, p, field="bureau"), a, p, reason=f.reason.data or ""
        ),
        key="d",
    ),
    Action.ADJUDICATE: Verb(
        forms.Adjudicate,
        lambda t, f, a, p: dispatch.adjudicate(
            t, resolve(f.bureau.data, p, field="bureau"), a, p, reason=f.reason.data
        ),
        key="d",
    ),
    Action.ASK_REQUESTER: Verb(
        forms.Ask, lambda t, f, a, p: handling.ask_requester(t, f.text.data, a, p), key="q"
    ),
    Action.SUPPLY: Verb(forms.Supply, lambda t, f, a, _p: handling.supply(t, f.text.data, a)),
    Action.RESUME: Verb(forms.Plain, lambda t, _f, a, _p: handling.resume(t, a)),
    Action.FOLLOW_UP: Verb(
        forms.FollowUp,
        lambda t, f, a, p: judging.follow_up(
            t,
            a,
            reached=f.reached.data == "yes",
            text=f.text.data or "",
            works=p.calendar_at(t.region_code).is_working_day(local(a.now).date()),
        ),
        key="v",
    ),
    Action.CONFIRM: Verb(forms.Confirm, _confirm),
    Action.CONTEST: Verb(forms.Contest, lambda t, f, a, p: judging.contest(t, f.text.data, a, p)),
    Action.MESSAGE: Verb(
        forms.Words, lambda t, f, a, _p: handling.tell_requester(t, f.text.data, a), key="t"
    ),
    Action.NOTE: Verb(forms.Words, lambda t, f, a, _p: handling.note(t, f.text.data, a), key="m"),
    Action.ASSIGN: Verb(forms.Assign, lambda t, f, a, _p: handling.assign(t, f.account_id.data, a)),
    Action.EXTEND: Verb(
        forms.Extend, lambda t, f, a, p: handling.ask_extension(t, f.amount.data, f.reason.data, a, p)
    ),
    Action.SUSPEND: Verb(
        forms.Suspend,
        lambda t, f, a, p: handling.ask_suspension(
            t, a, p, ground=f.ground.data, days=f.days.data, reason=f.reason.data
        ),
    ),
    Action.RETURN: Verb(forms.Return, _return, key="r"),
    Action.REPLY_ORDER: Verb(forms.ReplyOrder, _reply),
    Action.SUPERVISE: Verb(forms.Reason, lambda t, f, a, p: supervision.supervise(t, f.reason.data, a, p)),
    Action.REMIND: Verb(forms.Remind, lambda t, f, a, _p: supervision.remind(t, f.text.data or "", a)),
    Action.OPEN_CASE: Verb(forms.Case, _case),
    Action.DISSOLVE: Verb(forms.Reason, lambda t, f, a, p: coordination.dissolve(t, f.reason.data, a, p)),
    Action.RECLASSIFY: Verb(
        forms.Reclassify, lambda t, f, a, p: dispatch.reclassify(t, f.type.data, f.urgency.data, a, p)
    ),
    Action.MERGE: Verb(forms.Other, lambda t, f, a, _p: linking.merge(t, _other(f), a)),
    Action.UNMERGE: Verb(forms.Plain, lambda t, _f, a, _p: linking.unmerge(t, a)),
    Action.ANSWER_ON_CALL: Verb(
        forms.AnswerOnCall, lambda t, f, a, _p: judging.answer_on_call(t, f.text.data, f.cited.data or "", a)
    ),
    Action.REJECT: Verb(
        forms.Reject,
        lambda t, f, a, p: judging.ask_rejection(
            t, a, p, reason=f.reason.data, basis=f.basis.data, right_door=f.right_door.data
        ),
        grave=True,
    ),
    Action.WITHDRAW: Verb(
        forms.Withdraw, lambda t, f, a, _p: judging.withdraw(t, f.text.data or "", a), grave=True
    ),
}
#: The next sensible step of each state, first of those that the person may take.
NEXT: dict[State, tuple[Action, ...]] = {
    State.NEW: (Action.ADJUDICATE, Action.DISPATCH),
    State.DISPATCHED: (Action.ACCEPT,),
    State.IN_PROGRESS: (Action.CONTACT, Action.ANSWER),
    State.AWAITING_REQUESTER: (Action.SUPPLY,),
    State.SUSPENDED: (Action.RESUME,),
    State.ANSWERED: (Action.FOLLOW_UP,),
}


def _other(form: forms.Other) -> Ticket:
    return by_number(form.number.data)


def possible(ticket: Ticket, act: Act, province: Province, *, ordered: bool) -> list[Step]:
    """Return the steps that this person can take on this ticket now, the next sensible one first.

    `ordered`: a supervision order waits for its reply.
    """
    order = {action: place for place, action in enumerate(VERBS)}
    steps = [
        step
        for step in actions_from(State(ticket.state))
        if step.action in VERBS
        and may(act.actor, step.permission, ticket)
        and (ordered or step.action is not Action.REPLY_ORDER)
        and _sensible(step.action, ticket, act, province)
    ]
    first = next((a for a in NEXT.get(State(ticket.state), ()) if a in {step.action for step in steps}), None)
    return sorted(steps, key=lambda step: (step.action is not first, order[step.action]))


#: Where the table allows a step and a ticket does not: a second extension, a return out of time …
SENSIBLE: dict[Action, Callable[[Ticket, Act, Province], bool]] = {
    Action.ANSWER: lambda ticket, _a, _p: ticket.state != State.COORDINATING,
    Action.CONTACT: lambda ticket, _a, _p: ticket.contacted_at is None,
    Action.ASK_REQUESTER: lambda ticket, _a, _p: ticket.questions < handling.QUESTIONS_MAX,
    Action.EXTEND: lambda ticket, _a, _p: not ticket.extended,
    Action.RETURN: lambda ticket, act, province: dispatch.may_return(ticket, act.now, province),
    Action.ADJUDICATE: lambda ticket, _a, _p: dispatch.pending_return(ticket) is not None,
    Action.DISPATCH: lambda ticket, _a, _p: dispatch.pending_return(ticket) is None,
    Action.MERGE: lambda ticket, _a, _p: ticket.head_id is None,
    Action.UNMERGE: lambda ticket, _a, _p: ticket.head_id is not None,
    Action.ANSWER_ON_CALL: lambda ticket, _a, _p: ticket.returns == 0,
}


def _sensible(action: Action, ticket: Ticket, act: Act, province: Province) -> bool:
    return action not in SENSIBLE or SENSIBLE[action](ticket, act, province)


def leads(name: str, ticket: Ticket) -> bool:
    """Tell whether a verb is the next sensible one of the ticket's state, drawn open and filled."""
    return name in NEXT.get(State(ticket.state), ())


def verb_of(name: str) -> tuple[Action, Verb]:
    """Return the verb of an address.

    Raises:
        Invalid: there is no such verb.
    """
    try:
        action = Action(name)
        return action, VERBS[action]
    except (ValueError, KeyError):
        raise Invalid(N_("没有这项操作。")) from None


def outcome(action: Action, ticket: Ticket) -> str:
    """Say what became of a step that was taken: done, or asked for and waiting for somebody's decision."""
    verb = words(TABLE[action].word)
    if approvals.pending(ticket, action) is not None:
        return _("%(verb)s：已提请审核，通过以后才生效。", verb=verb)
    return _("%(verb)s：已完成。", verb=verb)


def keys(drawn: Iterable[Mapping[str, Any]], waiting: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the keys of the steps that are drawn, and of a decision that waits for this person."""
    found = [
        {"key": one["key"], "words": one["verb"], "focus": f"#do-{one['id']}"} for one in drawn if one["key"]
    ]
    if any(one["form"] for one in waiting):
        found.append({"key": "p", "words": _("审核"), "focus": "#waiting"})
    return found
