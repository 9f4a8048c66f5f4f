"""Names that are secret in a case are kept out of its words and of its tickets': looked for when somebody writes.

A refusal is an answer: who does not know the list could ask name by name. So everybody is refused in the same words
for everything that ever stood on a list of the case, people who declined and lists that were corrected included; and
who is refused a few times in a day writes nothing more there that day, whatever it says. Each refusal is in the
server's log, with who and where and never what.
"""

import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import redis
import structlog
from pypdf import PdfReader
from sqlalchemy import select

from ticketing.domain import committee
from ticketing.domain.actors import Actor
from ticketing.domain.errors import Invalid, TooMany, Unavailable
from ticketing.domain.words import N_
from ticketing.extensions import db, store
from ticketing.models import CaseList, CaseTicket, CoordinationCase, Ticket
from ticketing.services import case_pictures, case_secrets

#: Shorter pieces of a list stand in ordinary sentences: 王平, Li, 2020.
SHORTEST_NAME, SHORTEST_LATIN, SHORTEST_NUMBER = 2, 5, 6
NAMES_A_MEMBER = N_("这里不能写评标专家的姓名和编号（抽到过的、没有接受的也一样），请改写后再提交。")
ENOUGH = N_("您今天在这个事项里多次写了不能写的内容，今天不能再写；急事请联系牵头单位。")
REFUSALS_A_DAY = 3
DAY = 24 * 3600
#: What of an office document is read: its text lies in XML, the rest are pictures and styles.
OFFICE_TEXT = re.compile(
    r"(word/(document|header\d*|footer\d*|comments)|xl/(sharedStrings|worksheets/[^/]+))\.xml"
)
UNPACKED_MOST = 20_000_000
PAGES_MOST = 50
TOO_LARGE = N_("文件内容太大，无法检查，请拆分后上传。")
#: Instants and digests: their figures would be taken for somebody's number.
RECKONED = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)|[0-9a-f]{64}")
#: What people put between the signs of a name, beside blanks and what cannot be seen.
JOINTS = frozenset("·•‧・-_*.~/|")
log = structlog.get_logger()


def check(case: CoordinationCase, texts: Iterable[str], who: str, *, field: str = "text") -> None:
    """Refuse words that carry a name or pool number of any list of the case.

    Raises:
        Invalid: with `field`.
        TooMany: this person was refused too often today.
        Unavailable: the counter of refusals does not answer, so nobody may ask.
    """
    words = _words(case)
    if not words:
        return
    _may_ask(case, who)
    if any(word in folded for folded in map(_folded, filter(None, texts)) for word in words):
        _refused(case, who)
        raise Invalid(NAMES_A_MEMBER, field=field)


def check_ticket(ticket: Ticket, texts: Iterable[str], who: str, *, field: str = "text") -> None:
    """Refuse such words on a ticket that a case with lists carries or carried."""
    if ticket.id is None:
        return
    holding = select(CoordinationCase).where(
        CoordinationCase.id.in_(select(CaseTicket.case_id).where(CaseTicket.ticket_id == ticket.id)),
        CoordinationCase.id.in_(select(CaseList.case_id)),
    )
    cases = db.session.scalars(holding).all()
    given = list(texts) if cases else []  # a file is read only where there is something to look for
    for case in cases:
        check(case, given, who, field=field)


def carried(ticket: Ticket) -> bool:
    """Tell whether a case carries or carried the ticket: else nothing of it need be looked through."""
    return bool(
        db.session.scalar(select(select(CaseTicket.id).where(CaseTicket.ticket_id == ticket.id).exists()))
    )


def check_file(owner: Ticket | CoordinationCase, upload: tuple[str, str, bytes], who: str) -> None:
    """Refuse a file whose name, or whose content as far as it is text, carries such a name; field `files`.

    On a ticket also one whose words nothing here reads, while names of its case are secret.
    """
    kind, name, content = upload
    if isinstance(owner, Ticket):
        case_pictures.refuse(owner, kind, content)
    verb = check_ticket if isinstance(owner, Ticket) else check
    texts = itertools.chain([name], _text_of(kind, content))
    verb(owner, texts, who, field="files")  # type: ignore[arg-type]


def who_is(actor: Actor) -> str:
    """Return under what somebody's refusals are counted."""
    if actor.account_id is not None:
        return f"account:{actor.account_id}"
    return ":".join([actor.kind.value, *map(str, sorted(actor.party_ids | actor.ticket_ids))])


def strings(value: Any) -> list[str]:
    """Return every text that people wrote in a value of JSON, wherever it stands; instants and digests are not."""
    if isinstance(value, str):
        return [] if RECKONED.fullmatch(value) else [value]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [text for part in parts for text in strings(part)]


def _text_of(kind: str, content: bytes) -> Iterator[str]:
    if kind == "text/plain":
        yield content.decode(errors="replace")
    elif kind == "application/pdf":
        yield _text_of_pdf(content)
    elif "openxmlformats" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            parts = [one for one in box.infolist() if OFFICE_TEXT.fullmatch(one.filename)]
            if sum(one.file_size for one in parts) > UNPACKED_MOST:
                raise Invalid(TOO_LARGE, field="files")
            for one in parts:
                yield re.sub(rb"<[^>]*>", b"", box.read(one)).decode(errors="replace")


def _text_of_pdf(content: bytes) -> str:
    """Return the text layer; one that cannot be read, or only with a password, is not taken."""
    try:
        pages = PdfReader(io.BytesIO(content)).pages
        short = len(pages) <= PAGES_MOST
        text = "".join(page.extract_text() for page in pages) if short else ""
    except Exception as error:
        raise Invalid(
            N_("这个 PDF 读不出来（可能加了密码），无法检查，请换一份再上传。"), field="files"
        ) from error
    if not short:
        raise Invalid(TOO_LARGE, field="files")
    return text


def _folded(text: str) -> str:
    """Return a text as names are looked for in it: folded, and without what could be put between their signs."""
    folded = committee.normal(text)
    return "".join(s for s in folded if s not in JOINTS and unicodedata.category(s) not in ("Cf", "Mn"))


def _words(case: CoordinationCase) -> set[str]:
    found: set[str] = set()
    rows = select(CaseList.sealed, CaseList.step_number).where(CaseList.case_id == case.id)
    for row in db.session.execute(rows):
        for line in case_secrets.opened(case, row.sealed, case_secrets.list_place(row.step_number)):
            name, number = _folded(line["name"]), _folded(line["pool_number"])
            found |= {name} if len(name) >= (SHORTEST_LATIN if name.isascii() else SHORTEST_NAME) else set()
            found |= {number} if len(number) >= SHORTEST_NUMBER else set()
    return found


def _key(case: CoordinationCase, who: str) -> str:
    return store.key("case-words", str(case.id), who)


def _may_ask(case: CoordinationCase, who: str) -> None:
    try:
        refused = int(store.client.get(_key(case, who)) or 0)
    except redis.RedisError as error:
        raise Unavailable from error
    if refused >= REFUSALS_A_DAY:
        raise TooMany(DAY, ENOUGH)


def _refused(case: CoordinationCase, who: str) -> None:
    try:
        pipe = store.client.pipeline()
        pipe.incr(_key(case, who))
        pipe.expire(_key(case, who), DAY)
        count = int(pipe.execute()[0])
    except redis.RedisError as error:
        raise Unavailable from error
    log.warning("secret words refused", case_id=case.id, who=who, refusals=count)
