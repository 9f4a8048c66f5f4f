"""回访 on one page: what to say, what the enterprise said, on to the next; three tries on three working days."""

import datetime as dt

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.api import answered
from tests.support.people import actor, colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import judging
from ticketing.services.history import Act


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    colleague("operator", Grant(Role.OPERATOR), client=client)
    return client


def visit(client: FlaskClient, ticket: Ticket, outcome: str, **more: str) -> object:
    return client.post(f"/desk/follow-ups/{ticket.number}", data={"outcome": outcome} | more)


def test_the_page_says_what_to_say(operator: FlaskClient, clock: FrozenClock) -> None:
    page = operator.get(f"/desk/follow-ups/{answered(clock).number}").text
    for word in ("已经答复，想听听您的意见", "已经办好。", "139****0021"):
        assert word in page


def test_the_page_of_a_request_without_an_answer_opens_and_offers_no_visit(
    operator: FlaskClient, clock: FrozenClock
) -> None:
    one = sent(clock.now)
    answer = operator.get(f"/desk/follow-ups/{one.number}")
    assert answer.status_code == 200
    assert "已经办好。" not in answer.text


def test_a_word_of_confirmation_closes_with_satisfaction(operator: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    visit(operator, one, "confirmed", promptness="5", attitude="4", result="3", text="谢谢")
    db.session.expire_all()
    assert (one.state, one.close_reason) == ("closed", "confirmed")
    assert one.ratings == {"promptness": 5, "attitude": 4, "result": 3}


def test_a_contest_needs_words_and_goes_back(operator: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    refused = visit(operator, one, "contested", text="")
    assert (refused.status_code, 'id="text-error"' in refused.text) == (422, True)
    db.session.expire_all()
    assert one.state == "answered"
    visit(operator, one, "contested", text="钱还没有到账")
    db.session.expire_all()
    assert (one.state, one.contests) == ("in_progress", 1)


def test_after_one_comes_the_next(operator: FlaskClient, clock: FrozenClock) -> None:
    first = answered(clock)
    number = first.number
    assert visit(operator, first, "later", text="想想").location == "/desk/follow-ups"
    assert f"/desk/follow-ups/{number}" in operator.get("/desk/follow-ups?tab=visited").text


@pytest.mark.parametrize(("day", "counted"), [(8, 1), (13, 0)])
def test_a_try_counts_on_a_working_day_alone(
    operator: FlaskClient, clock: FrozenClock, day: int, counted: int
) -> None:
    one = answered(clock)
    clock.now = MONDAY.replace(day=day) + dt.timedelta(hours=1)
    visit(operator, one, "unreached")
    visit(operator, one, "unreached")
    db.session.expire_all()
    assert (one.follow_ups, one.state) == (counted, "answered")


def test_nothing_is_asked_of_who_was_not_answered(operator: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    act = Act(actor("other", Grant(Role.OPERATOR)), clock.now)
    judging.withdraw(one, "", act)
    assert "现在不等回访" in operator.get(f"/desk/follow-ups/{one.number}").text
    assert visit(operator, one, "confirmed").status_code == 422


def test_an_outcome_has_to_be_chosen(operator: FlaskClient, clock: FrozenClock) -> None:
    assert visit(operator, answered(clock), "").status_code == 422
