"""The composer of answers on the ticket page: what was asked, the look before sending, snippets, who else writes.

`before` runs ahead of the verb and keeps what was typed whatever follows; `shown` hands the page its parts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, g, redirect, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import diff, numbers
from ticketing.domain.answer_check import Finding, Kind
from ticketing.domain.clock import local
from ticketing.domain.errors import DomainError
from ticketing.domain.snippets import appended, filled
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import transaction
from ticketing.models import Attachment, Draft, Ticket
from ticketing.services import answer_checks, answer_drafts, attachments, moves, snippets
from ticketing.services.answer_drafts import ANSWERS, Written
from ticketing.services.attachments import Added, Upload
from ticketing.web import moments, ticket_view
from ticketing.web.actions import VERBS
from ticketing.web.context import act, now, province
from ticketing.web.forms.base import Form
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.requests import row_id

KIND_WORDS = {
    Kind.UNANSWERED: N_("企业问过，答复里还没有说到"),
    Kind.PLACEHOLDER: N_("还有没填的空"),
    Kind.NAME: N_("写到了别人的姓名或名称"),
    Kind.PHONE: N_("写到了别人的手机号或证件号"),
    Kind.EXPIRED: N_("提到的政策已经失效"),
    Kind.REVIEW: N_("提到的政策到了复核日期"),
    Kind.COLLEAGUE: N_("同事也写了一份，还没有对照"),
}
DONE = "drafts_done"


@dataclass
class Look:
    """What the look before sending found, and which of it the person has seen."""

    findings: Sequence[Finding] = ()
    looked: bool = False
    checked: str = ""


def handled(action: Action) -> bool:
    """Tell whether a form comes from the composer, which keeps its files with the draft."""
    return action in ANSWERS and "checked" in request.form


def before(ticket: Ticket, action: Action, form: Form) -> int | Redirect | None:
    """Do what was asked beside sending, and look before it; None lets the answer go, else the page's status."""
    if not handled(action):
        return None
    step = request.form.get("step", "")
    if step == "discard":
        return _discard(ticket, action)
    if not _keep(ticket, action, form):
        return 422
    if step == "keep":
        flash(_("草稿已保存，同事和您在别的电脑上都能看到。"), "ok")
        return redirect(url_for("tickets.show", number=ticket.number, _anchor=f"do-{action.value}"))
    if step.startswith("drop-"):
        return _drop_file(ticket, row_id(step[5:]))
    if step == "snippet":
        return _insert(ticket, form)
    return None if _moved_on(ticket) else _look(ticket, form, asked=step == "check")


def _moved_on(ticket: Ticket) -> bool:
    """Tell whether somebody was quicker: then the step itself says so, before anything is looked at or sent."""
    seen = request.form.get("version", type=row_id)
    changes = moves.changes_since(ticket, seen) if seen is not None else []
    return any(one.action != Action.NOTE for one in changes)


def _keep(ticket: Ticket, action: Action, form: Form) -> bool:
    """Keep what was typed and the files; a file that is refused is told at its field."""
    values = {name: form[name].data or "" for name in answer_drafts.FIELDS if name in form}
    with transaction():
        draft = answer_drafts.save(ticket, values, act())
    try:
        with transaction():
            for upload in (form["files"].data or ()) if "files" in form else ():
                if upload and upload.filename:
                    added = Added(act().actor.name, now(), public=TABLE[action].public)
                    content = Upload(upload.filename, upload.read())
                    attachments.add(draft, content, added, most_bytes=current_app.config["UPLOAD_MAX_BYTES"])
    except DomainError as error:
        form.show(error)
        return False
    return True


def _discard(ticket: Ticket, action: Action) -> Redirect:
    with transaction():
        answer_drafts.discard(ticket, act())
    finished(ticket.number, action)
    flash(_("草稿已删除。"), "ok")
    return redirect(url_for("tickets.show", number=ticket.number))


def _drop_file(ticket: Ticket, file_id: int) -> int:
    with transaction():
        draft = answer_drafts.at_work(ticket, act().actor).mine
        attachments.drop([row for row in _files(draft) if row.id == file_id])
    return 200


def _files(draft: Draft | None) -> list[Attachment]:
    return attachments.of_draft(draft) if draft else []


def _insert(ticket: Ticket, form: Form) -> int:
    """Put a snippet behind what was typed: how it is done without JavaScript."""
    chosen = request.form.get("snippet", "", type=str)
    if chosen.isdigit():
        row = snippets.one(row_id(chosen), act().actor)
        form["text"].data = appended(form["text"].data or "", filled(row.text, places(ticket)))
        with transaction():
            answer_drafts.save(ticket, {"text": form["text"].data}, act())
    return 200


