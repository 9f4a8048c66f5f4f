"""Files of a case: checked by content as those of tickets; of a secret step the bytes and the name are sealed."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Blob, CaseEvidence, CaseFile, CoordinationCase
from ticketing.services import attachments, case_pictures, case_secrets, case_words

PER_EVIDENCE = 10


@dataclass(frozen=True)
class Paper:
    """A file as it came in, and how large it may be."""

    upload: attachments.Upload
    most_bytes: int


def keep(case: CoordinationCase, evidence: CaseEvidence, paper: Paper, *, secret: bool) -> CaseFile:
    """Check a file and keep it; while names are secret a picture is sealed as if its step were.

    Raises:
        Invalid: field `files`; empty, too large, too many, or of a kind that is not taken.
    """
    if len(of_evidence([evidence.id])) >= PER_EVIDENCE:
        raise Invalid(N_("最多 %(most)s 个附件。"), field="files", most=PER_EVIDENCE)
    kind, name, content = attachments.checked(paper.upload, most_bytes=paper.most_bytes)
    if not secret:
        case_words.check_file(case, (kind, name, content), f"file:{evidence.by}")
        secret = case_pictures.unread(kind, content) and case_pictures.secret(case)
    size, place = len(content), f"file:{evidence.id}"
    sealed_name = case_secrets.seal(case, name, place) if secret else None
    stored = case_secrets.seal_bytes(case, content, place) if secret else content
    digest = hashlib.sha256(stored).hexdigest()
    attachments.keep_blob(digest, stored)
    row = CaseFile(
        case_id=case.id,
        evidence_id=evidence.id,
        name="" if secret else name,
        sealed_name=sealed_name,
        content_type=kind,
        size=size,
        blob_sha256=digest,
    )
    db.session.add(row)
    db.session.flush()
    return row


def of_evidence(evidence_ids: list[int]) -> list[CaseFile]:
    """Return the files of some evidence, oldest first."""
    wanted = select(CaseFile).where(CaseFile.evidence_id.in_(evidence_ids)).order_by(CaseFile.id)
    return list(db.session.scalars(wanted))


def is_secret(case: CoordinationCase, row: CaseFile) -> bool:
    """Tell whether only who may read the names may open a file: of a secret step for ever, else until the lifting."""
    if row.sealed_name is None:
        return False
    evidence = db.session.get_one(CaseEvidence, row.evidence_id)
    return case.secrecy_lifted_at is None or evidence.sealed is not None


def content_of(case: CoordinationCase, row: CaseFile) -> tuple[str, bytes]:
    """Return name and bytes; whether the reader may have them is decided before.

    Raises:
        Unavailable: sealed under another server secret.
    """
    content = db.session.get_one(Blob, row.blob_sha256).content
    if row.sealed_name is None:
        return row.name, content
    place = f"file:{row.evidence_id}"
    name = str(case_secrets.opened(case, row.sealed_name, place))
    return name, case_secrets.opened_bytes(case, content, place)
