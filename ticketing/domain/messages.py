"""What comes in through any door, and what goes out through any channel."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ticketing.domain import text
from ticketing.domain.contact import parse_email, parse_phone
from ticketing.domain.errors import Invalid, InvalidFields
from ticketing.domain.register_code import parse_register_code
from ticketing.domain.vocabulary import Door, TicketType, Urgency
from ticketing.domain.words import N_

#: Clocks of telephones and browsers differ a little from ours.
CLOCK_SKEW = dt.timedelta(minutes=5)
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Inbound:
    """A request as a door hands it in; `received_at` is when the enterprise spoke, None for just now."""

    door: Door
    body: str
    subject: str = ""
    received_at: dt.datetime | None = None
    type: str | None = None
    urgency: str | None = None
    topic_code: str | None = None
    region_code: str | None = None
    hotline_number: str | None = None
    enterprise: str = ""
    register_code: str = ""
    requester: str = ""
    phone: str = ""
    phone_extension: str = ""
    email: str = ""
    openid: str | None = None
    locale: str = "zh"
    source: str | None = None
    source_id: str | None = None
    #: By what the enterprise wants to be told; None: by every address that it leaves.
    told_by: tuple[str, ...] | None = None
    #: What a list brought beyond the known columns; kept as history.
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outbound:
    """One message to one address; `key` is the same however often it is tried."""

    key: str
    channel: str
    address: str
    subject: str
    body: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownCodes:
    """The codes that the loaded pack knows, for checking what a door says."""

    topics: frozenset[str]
    regions: frozenset[str]
    hotlines: frozenset[str]


def checked(inbound: Inbound, now: dt.datetime, known: KnownCodes, *, reachable: bool) -> Inbound:
    """Return the request cleaned, with the phone in E.164, or say everything that is wrong with it.

    `reachable`: the door demands a telephone number or another way back to the enterprise.

    Raises:
        InvalidFields: one problem for each field that is wrong.
    """
    problems: list[Invalid] = []
    values: dict[str, Any] = {}
    for check in (_words, _moment, _codes, _people):
        for name, read in check(inbound, now, known, reachable):
            try:
                values[name] = read()
            except Invalid as problem:
                problems.append(problem)
    if problems:
        raise InvalidFields(problems)
    phone = values.pop("_phone")
    values |= {"phone": phone.e164, "phone_extension": phone.extension} if phone else {"phone": ""}
    return dataclasses.replace(inbound, **values)


Reads = list[tuple[str, Callable[[], Any]]]


def _words(inbound: Inbound, _now: dt.datetime, _known: KnownCodes, _reachable: bool) -> Reads:
    return [
        ("body", lambda: text.require(inbound.body, field="body", most=text.BODY_MAX)),
        ("subject", lambda: _subject(inbound)),
    ]


def _subject(inbound: Inbound) -> str:
    """A request without a subject is called by its first words."""
    subject = text.limited(inbound.subject, field="subject", most=text.SUBJECT_MAX)
    return " ".join(subject.split()) or text.beginning(inbound.body)


def _moment(inbound: Inbound, now: dt.datetime, _known: KnownCodes, _reachable: bool) -> Reads:
    spoken = inbound.received_at or now
    return [("received_at", lambda: moment_within_reason(spoken, now, field="received_at"))]


def moment_within_reason(moment: dt.datetime, now: dt.datetime, *, field: str) -> dt.datetime:
    """Return an instant of the past in whole seconds; a clock may be a little ahead of ours.

    Raises:
        Invalid: in the future, or before there were such lists.
    """
    if moment > now + CLOCK_SKEW:
        raise Invalid(N_("时间在将来，请检查日期。"), field=field)
    if moment < EARLIEST:
        raise Invalid(N_("时间太早，请检查年份。"), field=field)
    return min(moment, now).replace(microsecond=0)


def _codes(inbound: Inbound, _now: dt.datetime, known: KnownCodes, _reachable: bool) -> Reads:
    def one_of(value: str | None, codes: frozenset[str], name: str, message: str) -> Callable[[], str | None]:
        def read() -> str | None:
            if value and value not in codes:
                raise Invalid(message, field=name)
            return value or None

        return read

    return [
        (
            "topic_code",
            one_of(inbound.topic_code, known.topics, "topic_code", N_("没有这个事项主题，请从列表中选择。")),
        ),
        (
            "region_code",
            one_of(inbound.region_code, known.regions, "region_code", N_("没有这个地区，请从列表中选择。")),
        ),
        (
            "hotline_number",
            one_of(
                inbound.hotline_number, known.hotlines, "hotline_number", N_("没有这条热线，请核对号码。")
            ),
        ),
        (
            "type",
            one_of(inbound.type, frozenset(TicketType), "type", N_("没有这种诉求类型，请从列表中选择。")),
        ),
        (
            "urgency",
            one_of(inbound.urgency, frozenset(Urgency), "urgency", N_("没有这种紧急程度，请从列表中选择。")),
        ),
    ]


def _people(inbound: Inbound, _now: dt.datetime, _known: KnownCodes, reachable: bool) -> Reads:
    def phone() -> Any:
        typed = inbound.phone.strip()
        if not typed and reachable and not inbound.openid:
            raise Invalid(N_("请留下电话，办理单位要与您联系。"), field="phone")
        return parse_phone(typed) if typed else None

    return [
        ("enterprise", lambda: text.limited(inbound.enterprise, field="enterprise", most=text.NAME_MAX)),
        ("requester", lambda: text.limited(inbound.requester, field="requester", most=text.NAME_MAX)),
        ("register_code", lambda: parse_register_code(inbound.register_code)),
        ("_phone", phone),
        ("email", lambda: parse_email(inbound.email)),
    ]
