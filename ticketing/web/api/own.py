"""The enterprise's own request: read it, and everything that number and password allow."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app
from sqlalchemy import select

from ticketing.domain.errors import NotFound
from ticketing.extensions import db, transaction
from ticketing.models import Attachment, Ticket
from ticketing.services import handling, judging, moves, supervision
from ticketing.services.attachments import Upload
from ticketing.services.history import Act
from ticketing.web import files
from ticketing.web.api import view
from ticketing.web.api.parts import BODY, Blueprint, View, refuses
from ticketing.web.api.tokens import acting, own_request
from ticketing.web.context import province
from ticketing.web.schemas.base import Step
from ticketing.web.schemas.own import Confirmation, File, NewFile, Remark, Request, Statement

own = Blueprint("own", __name__, description="The request that the token opens")
PATH = "/requests/current"
SECURED = [{"ticket": []}]
Body = dict[str, Any]


def verb(path: str, schema: type[Step]) -> Callable[[View], View]:
    """Make a view of a verb: the token first, then the body; the answer is the request as it is now."""
    decorators = (
        own.arguments(schema, required=schema is Statement),
        refuses(own, 401, 409, *BODY),
        own.response(200, Request),
        own.doc(security=SECURED),
        own_request,
        own.post(f"{PATH}/{path}"),
    )

    def wrap(inner: View) -> View:
        for decorate in decorators:
            inner = decorate(inner)
        return inner

    return wrap


def _take(ticket: Ticket, body: Body, step: Callable[[Ticket, Act], None]) -> dict[str, Any]:
    """Take a step on the locked ticket and return the request as it is now."""
    with transaction():
        row = moves.locked(ticket.id, seen=body.get("version"))
        step(row, acting(row))
    return view.present(row)


@own.get(PATH)
@own_request
@own.doc(security=SECURED)
@own.response(200, Request)
@refuses(own, 401)
def read(ticket: Ticket) -> dict[str, Any]:
    """Read the request: state, bureau, deadline, history, question, answer, and what may be done."""
    return view.present(ticket)


@verb("supplements", Statement)
def supplement(body: Body, ticket: Ticket) -> dict[str, Any]:
    """Answer the bureau's question; the deadline runs again."""
    return _take(ticket, body, lambda row, act: handling.supply(row, body["text"], act))


@verb("confirmations", Confirmation)
def confirm(body: Body, ticket: Ticket) -> dict[str, Any]:
    """Accept the answer, with satisfaction where one likes."""
    said = {"ratings": body["ratings"], "text": body["text"]}
    return _take(ticket, body, lambda row, act: judging.confirm(row, act, **said))


@verb("contests", Statement)
def contest(body: Body, ticket: Ticket) -> dict[str, Any]:
    """Contest the answer, within 15 days; the bureau works again."""
    return _take(ticket, body, lambda row, act: judging.contest(row, body["text"], act, province()))


@verb("reminders", Remark)
def remind(body: Body, ticket: Ticket) -> dict[str, Any]:
    """Remind the bureau, once a day."""
    return _take(ticket, body, lambda row, act: supervision.remind(row, body["text"], act))


@verb("withdrawals", Remark)
def withdraw(body: Body, ticket: Ticket) -> dict[str, Any]:
    """Withdraw the request; that is final."""
    return _take(ticket, body, lambda row, act: judging.withdraw(row, body["text"], act))


@own.post(f"{PATH}/attachments")
@own_request
@own.doc(security=SECURED)
@own.response(201, File)
@refuses(own, 401, 409, 413, 415, 422)
@own.arguments(NewFile, location="files")
def attach(body: Body, ticket: Ticket) -> dict[str, Any]:
    """Add one file to an open request: picture, PDF, Word, Excel or text, told by its content."""
    upload = Upload(body["file"].filename or "", body["file"].read())
    with transaction():
        row = moves.locked(ticket.id)
        act = acting(row)
        kept = handling.attach(row, upload, act, most_bytes=current_app.config["UPLOAD_MAX_BYTES"])
    return view.file(kept)


@own.get(f"{PATH}/attachments/<int:file_id>")
@own_request
@own.doc(security=SECURED)
@own.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@refuses(own, 401, 404)
def download(file_id: int, ticket: Ticket) -> Response:
    """Fetch a file that the enterprise may see."""
    wanted = select(Attachment).where(
        Attachment.id == file_id, Attachment.ticket_id == ticket.id, Attachment.public
    )
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFound
    return files.serve(row)
