"""The request as its enterprise sees it: plain words, no state codes, no persons, no internal entry."""

import datetime as dt
from typing import Any

from flask import session, url_for

from ticketing.domain import numbers
from ticketing.domain.clock import local
from ticketing.domain.vocabulary import (
    AGAIN,
    CLOSE_WORDS,
    PUBLIC_STATE_WORDS,
    RESULT_WORDS,
    TYPE_WORDS,
    CloseReason,
    Result,
    State,
    TicketType,
)
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.models import HistoryEntry, Ticket
from ticketing.services import attachments, case_pictures, case_public, clocks, judging
from ticketing.services.province import Province
from ticketing.web import merged, moments, ticket_view, timeline
from ticketing.web.calendar_strip import strip
from ticketing.web.context import now
from ticketing.web.forms import actions as forms
from ticketing.web.forms.base import Form
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named, words

#: The steps that leave the enterprise with an answer.
ANSWERS = frozenset({Action.ANSWER, Action.ANSWER_ON_CALL, Action.REJECT})
LEVELS = {
    State.AWAITING_REQUESTER: "soon",
    State.ANSWERED: "ok",
    State.CLOSED: "ok",
    State.SUSPENDED: "paused",
}
CASE_STEP_WORDS = {"done": N_("已完成"), "doing": N_("正在办"), "to_come": N_("还没开始")}
Typed = tuple[str, Form] | None


def present(ticket: Ticket, province: Province, typed: Typed) -> dict[str, Any]:
    """Return everything that the status page draws; enterprises print it."""
    moments.for_paper()
    lines = ticket_view.history_of(ticket.id)
    public = [line for line in lines if line.public]
    drawn = {
        "question": _question(ticket, public, province, typed),
        "answer": _answer(ticket, public, province, typed),
        "withdraw": _withdraw(ticket, typed),
        "attach": _attach(ticket, typed),
    }
    if last(public, Action.OPEN_CASE) is not None and case_pictures.barred(ticket):
        for taking in filter(None, (drawn["question"], drawn["attach"])):
            taking["form"].files.description = words(case_pictures.NOT_HERE)
    return drawn | {
        "view": _view(ticket, public, province),
        "refused": _refused(drawn, typed),
        "remind": _remind(ticket, public),
        "account_url": url_for("my.requests") if session.get("opened", {}).get("person") else "",
        "logout_url": url_for("status.leave"),
        "poll_url": url_for("status.news", since=ticket.history_seq),
        "reload_url": url_for("status.show"),
    }


def _view(ticket: Ticket, public: list[HistoryEntry], province: Province) -> dict[str, Any]:
    archive, drawn = province.archive, ticket_view.drawn_clock(clocks.read(ticket))
    topic, region = archive.topics.get(ticket.topic_code or ""), archive.regions.get(ticket.region_code or "")
    due = None
    if drawn is not None and drawn.clock.stopped_at is None:
        due = ticket_view.reading_of(drawn)
    state = State(ticket.state)
    return {
        "number": numbers.shown(ticket.number),
        "subject": ticket.subject,
        "body": ticket.body,
        "sentence": sentence(ticket),
        "level": LEVELS.get(state, "none"),
        "bureau": "" if state is State.NEW else named(archive.bureaus[ticket.bureau_code]),
        "due": due,
        "strip": strip(drawn.state, province.calendar_of(drawn.state), now()) if drawn else None,
        "reasons": reasons(ticket, public),
        "entries": timeline.entries(public, public=True),
        "case": _case(ticket, public),
        "together": merged.progress(ticket_view.history_of(ticket.head_id)) if ticket.head_id else [],
        "files": ticket_view.files(attachments.of_ticket(ticket, public_only=True), "status.file"),
        "facts": [
            (_("类型"), words(TYPE_WORDS[TicketType(ticket.type)])),
            (_("事项主题"), named(topic) if topic else ""),
            (_("所在地"), named(region) if region else ""),
            (_("收到时间"), moments.moment(ticket.received_at, now()).words),
        ],
    }


def _case(ticket: Ticket, public: list[HistoryEntry]) -> dict[str, Any] | None:
    """Return how far the case is that carries the request, in plain words and without a name."""
    if last(public, Action.OPEN_CASE) is None or (found := case_public.progress(ticket)) is None:
        return None
    english, at = language() == "en", now()
    return {
        "sentence": _("共 %(total)s 个环节，已完成 %(done)s 个。", total=len(found.steps), done=found.done),
        "next": moments.moment(found.next_at, at).words if found.next_at and not found.closed else "",
        "plan": moments.moment(found.plan_due_at, at).words if found.plan_due_at and not found.closed else "",
        "steps": [
            {
                "name": step.name_en if english else step.name_zh,
                "state": step.state,
                "word": words(CASE_STEP_WORDS[step.state]),
                "at": moments.moment(step.at, at),
            }
            for step in found.steps
        ],
    }


def sentence(ticket: Ticket) -> str:
    """Return the state in plain words; of a closed one how it ended."""
    again = ticket.state == State.IN_PROGRESS and ticket.contests
    said = words(AGAIN if again else PUBLIC_STATE_WORDS[State(ticket.state)])
    if not ticket.close_reason:
        return said
    return said + _("：") + words(CLOSE_WORDS[CloseReason(ticket.close_reason)])


def last(public: list[HistoryEntry], action: Action) -> HistoryEntry | None:
    """Return the newest line of an action."""
    return next((line for line in reversed(public) if line.action == action.value), None)


