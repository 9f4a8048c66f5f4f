"""An enterprise proves itself, then invites its people: register code and a code to the legal person's telephone,
or a checked call. Nothing of an enterprise is shown before one of the two (decision 32)."""

import datetime as dt
from typing import Any

from sqlalchemy import func, select, update

from ticketing.domain import events
from ticketing.domain.contact import mask_phone
from ticketing.domain.enterprise import EnterpriseRole, Happened
from ticketing.domain.errors import Invalid, NotFound, WrongState
from ticketing.domain.register_code import parse_register_code
from ticketing.domain.text import NAME_MAX, require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CheckedCall, Enterprise, EnterpriseEntry, Membership, Person
from ticketing.models import RegisterEntry as Entry
from ticketing.services import codes, guesses, outbox, people
from ticketing.services.history import Act
from ticketing.services.trace import request_id
from ticketing.services.wording import CALL_DECIDED, PROOF_CODE

LOG_SHOWN = 50
#: Which changes the managers are told of; the others stand in the log alone.
TOLD = frozenset({Happened.PROVED, Happened.JOINED, Happened.ENDED, Happened.ROLE})


def needed_code(typed: str) -> str:
    """Return a register code that was asked for.

    Raises:
        Invalid: field `register_code`, empty or none.
    """
    code = parse_register_code(typed)
    if not code:
        raise Invalid(N_("请填写营业执照上的 18 位统一社会信用代码。"), field="register_code")
    return code


def ask_proof(person: Person, typed: str, address: str, now: dt.datetime) -> str:
    """Send a code to the legal person's telephone, if the register knows it; the answer is the same if not.

    Raises:
        Invalid: field `register_code`.
        TooMany, Unavailable: as `guesses.check` and `guesses.asked_for_code`.
    """
    register_code = needed_code(typed)
    guesses.check("", address, now)
    guesses.asked_for_code(address, now)
    entry = db.session.get(Entry, register_code)
    code = codes.draw(_proof(person, register_code), now)
    few = codes.may_send(f"proofs:{register_code}", now)  # three an hour for the telephone, whoever asks
    if code is not None and few and entry is not None and entry.phone:
        values = {"code": code, "tail": person.phone[-4:], "enterprise": entry.name}
        people.text(entry.phone, PROOF_CODE, values, now, locale="zh", name="ProofCode")
    return register_code


def _proof(person: Person, register_code: str) -> str:
    return f"proof:{person.id}:{register_code}"


def prove(person: Person, register_code: str, code: str, address: str, now: dt.datetime) -> Enterprise:
    """Take the code that the legal person passed on; the person is a manager from now on.

    Raises:
        Invalid: field `code`.
        TooMany, Unavailable: as `guesses.check`.
    """
    guesses.check("", address, now)
    entry = db.session.get(Entry, register_code)
    if not codes.fits(_proof(person, register_code), code, now) or entry is None:
        guesses.failed("", address, now)
        raise Invalid(codes.WRONG_CODE, field="code")
    guesses.passed("", address, now)
    return proved(person, entry.register_code, entry.name, "register_phone", now)


def proved(
    person: Person,
    register_code: str,
    name: str,
    how: str,
    now: dt.datetime,
    *,
    role: EnterpriseRole = EnterpriseRole.MANAGER,
) -> Enterprise:
    """Let a person act for an enterprise that is known to be theirs; it is made at its first time."""
    found = db.session.scalar(select(Enterprise).where(Enterprise.register_code == register_code))
    if found is None:
        found = Enterprise(register_code=register_code, name=name, proved_at=now, proved_by=how)
        db.session.add(found)
        db.session.flush()
    join(person, found, role, now)
    what = Happened.PROVED if role is EnterpriseRole.MANAGER else Happened.JOINED
    log(found, what, person.name or mask_phone(person.phone), now)
    return found


def join(person: Person, enterprise: Enterprise, role: EnterpriseRole, now: dt.datetime) -> None:
    """Let a person act for an enterprise; who is there already can become a manager, never less."""
    standing = membership_of(person.id, enterprise.id)
    if standing is None:
        membership = Membership(enterprise=enterprise, person=person, role=role.value, began_at=now)
        db.session.add(membership)
        db.session.flush()
    elif role is EnterpriseRole.MANAGER:
        standing.role = role.value


def ask_call(person: Person, typed: str, name: str, now: dt.datetime) -> CheckedCall:
    """Ask for a checked call; one that waits already is the answer to a second wish.

    Raises:
        Invalid: fields `register_code`, `name`.
    """
    code = needed_code(typed)
    called = require(name, field="name", most=NAME_MAX)
    waiting = db.session.scalar(
        select(CheckedCall).where(
            CheckedCall.person_id == person.id,
            CheckedCall.register_code == code,
            CheckedCall.decided_at.is_(None),
        )
    )
    if waiting is not None:
        return waiting
    call = CheckedCall(person=person, register_code=code, name=called, asked_at=now)
    db.session.add(call)
    db.session.flush()
    return call


