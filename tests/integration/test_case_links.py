"""Personal links of outside parties: signed, for one party, expiring, revocable, with a code that cannot be guessed."""

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import FrozenClock
from tests.support.cases import Bridge, bridge
from ticketing.domain.errors import Invalid, NotAllowed, NotFound, TooMany
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db, transaction
from ticketing.jobs import deliver
from ticketing.models import CaseParty, Delivery
from ticketing.services import case_links, case_parties, case_steps, cases, codes, coordination
from ticketing.services.case_steps import Proof
from ticketing.services.history import Act

HERE = "192.0.2.7"


@pytest.fixture
def one() -> Bridge:
    return bridge()


def token(one: Bridge, role: str = "tenderer") -> str:
    return case_links.invite(
        one.case, one.parties[role].id, one.act("head"), one.province, address="http://here"
    )


def newest_code() -> str:
    body = db.session.scalars(select(Delivery.body).order_by(Delivery.id.desc())).first()
    return re.search(r"\d{6}", body).group()


def test_a_link_and_its_code_open_the_party(one: Bridge) -> None:
    party = case_links.of_token(token(one), one.now)
    case_links.ask_code(party, HERE, one.now)
    case_links.enter_code(party, newest_code(), HERE, one.now)
    actor = case_links.actor(party)
    assert (party.link_opened_at, actor.party_ids) == (one.now, frozenset({party.id}))


@pytest.mark.parametrize("change", ["party", "nonce", "signature", "nothing", "words"])
def test_a_link_that_was_changed_opens_nothing(one: Bridge, change: str) -> None:
    identifier, nonce, signature = token(one).split(".")
    other = one.parties["platform_operator"].id
    forged = {
        "party": f"{other}.{nonce}.{signature}",
        "nonce": f"{identifier}.{nonce[:-1]}x.{signature}",
        "signature": f"{identifier}.{nonce}.{'0' * len(signature)}",
        "nothing": "",
        "words": "一.二.三",
    }[change]
    with pytest.raises(NotFound):
        case_links.of_token(forged, one.now)


def test_a_link_ends_by_time_by_revoking_by_a_new_one_and_with_the_case(one: Bridge) -> None:
    first = token(one)
    second = token(one)
    assert case_links.of_token(second, one.now)
    late = one.now + case_links.LINK_LIVES
    for link, moment in ((first, one.now), (second, late)):
        with pytest.raises(NotFound):
            case_links.of_token(link, moment)
    third = token(one)
    coordination.dissolve_case(one.case, "不办了", one.act("watcher"), one.province)
    with pytest.raises(NotFound):
        case_links.of_token(third, one.now)


def test_revoking_ends_a_session_that_is_open(one: Bridge) -> None:
    party = case_links.of_token(token(one), one.now)
    nonce = party.link_nonce
    assert case_links.opened(party.id, nonce, one.now) is party
    case_links.revoke(one.case, party.id, one.act("head"), one.province)
    with pytest.raises(NotFound):
        case_links.opened(party.id, nonce, one.now)


def test_somebody_else_in_the_role_closes_the_link(one: Bridge) -> None:
    link = token(one)
    new = case_parties.NewParty("tenderer", name="另一家", contact="赵", phone="13904520009")
    case_parties.name(one.case, new, one.act("head"), one.province)
    with pytest.raises(NotFound):
        case_links.of_token(link, one.now)


def test_a_code_is_good_once_and_for_ten_minutes(one: Bridge) -> None:
    party = case_links.of_token(token(one), one.now)
    case_links.ask_code(party, HERE, one.now)
    code = newest_code()
    with pytest.raises(Invalid):
        case_links.enter_code(party, code, HERE, one.now + dt.timedelta(minutes=11))
    case_links.enter_code(party, code, HERE, one.now)
    with pytest.raises(Invalid):
        case_links.enter_code(party, code, "192.0.2.8", one.now)


def test_codes_cannot_be_guessed(one: Bridge) -> None:
    party = case_links.of_token(token(one), one.now)
    case_links.ask_code(party, HERE, one.now)
    code = newest_code()
    for place in range(5):
        with pytest.raises(Invalid):
            case_links.enter_code(party, "abcdef", f"198.51.100.{place}", one.now)
    with pytest.raises(Invalid):
        case_links.enter_code(party, code, "198.51.100.9", one.now)


def test_a_telephone_does_not_ring_all_day(one: Bridge) -> None:
    party = case_links.of_token(token(one), one.now)
    for _ in range(codes.CODES_AN_HOUR):
        case_links.ask_code(party, HERE, one.now)
    with pytest.raises(TooMany):
        case_links.ask_code(party, HERE, one.now)


def test_one_partys_code_does_not_open_another(one: Bridge) -> None:
    tenderer = case_links.of_token(token(one), one.now)
    operator = case_links.of_token(token(one, "platform_operator"), one.now)
    case_links.ask_code(tenderer, HERE, one.now)
    with pytest.raises(Invalid):
        case_links.enter_code(operator, newest_code(), HERE, one.now)


def test_what_opens_something_is_forgotten_when_it_has_gone_out(committed: Flask, clock: FrozenClock) -> None:
    with transaction():
        one = bridge()
        case_links.ask_code(case_links.of_token(token(one), one.now), HERE, one.now)
    clock.now = one.now
    deliver.run()
    found = db.session.scalars(select(Delivery).where(Delivery.recipient.startswith("party:"))).all()
    assert {row.status for row in found} == {"sent"}
    assert not any(re.search(r"\d{6}|/case/", row.body) for row in found)


def test_a_party_acts_on_its_own_steps_alone(one: Bridge) -> None:
    actor = one.people["tenderer"]
    for row in cases.steps(one.case):
        mine = row.owner_id == one.parties["tenderer"].id
        assert may(actor, Permission.OWN_STEP, cases.facts(one.case, one.province, row)) is mine
    with pytest.raises(NotAllowed):
        cases.note(one.case, "我说两句", one.act("tenderer"), one.province)


def test_a_party_of_one_case_is_nobody_in_another(one: Bridge) -> None:
    other = CaseParty(case_id=one.case.id, role="tenderer", name="别家", contact="", phone="+8613904520003")
    db.session.add(other)
    db.session.flush()
    stranger = case_links.actor(other)
    with pytest.raises(NotAllowed):
        case_steps.file(one.case, 4, Proof("x"), Act(stranger, one.now), one.province)
