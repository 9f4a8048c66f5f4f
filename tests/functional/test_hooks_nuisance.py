"""A number that disturbs hears where help is and leaves a message; a roster that nobody keeps rings everybody."""

import datetime as dt
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient

from tests.conftest import MONDAY
from tests.support import duty
from tests.support.calls import ALWAYS, CALLER
from tests.support.people import actor
from tests.support.requests import sent
from tests.support.twilio import ask, form
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Call
from ticketing.services import lines, nuisance, presence, province, ring
from ticketing.services.history import Act


def heard(answer: object) -> tuple[list[str], str]:
    tree = ET.fromstring(answer.get_data())  # noqa: S314  what we wrote ourselves
    return [child.tag for child in tree], "".join(tree.itertext())


def blocked() -> None:
    act = Act(actor("boss", Grant(Role.SUPERVISOR)), MONDAY)
    nuisance.block(CALLER, "整夜拨打", MONDAY + dt.timedelta(days=7), act)


def test_a_blocked_number_is_recorded_told_where_help_is_and_asked_for_a_message(client: FlaskClient) -> None:
    blocked()
    verbs, words = heard(ask(client, "voice", form()))
    assert verbs == ["Say", "Say", "Record", "Hangup"]
    assert "110、119或120" in words
    assert db.session.query(Call).one().state == "ringing"


def test_who_has_an_urgent_request_open_is_rung_through(client: FlaskClient) -> None:
    blocked()
    sent(urgency="critical")
    verbs, _words = heard(ask(client, "voice", form()))
    assert "Record" not in verbs


def rung() -> list[str]:
    line = lines.line_of(ALWAYS, province.current())
    return [one.address for one in ring.on(line, MONDAY, province.current()).anybody]


def test_without_a_roster_every_operator_is_rung_and_with_one_who_is_on() -> None:
    people = [duty.operator(name) for name in ("ann", "bob")]
    for one in people:
        one.desk_phone = f"client:{one.username}"
    db.session.flush()
    assert rung() == ["client:ann", "client:bob"]
    duty.always(duty.group("组", *people, lines=(ALWAYS,)), people[1])
    assert rung() == ["client:bob"]


def test_who_is_free_is_rung_before_who_is_away() -> None:
    people = [duty.operator(name) for name in ("away", "free")]
    for one in people:
        one.desk_phone = f"client:{one.username}"
    db.session.flush()
    duty.always(duty.group("组", *people, lines=(ALWAYS,)), *people)
    presence.say(people[0].id, "pause", MONDAY)
    presence.say(people[1].id, "ready", MONDAY)
    assert rung() == ["client:free", "client:away"]