def calls_waiting(limit: int) -> list[CheckedCall]:
    """Return who waits to be proved by a call, the longest first."""
    wanted = select(CheckedCall).where(CheckedCall.decided_at.is_(None)).order_by(CheckedCall.id)
    return list(db.session.scalars(wanted.limit(limit)))


def call_waits(person: Person) -> CheckedCall | None:
    """Return the call that a person waits for."""
    wanted = select(CheckedCall).where(CheckedCall.person_id == person.id, CheckedCall.decided_at.is_(None))
    return db.session.scalar(wanted.order_by(CheckedCall.id.desc()).limit(1))


def decide_call(call_id: int, act: Act, *, accepted: bool, note: str, link: str) -> CheckedCall:
    """Say what a checked call showed; whom was called and where the number is from stays in the note.

    Raises:
        NotFound: no such call. WrongState: decided already. Invalid: field `note`.
    """
    call = db.session.get(CheckedCall, call_id, with_for_update={"of": CheckedCall})
    if call is None:
        raise NotFound
    if call.decided_at is not None:
        raise WrongState
    call.note = require(note, field="note", most=1_000)
    call.decided_at, call.decided_by_id, call.accepted = act.now, act.actor.account_id, accepted
    if accepted:
        proved(call.person, call.register_code, call.name, "checked_call", act.now)
    values = {"enterprise": call.name, "note": call.note, "link": link}
    letter = CALL_DECIDED[accepted]
    people.text(call.person.phone, letter, values, act.now, locale=call.person.locale, name="CallDecided")
    return call


def membership_of(person_id: int, enterprise_id: int) -> Membership | None:
    """Return the standing membership of a person."""
    return db.session.scalar(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.enterprise_id == enterprise_id,
            Membership.ended_at.is_(None),
        )
    )


def members(enterprise: Enterprise) -> list[Membership]:
    """Return who acts for an enterprise, managers first."""
    wanted = (
        select(Membership)
        .where(Membership.enterprise_id == enterprise.id, Membership.ended_at.is_(None))
        .order_by(Membership.role.desc(), Membership.id)
    )
    return list(db.session.scalars(wanted))


def change(member: Membership, membership_id: int, now: dt.datetime, *, role: str | None) -> Membership:
    """Give somebody another role, or (`role` None) end their access; their sessions see it at once.

    Raises:
        NotFound: nobody of this enterprise. Invalid: no such role, or nobody would manage the account.
    """
    db.session.execute(select(Enterprise.id).where(Enterprise.id == member.enterprise_id).with_for_update())
    found = db.session.get(Membership, membership_id)
    if found is None or found.enterprise_id != member.enterprise_id or found.ended_at is not None:
        raise NotFound
    if role is not None and role not in frozenset(EnterpriseRole):
        raise Invalid(N_("请选择身份。"), field="role")
    manager = EnterpriseRole.MANAGER.value
    if found.role == manager and role != manager and _managers(member.enterprise_id) == 1:
        raise Invalid(N_("企业账号至少要有一位管理人，请先让另一位同事当管理人。"))
    whom = found.person.name or mask_phone(found.person.phone)
    if role is None:
        found.ended_at = now
    else:
        found.role = role
    log(member.enterprise, Happened.ROLE if role else Happened.ENDED, member.person.name, now, whom=whom)
    return found


def _managers(enterprise_id: int) -> int:
    standing = (
        Membership.enterprise_id == enterprise_id,
        Membership.role == EnterpriseRole.MANAGER.value,
        Membership.ended_at.is_(None),
    )
    return db.session.scalar(select(func.count()).select_from(Membership).where(*standing)) or 0


def log(enterprise: Enterprise, what: Happened, who: str, now: dt.datetime, **data: Any) -> None:
    """Write a line of the account's log; its managers hear of what changes who may see."""
    entry = EnterpriseEntry(
        enterprise_id=enterprise.id, at=now, what=what.value, who=who, data=data, request_id=request_id()
    )
    db.session.add(entry)
    db.session.flush()
    if what in TOLD:
        outbox.record(events.EnterpriseChanged(None, entry.id), now)


def newest(enterprise: Enterprise) -> list[EnterpriseEntry]:
    """Return the newest lines of an account's log."""
    wanted = select(EnterpriseEntry).where(EnterpriseEntry.enterprise_id == enterprise.id)
    return list(db.session.scalars(wanted.order_by(EnterpriseEntry.id.desc()).limit(LOG_SHOWN)))


def load_register(rows: list[dict[str, Any]], now: dt.datetime) -> int:
    """Take over lines of the business register, (register_code, name, phone); known ones are brought up to date.

    Raises:
        Invalid: a code or a telephone that is none.
    """
    for row in rows:
        code = needed_code(str(row["register_code"]))
        phone = people.parse_mobile(str(row["phone"])) if row.get("phone") else None
        name = require(str(row["name"]), field="name", most=NAME_MAX)
        db.session.merge(Entry(register_code=code, name=name, phone=phone, loaded_at=now))
        db.session.execute(update(Enterprise).where(Enterprise.register_code == code).values(name=name))
    return len(rows)
