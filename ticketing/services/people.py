"""People of enterprises sign in: by a code to their telephone, or by a password of their own; never as staff.

Wrong passwords lock the password for a quarter of an hour, and the code goes on opening: a stranger's guesses do
not lock the owner out. The answer never tells whether a telephone is known.
"""

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import select

from ticketing.domain.contact import parse_email, parse_phone
from ticketing.domain.enterprise import CHANNEL_WORDS
from ticketing.domain.errors import Invalid, TooMany
from ticketing.domain.text import NAME_MAX, limited, require
from ticketing.domain.words import N_
from ticketing.extensions import db, vault
from ticketing.models import Delivery, Person
from ticketing.services import codes, guesses
from ticketing.services.notifications import is_mobile
from ticketing.services.trace import request_id
from ticketing.services.wording import SIGN_IN_CODE, Letter

GUESSES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
SHORTEST_PASSWORD = 10
LOCKED = N_("密码试错次数过多，请 %(minutes)s 分钟后再试，或者用短信验证码登录。")


def parse_mobile(typed: str, *, field: str = "phone") -> str:
    """Return a mobile number, the only kind that takes a code.

    Raises:
        Invalid: with `field`.
    """
    phone = parse_phone(typed, field=field).e164
    if not is_mobile(phone):
        raise Invalid(N_("请填写能收短信的手机号，例如 13812345678。"), field=field)
    return phone


def by_phone(phone: str) -> Person | None:
    """Return the person with this telephone."""
    return db.session.scalar(select(Person).where(Person.phone == phone))


def ask_code(typed: str, address: str, now: dt.datetime, *, locale: str) -> str:
    """Send a code to a telephone, whoever holds it; return the number as it is dialled.

    Raises:
        Invalid: no mobile number.
        TooMany, Unavailable: as `guesses.check` and `guesses.asked_for_code`.
    """
    phone = parse_mobile(typed)
    guesses.check("", address, now)
    guesses.asked_for_code(address, now)
    code = codes.draw(f"person:{phone}", now)
    if code is not None:
        text(phone, SIGN_IN_CODE, {"code": code}, now, locale=locale, name="SignInCode")
    return phone


def text(
    phone: str, letter: Letter, values: dict[str, str], now: dt.datetime, *, locale: str, name: str
) -> None:
    """Send a text message with a secret in it; its words are forgotten once it has gone."""
    subject, body = letter.said(locale, values)
    data: dict[str, Any] = {"secret": True, "letter": name, "locale": locale, "values": values}
    db.session.add(
        Delivery(
            recipient="person",
            channel="sms",
            address=phone,
            subject=subject,
            body=body,
            data=data,
            urgent=True,
            due_at=now,
            created_at=now,
            request_id=request_id(),
        )
    )


def with_code(phone: str, code: str, address: str, now: dt.datetime, *, locale: str) -> Person:
    """Return the person who holds the telephone, a new one at the first time.

    Raises:
        Invalid: field `code`.
        TooMany, Unavailable: as `guesses.check`.
    """
    guesses.check("", address, now)
    if not codes.fits(f"person:{phone}", code, now):
        guesses.failed("", address, now)
        raise Invalid(codes.WRONG_CODE, field="code")
    guesses.passed("", address, now)
    return _came(by_phone(phone) or begin(phone, now, locale=locale), now)


def begin(phone: str, now: dt.datetime, *, locale: str = "zh", name: str = "") -> Person:
    """Make a person of a telephone that is known to be theirs."""
    person = Person(
        phone=phone,
        name=name,
        locale=locale,
        told_by=["sms"],
        session_key=secrets.token_hex(16),
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    return person


def with_password(typed: str, password: str, address: str, now: dt.datetime) -> Person | None:
    """Return the person whom the pair opens, or None; the caller commits either way, for failures are counted.

    Raises:
        Invalid: no mobile number.
        TooMany, Unavailable: as `guesses.check`; or the password is locked for a while.
    """
    phone = parse_mobile(typed)
    guesses.check("", address, now)
    person = by_phone(phone)
    if person is not None and person.locked_until is not None and person.locked_until > now:
        raise TooMany(int((person.locked_until - now).total_seconds()), LOCKED)
    opened = vault.fits(person.password_hash if person else None, password, staff=True)
    if person is not None and opened:
        guesses.passed("", address, now)
        return _came(person, now)
    guesses.failed("", address, now)
    if person is not None:
        person.failed_logins += 1
        if person.failed_logins >= GUESSES:
            person.failed_logins, person.locked_until = 0, now + LOCKED_FOR
    return None


def _came(person: Person, now: dt.datetime) -> Person:
    person.failed_logins, person.locked_until, person.last_login_at = 0, None, now
    return person


def set_password(person: Person, password: str) -> None:
    """Give a person a password, or a new one; sessions begun before it end.

    Raises:
        Invalid: field `password`, too short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(N_("密码至少 %(count)s 位。"), field="password", count=SHORTEST_PASSWORD)
    person.password_hash = vault.seal(password, staff=True)
    person.session_key = secrets.token_hex(16)


def end_sessions(person: Person) -> None:
    """Sign a person out everywhere."""
    person.session_key = secrets.token_hex(16)


def settle(person: Person, *, name: str, email: str, told_by: list[str]) -> None:
    """Keep what a person says of themselves and how they want to be told.

    Raises:
        Invalid: no name, no address where mail is wanted, a way that there is not, WeChat before it is tied.
    """
    person.name = require(name, field="name", most=NAME_MAX)
    address = parse_email(limited(email, field="email", most=NAME_MAX)) or None
    if not set(told_by) <= set(CHANNEL_WORDS):
        raise Invalid(N_("没有这种通知方式。"), field="told_by")
    if "mail" in told_by and address is None:
        raise Invalid(N_("选了电子邮件，请填写邮箱地址。"), field="email")
    if "wechat" in told_by and person.openid is None:
        raise Invalid(N_("微信通知要先在小程序里打开：用这个手机号登录“我的”。"), field="told_by")
    person.email, person.told_by = address, list(told_by)


def tie_wechat(person: Person, openid: str) -> None:
    """Tie the WeChat that a person showed to be theirs; the newest takes the place of an older one."""
    person.openid = openid
