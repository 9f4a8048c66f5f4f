"""Text messages: status by number and password under the guessing limits, and receipts in any order."""

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.requests import PASSWORD, sent
from tests.support.twilio import ask, form, sid
from ticketing.domain import numbers
from ticketing.extensions import db
from ticketing.models import Delivery, InboundText
from ticketing.services import guesses

STRANGER = "+8613700000000"


def texted(client: FlaskClient, body: str, number: int = 1, sender: str = STRANGER) -> list[str]:
    """Send a text message; return what goes back to the sender."""
    told = form(MessageSid=sid("SM", number), Body=body, From=sender)
    answer = ask(client, "sms", told)
    assert (answer.status_code, b"<Response/>" in answer.get_data()) == (200, True)
    db.session.expire_all()
    wanted = select(Delivery.body).where(Delivery.address == sender).order_by(Delivery.id)
    return list(db.session.scalars(wanted))


def test_number_and_password_give_the_state(client: FlaskClient) -> None:
    sent()
    one = sent()
    [said] = texted(client, f"{numbers.shown(one.number)} {PASSWORD}")
    assert said == f"事项{numbers.shown(one.number)}：已转给承办单位，期限6月15日17:00。"
    assert db.session.scalars(select(Delivery)).one().status == "waiting"


def test_english_requests_are_answered_in_english(client: FlaskClient) -> None:
    one = sent(locale="en")
    assert texted(client, f"{one.number} {PASSWORD}")[0].endswith(": with a bureau; due 2020-06-15 17:00.")


def test_the_same_message_is_answered_once_and_kept_nowhere(client: FlaskClient) -> None:
    one = sent()
    for _ in range(2):
        assert len(texted(client, f"{one.number} {PASSWORD}")) == 1
    row = db.session.scalars(select(InboundText)).one()
    assert (row.sender, row.at) == (STRANGER, MONDAY)
    assert PASSWORD not in repr(vars(row))


def test_wrong_number_and_wrong_password_hear_the_same(client: FlaskClient) -> None:
    one = sent()
    wrong = texted(client, f"{one.number} 000000", 1)
    unknown = texted(client, f"{numbers.issue(MONDAY, 77)} 000000", 2, "+8613700000001")
    assert wrong == unknown
    assert "不对" in wrong[0]


def test_who_guesses_has_to_wait_and_hears_nothing(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent()
    for guess in range(guesses.FREE_PER_ADDRESS + 1):
        texted(client, f"{one.number} {guess:06d}", guess)
    heard = len(texted(client, f"{one.number} {PASSWORD}", 90))
    assert heard == guesses.FREE_PER_ADDRESS + 1
    clock.forward(minutes=20)
    assert "已转给承办单位" in texted(client, f"{one.number} {PASSWORD}", 91)[-1]


def test_two_machines_do_not_write_to_each_other_for_ever(client: FlaskClient) -> None:
    for number in range(20):
        heard = texted(client, "I am on holiday.", number)
    assert len(heard) <= guesses.FREE_PER_ADDRESS + 2


def delivery() -> Delivery:
    row = Delivery(recipient="requester", channel="sms", address=STRANGER, subject="", body="x", data={},
                   status="sent", due_at=MONDAY, created_at=MONDAY)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_a_receipt_is_noted_and_a_later_word_stays(client: FlaskClient) -> None:
    noise, row = delivery(), delivery()
    for told in ("sent", "delivered", "sent", "queued", "nonsense"):
        ask(client, "receipt", form(MessageStatus=told, MessageSid=sid("SM", 1)), delivery=row.id)
    db.session.expire_all()
    assert (row.receipt, row.receipt_at, row.status, noise.receipt) == ("delivered", MONDAY, "sent", None)


def test_a_message_that_did_not_arrive_is_among_the_failed_ones(client: FlaskClient) -> None:
    row = delivery()
    ask(client, "receipt", form(MessageStatus="undelivered", ErrorCode="30003"), delivery=row.id)
    db.session.expire_all()
    assert (row.status, row.error) == ("failed", "not delivered: 30003")


def test_a_receipt_for_nobody_is_harmless(client: FlaskClient) -> None:
    for named in ("12345", "x", str(2**80)):
        assert ask(client, "receipt", form(MessageStatus="sent"), delivery=named).status_code == 204
