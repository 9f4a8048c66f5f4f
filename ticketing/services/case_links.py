"""Personal links of people outside: signed, for one party and its own steps, expiring, revocable, with a code."""

import datetime as dt
import hmac
import secrets

from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.case_workflow import OPEN_CASE_STATES, CaseAction
from ticketing.domain.errors import Invalid, NotFound, TooMany
from ticketing.domain.vocabulary import Door
from ticketing.domain.words import N_
from ticketing.extensions import db, vault
from ticketing.models import CaseParty, CoordinationCase, Delivery
from ticketing.services import cases, codes, guesses
from ticketing.services.history import Act, Said
from ticketing.services.province import Province
from ticketing.services.trace import request_id
from ticketing.services.wording import PARTY_CODE, PARTY_LINK

LINK_LIVES = dt.timedelta(days=30)
WRONG_LINK = N_("这个链接无效、已收回或已过期，请联系牵头单位重新发送。")


def invite(case: CoordinationCase, party_id: int, act: Act, province: Province, *, address: str) -> str:
    """发送专用链接: a new signed link to the party's telephone; the one before no longer opens. Return its token.

    Raises:
        Invalid: a party with accounts of its own.
    """
    party = _outside(case, party_id)
    said = Said(data={"party": party.id, "until": cases.instant(act.now + LINK_LIVES)})
    cases.move(case, CaseAction.INVITE, act, said, about=cases.facts(case, province))
    party.link_nonce, party.link_expires_at = secrets.token_urlsafe(16), act.now + LINK_LIVES
    party.link_opened_at = None
    token = _token(party)
    values = {"aim": case.aim, "link": f"{address}/case/{token}", "days": str(LINK_LIVES.days)}
    _send(party, PARTY_LINK.said("zh", values), act.now)
    return token


def revoke(case: CoordinationCase, party_id: int, act: Act, province: Province) -> None:
    """收回专用链接: at once, sessions that it opened included."""
    party = _outside(case, party_id)
    cases.move(
        case, CaseAction.REVOKE, act, Said(data={"party": party.id}), about=cases.facts(case, province)
    )
    party.link_nonce = party.link_expires_at = None


def _outside(case: CoordinationCase, party_id: int) -> CaseParty:
    party = db.session.get(CaseParty, party_id)
    if party is None or party.case_id != case.id:
        raise NotFound
    if party.bureau_code is not None or not party.phone:
        raise Invalid(N_("承办单位用自己的账号登录，不需要链接。"))
    return party


def _token(party: CaseParty) -> str:
    return f"{party.id}.{party.link_nonce}.{_signature(party.id, party.link_nonce or '')}"


def _signature(party_id: int, nonce: str) -> str:
    return vault.mac(f"case-link:{party_id}:{nonce}")


def of_token(token: str, now: dt.datetime) -> CaseParty:
    """Return the party whose link this is; whoever holds it still needs the code.

    Raises:
        NotFound: not ours, replaced, revoked, expired, or the case is over.
    """
    identifier, _, rest = token.partition(".")
    nonce, _, signature = rest.partition(".")
    good = identifier.isascii() and identifier.isdigit() and len(identifier) < 19
    if not good or not hmac.compare_digest(signature.encode(), _signature(int(identifier), nonce).encode()):
        raise NotFound(WRONG_LINK)
    return opened(int(identifier), nonce, now)


def opened(party_id: int, nonce: str, now: dt.datetime) -> CaseParty:
    """Return the party of a link or of a session begun with it, as long as it holds.

    Raises:
        NotFound: as `of_token`.
    """
    party = db.session.get(CaseParty, party_id)
    if party is None or party.link_nonce is None or party.link_expires_at is None:
        raise NotFound(WRONG_LINK)
    case = db.session.get_one(CoordinationCase, party.case_id)
    same = hmac.compare_digest(party.link_nonce.encode(), nonce.encode())
    if not same or party.link_expires_at <= now or case.state not in OPEN_CASE_STATES:
        raise NotFound(WRONG_LINK)
    return party


def actor(party: CaseParty) -> Actor:
    """Return a party that has opened its link and entered its code as an actor on its own steps."""
    return Actor(ActorKind.PARTY, party.contact or party.name, Door.LINK, party_ids=frozenset({party.id}))


def ask_code(party: CaseParty, address: str, now: dt.datetime) -> None:
    """Send a code to the party's telephone: the second thing beside the link.

    Raises:
        TooMany: enough codes for this hour.
        Unavailable: the counters cannot be read.
    """
    guesses.asked_for_code(address, now)
    code = codes.draw(_subject(party), now)
    if code is None:
        raise TooMany(3600 - int(now.timestamp()) % 3600)
    _send(party, PARTY_CODE.said("zh", {"code": code}), now)


def enter_code(party: CaseParty, code: str, address: str, now: dt.datetime) -> None:
    """Let the party in where the code fits; each is good once, and for five tries.

    Raises:
        Invalid: field `code`.
        TooMany, Unavailable: as `guesses.check`.
    """
    guesses.check("", address, now)
    if not codes.fits(_subject(party), code, now):
        guesses.failed("", address, now)
        raise Invalid(codes.WRONG_CODE, field="code")
    party.link_opened_at = now


def _subject(party: CaseParty) -> str:
    return f"case:{party.id}"


def _send(party: CaseParty, words: tuple[str, str], now: dt.datetime) -> None:
    """Send what opens something; its words are forgotten as soon as they have gone out."""
    subject, body = words
    db.session.add(
        Delivery(
            recipient=f"party:{party.id}",
            channel="sms",
            address=party.phone or "",
            subject=subject,
            body=body,
            data={"secret": True},
            urgent=True,
            due_at=now,
            created_at=now,
            request_id=request_id(),
        )
    )