def reasons(ticket: Ticket, public: list[HistoryEntry]) -> list[str]:
    """Return why the clock stands or was lengthened, and who else is in it."""
    said = []
    if ticket.state == State.SUSPENDED and (line := last(public, Action.SUSPEND)):
        until = moments.moment(dt.datetime.fromisoformat(line.data["until"]), now()).words
        said.append(_("暂停到 %(until)s：%(why)s", until=until, why=line.text))
    if ticket.extended and (line := last(public, Action.EXTEND)):
        said.append(_("已延期：%(why)s", why=line.text))
    if progress := merged.told(ticket):
        said.append(
            _("与另一件相同的诉求一并办理：%(progress)s。您的编码、密码和时限不变。", progress=progress)
        )
    return said


def _refused(drawn: dict[str, Any], typed: Typed) -> dict[str, Any] | None:
    """Return what a step was refused for where its form cannot say so, with the words that were typed.

    The request may have moved on while somebody wrote: then the form is gone, and the words must not go with it.
    """
    if typed is None:
        return None
    name, form = typed
    answer = drawn["answer"] or {}
    places = {
        "supply": drawn["question"],
        "confirm": answer.get("confirm"),
        "contest": answer.get("contest"),
        "withdraw": drawn["withdraw"],
        "attach": drawn["attach"],
    }
    if places[name]:
        return {"sentences": form.form_errors, "typed": ""} if form.form_errors else None
    at_fields = [sentence for field in form for sentence in field.errors]
    words = next((form[field].data for field in ("text", "remark") if field in form), "")
    return {"sentences": [*form.form_errors, *at_fields], "typed": words or ""}


def _form(kind: type[Form], name: str, typed: Typed) -> Form:
    return typed[1] if typed and typed[0] == name else kind(formdata=None, prefix=name)


def _question(
    ticket: Ticket, public: list[HistoryEntry], province: Province, typed: Typed
) -> dict[str, Any] | None:
    line = last(public, Action.ASK_REQUESTER)
    if ticket.state != State.AWAITING_REQUESTER or line is None:
        return None
    until = dt.datetime.fromisoformat(line.data["until"])
    return {
        "text": line.text,
        "needed": "",
        "asked_by": named(province.archive.bureaus[line.bureau_code or ticket.bureau_code]),
        "due": moments.reading(until, now(), province.calendar_at(ticket.region_code)),
        "form": _form(forms.Supply, "supply", typed),
        "url": url_for("status.do", name="supply"),
    }


def answer_line(ticket: Ticket, public: list[HistoryEntry]) -> HistoryEntry | None:
    """Return the line of the answer that stands."""
    if ticket.state not in (State.ANSWERED, State.CLOSED):
        return None
    return next((line for line in reversed(public) if line.action in ANSWERS), None)


def _answer(
    ticket: Ticket, public: list[HistoryEntry], province: Province, typed: Typed
) -> dict[str, Any] | None:
    line = answer_line(ticket, public)
    if line is None:
        return None
    result = line.data.get("result")
    confirm = {"form": _form(forms.Confirm, "confirm", typed), "url": url_for("status.do", name="confirm")}
    return {
        "body": line.text,
        "result_word": words(RESULT_WORDS[Result(result)])
        if result
        else words(TABLE[Action(line.action)].word),
        "bureau": named(province.archive.bureaus[line.bureau_code or ticket.bureau_code]),
        "at": moments.moment(line.at, now()),
        "files": [],
        "confirm": confirm if ticket.state == State.ANSWERED else None,
        "contest": _contest(ticket, typed),
    }


def contest_until(ticket: Ticket) -> dt.datetime | None:
    """Return until when the answer may be contested; None where it may not any more."""
    until = (ticket.answered_at or now()) + judging.CONTEST_WITHIN
    return None if ticket.close_reason == CloseReason.WITHDRAWN or now() > until else until


def _contest(ticket: Ticket, typed: Typed) -> dict[str, Any] | None:
    until = contest_until(ticket)
    if until is None:
        return None
    return {
        "form": _form(forms.Contest, "contest", typed),
        "url": url_for("status.do", name="contest"),
        "until": moments.moment(until, now()),
    }


def may_remind(ticket: Ticket, public: list[HistoryEntry]) -> bool:
    """Tell whether the bureau may be reminded today."""
    line = last(public, Action.REMIND)
    today = line is not None and local(line.at).date() == local(now()).date()
    return State(ticket.state) in TABLE[Action.REMIND].sources and not today


def _remind(ticket: Ticket, public: list[HistoryEntry]) -> dict[str, str] | None:
    if not may_remind(ticket, public):
        return None
    return {"url": url_for("status.do", name="remind"), "note": _("一天可以催一次。")}


def _attach(ticket: Ticket, typed: Typed) -> dict[str, Any] | None:
    """Files that nobody asked for go in a fold of their own; where the bureau asks, they go with the reply."""
    if State(ticket.state) not in TABLE[Action.ATTACH].sources or ticket.state == State.AWAITING_REQUESTER:
        return None
    return {"form": _form(forms.Attach, "attach", typed), "url": url_for("status.do", name="attach")}


def _withdraw(ticket: Ticket, typed: Typed) -> dict[str, Any] | None:
    if ticket.state == State.CLOSED:
        return None
    return {"form": _form(forms.Withdraw, "withdraw", typed), "url": url_for("status.do", name="withdraw")}
