"""Calendars and SLA policies as versions with a life: drafted, looked at by a what-if, published by somebody else.

What is published is append-only (`policy_document`); what is being written lives in `policy_draft`, whose author
alone changes its text. Anybody who may draft can discard a draft, so that none is left behind by its author.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select

from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import PolicyDocument, PolicyDraft, PolicyEffect, PolicyRollout
from ticketing.services import audit, moves, policy_texts
from ticketing.services import province as provinces
from ticketing.services.audit import Whom
from ticketing.services.history import Act
from ticketing.services.pack_documents import Document
from ticketing.services.province import Province

#: Texts with versions of their own, and rows of the directory (`directory_edits`).
DRAFTED = (*policy_texts.KINDS, "hotline", "bureau", "topic")
OPEN, PUBLISHED, DISCARDED = "open", "published", "discarded"
LONGEST = 60_000
CHANGED = N_("草稿在此期间有了变化，请看过后再操作。")


def draft(draft_id: int, *, lock: bool = False, kinds: Sequence[str] = policy_texts.KINDS) -> PolicyDraft:
    """Return a draft of some kinds, locked until the transaction ends where asked.

    Raises:
        NotFound: there is none.
    """
    wanted = select(PolicyDraft).where(PolicyDraft.id == draft_id)
    if lock:
        wanted = wanted.with_for_update()
    found = db.session.scalar(wanted, execution_options={"populate_existing": True})
    if found is None or found.kind not in kinds:
        raise NotFound
    return found


def begin(kind: str, text: str, act: Act, *, base: str | None = None) -> PolicyDraft:
    """Begin a draft with some text.

    Raises:
        NotAllowed: neither administrator nor supervisor.
        NotFound: no such kind.
    """
    moves.require(act, Permission.DRAFT_POLICY)
    if kind not in DRAFTED:
        raise NotFound
    made = PolicyDraft(
        kind=kind,
        base_version=base,
        text=text,
        author_id=act.actor.account_id,
        created_at=act.now,
        changed_at=act.now,
        state=OPEN,
    )
    db.session.add(made)
    db.session.flush()
    return made


def save(one: PolicyDraft, text: str, act: Act) -> None:
    """Keep what was typed, sound or not; what the what-if said of the text before no longer holds.

    Raises:
        NotAllowed: not the author.
        Invalid: ended already, or longer than any policy.
    """
    _require_open(one, act)
    if one.author_id != act.actor.account_id:
        raise NotAllowed(N_("草稿只能由起草人修改；您可以以它为底稿另起一份。"))
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Invalid(N_("内容太长。"), field="text")
    if text == one.text:
        return
    one.text, one.changed_at = text, act.now
    _forget_look(one)


def _forget_look(one: PolicyDraft) -> None:
    one.wanted_at = one.claimed_at = one.looked_at = one.looked_revision = None
    one.clocks = one.moved = one.unbreached = one.breached = 0
    db.session.execute(delete(PolicyEffect).where(PolicyEffect.draft_id == one.id))


def _require_open(one: PolicyDraft, act: Act) -> None:
    moves.require(act, Permission.DRAFT_POLICY)
    if one.state != OPEN:
        raise Invalid(N_("这份草稿已经结束。"))


def ask_what_if(one: PolicyDraft, act: Act, province: Province) -> None:
    """Let the background reckon what the draft would do; anybody who may draft can ask.

    Raises:
        Invalid: the text has mistakes, or the draft has ended.
    """
    _require_open(one, act)
    if one.kind in policy_texts.KINDS:
        _sound(one, province)
    _forget_look(one)
    one.wanted_at = act.now


def _sound(one: PolicyDraft, province: Province) -> Document:
    read = policy_texts.read(one.kind, one.text, province)
    if read.document is None:
        raise Invalid(N_("草稿还有 %(n)s 处错误，先改好。"), field="text", n=len(read.problems))
    return read.document


def current_look(one: PolicyDraft, province: Province) -> bool:
    """Whether the what-if stands on the versions in force: another publication makes it old."""
    return one.looked_at is not None and one.looked_revision == province.revision


def discard(one: PolicyDraft, act: Act) -> None:
    """End a draft without publishing it; it stays readable.

    Raises:
        Invalid: ended already.
    """
    _require_open(one, act)
    one.state, one.ended_by_id, one.ended_at = DISCARDED, act.actor.account_id, act.now
    one.wanted_at = one.claimed_at = None


def publish(one: PolicyDraft, act: Act, province: Province, *, seen: dt.datetime | None) -> PolicyDocument:
    """Put a draft in force: a new version, and a rollout that takes it to the open clocks.

    `seen`: when the what-if that the person looked at was made.

    Raises:
        NotAllowed: the author publishes nothing of their own.
        Invalid: ended, with mistakes, or without a what-if on what is in force now.
        Conflict: the what-if is another one by now.
    """
    require_publisher(one, act)
    found = _sound(one, province)
    if not current_look(one, province):
        raise Invalid(N_("发布前要先试算；试算之后有了新的版本，也要重新试算。"))
    if seen != one.looked_at:
        raise Conflict(CHANGED)
    published = document_row(found, act.now)
    db.session.add(published)
    db.session.flush()
    one.state, one.ended_by_id, one.ended_at = PUBLISHED, act.actor.account_id, act.now
    one.document_id = published.id
    if one.kind in provinces.LEDGER_KINDS:
        begin_rollout(published, act.now, by=act.actor.account_id)
    told = {"kind": found.kind, "version": found.version}
    audit.record(AuditKind.PUBLISHED, act, Whom(found.code), told)
    provinces.forget()
    return published


def require_publisher(one: PolicyDraft, act: Act) -> None:
    """Let a second person publish.

    Raises:
        Invalid: ended already.
        NotAllowed: the author, or nobody who may.
    """
    _require_open(one, act)
    moves.require(act, Permission.PUBLISH_POLICY)
    if one.author_id == act.actor.account_id:
        raise NotAllowed(N_("起草人不能发布自己的草稿，请另一位管理员或督办员发布。"))


def document_row(one: Document, now: dt.datetime) -> PolicyDocument:
    """Return the row of a document that comes into force now."""
    return PolicyDocument(
        kind=one.kind,
        code=one.code,
        version=one.version,
        author=one.author,
        published_on=one.published_on,
        loaded_at=now,
        body=one.body,
    )


def begin_rollout(published: PolicyDocument, now: dt.datetime, *, by: int | None) -> None:
    """Let the background take what was published to the open clocks."""
    db.session.add(
        PolicyRollout(document_id=published.id, published_by_id=by, published_at=now, retry_at=now)
    )
    db.session.flush()


def text_of(one: PolicyDocument) -> str:
    """Return a published version as text: as it was typed, else written out of its body."""
    typed = select(PolicyDraft.text).where(PolicyDraft.document_id == one.id)
    return db.session.scalar(typed) or policy_texts.written(one.body)


def document(document_id: int) -> PolicyDocument:
    """Return a published calendar notice or policy.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(PolicyDocument, document_id)
    if found is None or found.kind not in policy_texts.KINDS:
        raise NotFound
    return found


def base_text(one: PolicyDraft) -> str | None:
    """Return the text of the version that a draft was begun from; None for one that was begun from a blank."""
    if one.base_version is None:
        return None
    named = select(PolicyDocument).where(
        PolicyDocument.kind == one.kind, PolicyDocument.version == one.base_version
    )
    code = policy_texts.code_of(one.kind, one.text)
    found = db.session.scalar(named.where(PolicyDocument.code == code).limit(1))
    return text_of(found) if found is not None else None


def copied(one: PolicyDocument, now: dt.date) -> str:
    """Return the text from which the next version is written."""
    return policy_texts.renamed(text_of(one), policy_texts.next_version(one.version), now)
