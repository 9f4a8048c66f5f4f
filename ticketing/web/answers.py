"""What the composer of answers asks for beside the ticket page: drafts, snippets, two texts side by side."""

import hashlib
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import diff, numbers
from ticketing.domain.errors import NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.snippets import filled
from ticketing.domain.workflow import Action
from ticketing.extensions import transaction
from ticketing.models import Attachment, Ticket
from ticketing.services import answer_drafts, snippets
from ticketing.services.answer_drafts import ANSWERS, Written
from ticketing.web import composer
from ticketing.web.context import act, now
from ticketing.web.files import serve
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.moments import moment
from ticketing.web.requests import row_id

answers = Blueprint("answers", __name__)
CHOICES = ("mine", "theirs", "both")


def _answering(ticket: Ticket) -> None:
    """Let in who may answer this ticket: others see no draft of anybody.

    Raises:
        NotFound: somebody else.
    """
    actor = act().actor
    if not (may(actor, Permission.HANDLE, ticket) or may(actor, Permission.ANSWER_ON_CALL, ticket)):
        raise NotFound


@answers.post("/tickets/<number>/draft/<name>")
@needs(Permission.READ_TICKET)
def draft(ticket: Ticket, name: str) -> tuple[str, int]:
    """Keep what is being typed."""
    _answering(ticket)
    if name not in ANSWERS:
        raise NotFound
    values = {
        one: request.form[f"{name}-{one}"] for one in answer_drafts.FIELDS if f"{name}-{one}" in request.form
    }
    with transaction():
        answer_drafts.save(ticket, values, act())
    return "", 204


@answers.get("/tickets/<number>/draft/files/<int:file_id>")
@needs(Permission.READ_TICKET)
def file(ticket: Ticket, file_id: int) -> Response:
    """Hand out a file of one's own draft."""
    own = answer_drafts.at_work(ticket, act().actor).mine
    rows: list[Attachment] = composer.attachments.of_draft(own) if own else []
    row = next((one for one in rows if one.id == file_id), None)
    if row is None:
        raise NotFound
    return serve(row)


@answers.get("/tickets/<number>/snippet")
@needs(Permission.READ_TICKET)
def snippet(ticket: Ticket) -> Response:
    """Return a snippet with its places filled for this ticket."""
    row = snippets.one(request.args.get("id", 0, type=row_id), act().actor)
    return jsonify(text=filled(row.text, composer.places(ticket)))


@answers.route("/tickets/<number>/compare/<key>", methods=["GET", "POST"])
@needs(Permission.READ_TICKET)
def compare(ticket: Ticket, key: str) -> str | tuple[str, int] | Redirect:
    """Show one's own draft beside what a colleague wrote, and put together what is chosen of both."""
    _answering(ticket)
    theirs = answer_drafts.by_key(ticket, key, act().actor)
    mine = answer_drafts.text_of(answer_drafts.at_work(ticket, act().actor).mine)
    parts = diff.chunks(mine, theirs.text)
    if request.method == "GET":
        return _page(ticket, theirs, parts, mine)
    if request.form.get("seen") != _digest(mine, theirs.text):
        return _page(ticket, theirs, parts, mine, changed=True), 409
    with transaction():
        answer_drafts.save(ticket, {"text": _chosen(parts, mine, theirs.text)}, act())
    composer.finished(ticket.number, Action.ANSWER)
    flash(_("已放进您的草稿，发送前可以再改。"), "ok")
    return redirect(url_for("tickets.show", number=ticket.number, _anchor=f"do-{Action.ANSWER.value}"))


def _chosen(parts: list[diff.Chunk], mine: str, theirs: str) -> str:
    whole = request.form.get("whole", "")
    if whole in ("mine", "theirs"):
        return mine if whole == "mine" else theirs
    named = {place: request.form.get(f"part-{place}", "mine") for place in range(len(parts))}
    return diff.merged(parts, {place: one for place, one in named.items() if one in CHOICES})


def _page(
    ticket: Ticket, theirs: Written, parts: list[diff.Chunk], mine: str, *, changed: bool = False
) -> str:
    choice: dict[str, Any] = {"mine": _("用我的"), "theirs": _("用对方的"), "both": _("两段都要")}
    return render_template(
        "ticket/compare.html",
        number=numbers.shown(ticket.number),
        subject=ticket.subject,
        who=theirs.name,
        at=moment(theirs.at, now()),
        parts=parts,
        choice=choice,
        differs=any(not one.same for one in parts),
        mine=mine,
        theirs=theirs.text,
        seen=_digest(mine, theirs.text),
        changed=changed,
        back={"words": _("回到工单"), "url": url_for("tickets.show", number=ticket.number)},
    )


def _digest(mine: str, theirs: str) -> str:
    return hashlib.blake2b(f"{mine}\0{theirs}".encode(), digest_size=12).hexdigest()
