"""Files of a request: told by their content, never by their name; photographs lose their position.

Their bytes lie in `blob` under their digest, in the same transaction as the ticket.
"""

import datetime as dt
import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass

import filetype
from PIL import Image, ImageOps
from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Attachment, Blob, CaseFile, Draft, Ticket
from ticketing.services import attachments_gif, case_words

KINDS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "text/plain": "TXT",
}
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
#: What a system would do with a file follows its ending: it has to agree with the content.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "application/pdf": ("pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "text/plain": ("txt", "csv", "md", "log"),
}
NAME_MOST = 120
PER_TICKET = 20
#: A picture of more pixels is a bomb or a mistake: unpacked it would take hundreds of megabytes.
PIXELS_MOST = Image.MAX_IMAGE_PIXELS = 50_000_000
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


@dataclass(frozen=True)
class Upload:
    """A file as it came in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Added:
    """Who adds it, when, and whether the enterprise may see it."""

    by: str
    at: dt.datetime
    public: bool


def add(owner: Ticket | Draft, upload: Upload, added: Added, *, most_bytes: int) -> Attachment:
    """Check a file and keep it.

    Raises:
        Invalid: field `files`; empty, too large, too many, of a kind that is not taken, or with a name that is
            secret in the ticket's case.
    """
    if len(_of(owner)) >= PER_TICKET:
        raise Invalid(N_("最多 %(most)s 个附件。"), field="files", most=PER_TICKET)
    kind, name, content = checked(upload, most_bytes=most_bytes)
    if isinstance(owner, Ticket):
        case_words.check_file(owner, (kind, name, content), f"file:{added.by}")
    digest = hashlib.sha256(content).hexdigest()
    keep_blob(digest, content)
    row = Attachment(
        ticket_id=owner.id if isinstance(owner, Ticket) else None,
        draft_id=owner.id if isinstance(owner, Draft) else None,
        name=name,
        content_type=kind,
        size=len(content),
        blob_sha256=digest,
        public=added.public,
        added_by=added.by,
        added_at=added.at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def checked(upload: Upload, *, most_bytes: int) -> tuple[str, str, bytes]:
    """Return the kind, the name and the bytes under which a file is kept.

    Raises:
        Invalid: field `files`; empty, too large, or of a kind that is not taken.
    """
    name = clean_name(upload.name)
    if not upload.content:
        raise Invalid(N_("文件“%(name)s”是空的，请重新选择。"), field="files", name=name)
    if len(upload.content) > most_bytes:
        raise Invalid(
            N_("文件“%(name)s”超过 %(most)s MB，请压缩或分开上传。"),
            field="files", name=name, most=most_bytes // (1024 * 1024),
        )  # fmt: skip
    kind = _kind(upload.content, name)
    content = _without_position(upload.content, kind, name) if kind in IMAGES else upload.content
    return kind, _ending_as(kind, name), content


def clean_name(name: str) -> str:
    """Return a file name without path, control characters or anything a system could stumble over."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, ending = _UNSAFE.sub("_", last).strip(" .").rpartition(".")
    shown = f"{stem[:NAME_MOST]}{dot}{ending[:10]}" if dot else ending[:NAME_MOST]
    return shown or "file"


def _ending_as(kind: str, name: str) -> str:
    """Return the name with an ending of its kind: no text is kept as a batch file, no picture as a program."""
    _, dot, ending = name.rpartition(".")
    return name if dot and ending.lower() in ENDINGS[kind] else f"{name}.{ENDINGS[kind][0]}"


def keep_blob(digest: str, content: bytes) -> None:
    """Store bytes once; bytes that are there are locked, so that nobody drops them before they are used."""
    statement = insert(Blob.__table__).values(sha256=digest, content=content)
    db.session.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_={"sha256": digest}))


def _kind(content: bytes, name: str) -> str:
    guess = filetype.guess_mime(content)
    if guess is None and _is_text(content):
        guess = "text/plain"
    if guess not in KINDS:
        raise Invalid(
            N_("文件“%(name)s”的格式不能上传。可以上传图片、PDF、Word、Excel 和文本文件。"),
            field="files",
            name=name,
        )
    return guess


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    lowered = text[:4096].lower()
    return "\0" not in text and not any(mark in lowered for mark in ("<script", "<html", "<svg", "<!doctype"))


def _without_position(content: bytes, kind: str, name: str) -> bytes:
    """Return the picture drawn anew: upright, without any of the data that cameras and programs add."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > PIXELS_MOST:
                raise ValueError("too many pixels")  # noqa: TRY301  told like every other picture that fails
            if kind == "image/gif":
                picture.load()
                return attachments_gif.plain(content)
            upright = ImageOps.exif_transpose(picture)
            out = io.BytesIO()
            upright.info = {}
            upright.save(out, format=KINDS[kind].upper(), quality=88)
            return out.getvalue()
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(N_("图片“%(name)s”打不开，请换一张。"), field="files", name=name) from error


FILES = select(Attachment).where(Attachment.ticket_id == bindparam("ticket")).order_by(Attachment.id)
PUBLIC_FILES = FILES.where(Attachment.public)


def of_ticket(ticket: Ticket, *, public_only: bool = False) -> list[Attachment]:
    """Return the files of a ticket, oldest first."""
    return list(db.session.scalars(PUBLIC_FILES if public_only else FILES, {"ticket": ticket.id}))


def of_draft(draft: Draft) -> list[Attachment]:
    """Return the files of a draft, oldest first."""
    return list(
        db.session.scalars(select(Attachment).where(Attachment.draft_id == draft.id).order_by(Attachment.id))
    )


def _of(owner: Ticket | Draft) -> list[Attachment]:
    return of_ticket(owner) if isinstance(owner, Ticket) else of_draft(owner)


def move(draft: Draft, ticket: Ticket) -> None:
    """Give the files of a draft to its ticket, or to the one that it became.

    Raises:
        Invalid: field `files`; a file has a name that is secret in the ticket's case.
    """
    rows = of_draft(draft)
    if rows and case_words.carried(ticket):
        for row in rows:
            case_words.check_file(
                ticket, (row.content_type, row.name, content_of(row)), f"file:{row.added_by}"
            )
    for row in rows:
        row.ticket_id, row.draft_id = ticket.id, None
    db.session.flush()


def content_of(row: Attachment) -> bytes:
    """Return the bytes of a file."""
    return db.session.get_one(Blob, row.blob_sha256).content


def drop(rows: list[Attachment]) -> None:
    """Forget files, and their bytes where nobody else has the same."""
    digests = {row.blob_sha256 for row in rows}
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    if digests:
        ours = select(Blob.sha256).where(Blob.sha256.in_(digests)).order_by(Blob.sha256).with_for_update()
        db.session.execute(ours)
        used = exists().where(Attachment.blob_sha256 == Blob.sha256)
        in_case = exists().where(CaseFile.blob_sha256 == Blob.sha256)
        db.session.execute(delete(Blob).where(Blob.sha256.in_(digests), ~used, ~in_case))
