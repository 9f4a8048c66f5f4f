"""The enterprise opens its request: with number and password, or with a code to the telephone on file."""

import datetime as dt
import hmac

from sqlalchemy import select

from ticketing.domain import numbers
from ticketing.domain.actors import SYSTEM
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action
from ticketing.extensions import db, vault
from ticketing.models import Delivery, Ticket
from ticketing.services import codes, guesses, intake, moves
from ticketing.services.history import Act, Said
from ticketing.services.trace import request_id
from ticketing.services.wording import CODE

WRONG = N_("事项编码或查询密码不对，请对照回执再看一遍。")
TAIL = 4


def open_request(typed: str, password: str, tail: str, address: str, now: dt.datetime) -> Ticket:
    """Return the ticket that number and password open.

    A typing error in the number is told before any look-up; a wrong number and a wrong password look and cost
    the same.

    Raises:
        Invalid: field `number` for a typing error, no field for a pair that does not fit, `phone_tail` missing.
        TooMany, Unavailable: as `guesses.check`.
    """
    number = numbers.parse(typed)
    wants_tail = guesses.check(number, address, now)
    ticket = by_number(number)
    fits = vault.fits(ticket.password_hash if ticket else None, password.strip())
    if wants_tail and not tail.strip():
        raise Invalid(N_("现在查询的人较多，请再填写登记电话的后四位。"), field="phone_tail")
    if wants_tail:
        known = (ticket.phone or "")[-TAIL:] if ticket else ""
        fits = hmac.compare_digest(known.encode(), tail.strip().encode()) and fits
    if ticket is None or not fits:
        guesses.failed(number, address, now)
        raise Invalid(WRONG)
    guesses.passed(number, address, now)
    return ticket


def by_number(number: str) -> Ticket | None:
    """Return the ticket with this number."""
    return db.session.scalar(select(Ticket).where(Ticket.number == number))


def ask_code(typed: str, address: str, now: dt.datetime) -> None:
    """Send a code to the mobile telephone on file; the answer is the same whether there is one or not.

    Raises:
        Invalid: a typing error in the number.
        TooMany, Unavailable: as `guesses.check` and `guesses.asked_for_code`.
    """
    number = numbers.parse(typed)
    guesses.check("", address, now)
    guesses.asked_for_code(address, now)
    ticket = by_number(number)
    code = codes.draw(number, now)
    if code is None or ticket is None or not (ticket.phone or "").startswith("+861"):
        return
    values = {"code": code, "number": numbers.shown(number)}
    subject, body = CODE.said(ticket.locale, values)
    db.session.add(
        Delivery(
            ticket_id=ticket.id,
            recipient="requester",
            channel="sms",
            address=ticket.phone or "",
            subject=subject,
            body=body,
            data={"secret": True, "letter": "Code", "locale": ticket.locale, "values": values},
            urgent=True,
            due_at=now,
            created_at=now,
            request_id=request_id(),
        )
    )


def new_password(typed: str, code: str, address: str, now: dt.datetime) -> tuple[Ticket, str]:
    """Give a new query password to whoever holds the telephone on file; the old one no longer opens.

    Raises:
        Invalid: a typing error in the number, or field `code`: wrong, used, too old.
        TooMany, Unavailable: as `guesses.check`.
    """
    number = numbers.parse(typed)
    guesses.check("", address, now)
    if not codes.fits(number, code, now):
        guesses.failed("", address, now)
        raise Invalid(codes.WRONG_CODE, field="code")
    ticket = by_number(number)
    if ticket is None:
        raise Invalid(codes.WRONG_CODE, field="code")
    password = intake.six_digits()
    ticket.password_hash = vault.seal(password)
    moves.move(
        ticket,
        Action.NOTE,
        Act(SYSTEM, now),
        Said(N_("企业用登记的手机号重新取得了查询密码。")),
        approved=True,
    )
    guesses.passed(number, address, now)
    return ticket, password


def derived_password(token: str) -> str:
    """Return the query password that belongs to a visitor's secret token.

    A form that is sent twice gets the same ticket and the same password, and the password is stored nowhere.
    """
    return f"{int(vault.mac(f'query-password:{token}'), 16) % 1_000_000:06d}"
