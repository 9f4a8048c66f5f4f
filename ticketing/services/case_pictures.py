"""Pictures and scans while the names of a case are secret: nothing here reads them, so they are kept from who may not.

On a ticket they are not taken; in a step of the case they are sealed, for those who may read the names, until secrecy
is lifted. A case whose secrecy was never lifted, because it was dissolved, keeps its names and so its tickets' rule.
"""

import io
import zipfile

from pypdf import PdfReader
from sqlalchemy import Select, exists, select

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseStep, CaseTicket, CoordinationCase, Ticket

NOT_HERE = N_(
    "名单依法保密期间，这里不能上传图片、扫描件和带图片的文件（系统读不出里面的字）。请改用文字或不带图片的文件，或者由承担环节的一方在协调事项的环节里上传。"
)
#: Where office documents keep pictures, and other documents inside them.
INSIDE = ("/media/", "/embeddings/")


def secret(case: CoordinationCase) -> bool:
    """Tell whether the case may have names that are secret: a secret step has begun, and nobody lifted it."""
    return case.secrecy_lifted_at is None and bool(
        db.session.scalar(select(_begun().where(CaseStep.case_id == case.id).exists()))
    )


def barred(ticket: Ticket) -> bool:
    """Tell whether a case with such names carries or carried the ticket."""
    if ticket.id is None:
        return False
    carried = (
        select(CaseTicket.id)
        .join(CoordinationCase, CoordinationCase.id == CaseTicket.case_id)
        .where(
            CaseTicket.ticket_id == ticket.id,
            CoordinationCase.secrecy_lifted_at.is_(None),
            exists(_begun().where(CaseStep.case_id == CoordinationCase.id).correlate(CoordinationCase)),
        )
    )
    return bool(db.session.scalar(select(carried.exists())))


def _begun() -> Select[tuple[int]]:
    return select(CaseStep.id).where(CaseStep.secret, CaseStep.begun_at.is_not(None))


def refuse(ticket: Ticket, kind: str, content: bytes) -> None:
    """Refuse a file that nobody can look through for names; field `files`."""
    if barred(ticket) and unread(kind, content):
        raise Invalid(NOT_HERE, field="files")


def unread(kind: str, content: bytes) -> bool:
    """Tell whether a file is or holds a picture, or pages without text: its words are not all read."""
    if kind == "text/plain":
        return False
    if kind == "application/pdf":
        return _unread_pdf(content)
    if "openxmlformats" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            return any(place in name for name in box.namelist() for place in INSIDE)
    return True


def _unread_pdf(content: bytes) -> bool:
    try:
        return any(
            page.images.keys() or not page.extract_text().strip()
            for page in PdfReader(io.BytesIO(content)).pages
        )
    except Exception:  # noqa: BLE001  whatever a broken or locked paper raises: it was not read
        return True