def places(ticket: Ticket) -> dict[str, str]:
    """Return what the places of a snippet become in an answer to this ticket; persons stay masked."""
    due = ticket.due_at
    return {
        "企业": ticket.enterprise,
        "编码": numbers.shown(ticket.number),
        "单位": named(province().archive.bureaus[ticket.bureau_code]),
        "期限": moments.dated(due).words if due else "",
        "今天": moments.day(local(now()).date()),
    }


def _look(ticket: Ticket, form: Form, *, asked: bool) -> int | None:
    lines = ticket_view.history_of(ticket.id)
    others = answer_drafts.at_work(ticket, act().actor).others
    text, cited = form["text"].data or "", form["cited"].data or ""
    colleagues = [
        f"{one.name}（{moments.moment(one.at, now()).words}）" for one in others if one.text != text
    ]
    found = answer_checks.look(ticket, lines, text, cited, now(), colleagues=colleagues)
    seen = set(request.form.get("checked", "").split("."))
    g.answer_look = Look(found, looked=True, checked=".".join(one.key for one in found))
    if asked:
        return 200
    if not form.validate():
        return None
    return 422 if any(one.key not in seen for one in found) else None


def sent(ticket: Ticket, action: Action) -> None:
    """The answer has gone out: its draft ends in the same transaction."""
    if action in ANSWERS:
        answer_drafts.done(ticket, act())


def finished(number: str, action: Action) -> None:
    """Let the next page of a ticket drop what this browser keeps of a form."""
    session[DONE] = [*session.get(DONE, ()), f"{numbers.shown(number)}-{action.value}"][-5:]


def drafts_done() -> list[str]:
    """Return what this browser may forget, once."""
    return session.pop(DONE, [])


def drafted(ticket: Ticket, possible: Collection[Action]) -> tuple[Action, Form] | None:
    """Return the form of the answer with one's own draft in it, where there is one."""
    action = next((one for one in ANSWERS if one in possible), None)
    if action is None:
        return None
    g.answers_at_work = work = answer_drafts.at_work(ticket, act().actor)
    if work.mine is None or not any(work.mine.data.values()):
        return None
    data = MultiDict({f"{action.value}-{name}": value for name, value in work.mine.data.items()})
    return action, VERBS[action].form(formdata=data, prefix=action.value)


def shown(ticket: Ticket, lines: Sequence[Any], possible: Collection[Action]) -> dict[str, Any] | None:
    """Return the parts of the composer, where an answer can be given."""
    action = next((one for one in ANSWERS if one in possible), None)
    if action is None:
        return None
    work = g.get("answers_at_work") or answer_drafts.at_work(ticket, act().actor)
    look: Look = g.get("answer_look") or Look()
    where = {"number": ticket.number}
    missing = {one.text for one in look.findings if one.kind is Kind.UNANSWERED}
    return {
        "id": action.value,
        "questions": [
            {"words": one.shown, "plea": one.plea, "open": one.text in missing}
            for one in answer_checks.asked(ticket, lines)
        ],
        "looked": look.looked,
        "checked": look.checked,
        "findings": _grouped(look.findings),
        "snippets": [
            {"id": row.id, "name": row.name, "short": row.short, "scope": row.scope}
            for row in snippets.seen_by(act().actor)
        ],
        "snippet_url": url_for("answers.snippet", **where),
        "autosave_url": url_for("answers.draft", **where, name=action.value),
        "saved": moments.moment(work.mine.updated_at, now()) if work.mine else None,
        "files": ticket_view.files(_files(work.mine), "answers.file", **where),
        "file_ids": [row.id for row in _files(work.mine)],
        "others": [_other(one, ticket) for one in work.others],
    }


def keys(possible: Collection[Action]) -> list[dict[str, str]]:
    """Return the keys of the composer."""
    action = next((one for one in ANSWERS if one in possible), None)
    return [{"key": "s", "words": _("插入常用语"), "focus": f"#{action.value}-snippet"}] if action else []


def _grouped(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {"words": words(word), "items": items}
        for kind, word in KIND_WORDS.items()
        if (items := [one.text for one in findings if one.kind is kind])
    ]


def _other(one: Written, ticket: Ticket) -> dict[str, Any]:
    return {
        "name": one.name,
        "at": moments.moment(one.at, now()),
        "url": url_for("answers.compare", number=ticket.number, key=one.key),
    }


def rival(ticket: Ticket, typed: tuple[Action, Form] | None, since: int | None) -> dict[str, Any] | None:
    """Return what a colleague has answered or handed in meanwhile, beside what was typed."""
    if typed is None or typed[0] not in ANSWERS or not typed[1]["text"].data:
        return None
    found = answer_drafts.said(ticket, since=since or 0, but=act().actor.account_id)
    if found is None or found.text == typed[1]["text"].data:
        return None
    return {**_other(found, ticket), "chunks": diff.chunks(typed[1]["text"].data, found.text)}
