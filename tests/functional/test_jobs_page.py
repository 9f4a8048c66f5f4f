"""The monitor of the background: what waits, what is late, what keeps failing, and once more."""

import datetime as dt

from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import AuditEntry, Delivery, OutboxEvent
from ticketing.services import backlog


def delivery(status: str, recipient: str) -> Delivery:
    row = Delivery(
        recipient=recipient, channel="sms", address="+8613904510021", subject="", body="x", status=status,
        due_at=MONDAY, created_at=MONDAY, attempts=5,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_what_waits_is_counted_and_what_is_late_is_told(admin: FlaskClient, clock: FrozenClock) -> None:
    sent()
    told = {one.name: one for one in backlog.waiting(clock.now)}
    assert told["relay"].count == 2
    assert not told["relay"].late(clock.now)
    assert "积压" not in admin.get("/admin/jobs").text
    clock.forward(minutes=6)
    page = admin.get("/admin/jobs").text
    assert "积压" in page
    assert "超过 5 分钟" in page


def test_a_fact_that_keeps_failing_is_tried_again(admin: FlaskClient) -> None:
    sent()
    one, other = db.session.query(OutboxEvent).order_by(OutboxEvent.id).limit(2)
    one.attempts, one.retry_at, one.error = 3, MONDAY + dt.timedelta(hours=1), "ValueError: 13904510021"
    db.session.flush()
    page = admin.get("/admin/jobs").text
    assert "ValueError: 139****0021" in page
    assert admin.post(f"/admin/jobs/facts/{one.id}/retry").status_code == 302
    assert one.retry_at == MONDAY
    other.relayed_at = MONDAY
    db.session.flush()
    assert admin.post(f"/admin/jobs/facts/{other.id}/retry").status_code == 404


def test_all_that_was_given_up_is_sent_again(admin: FlaskClient) -> None:
    rows = [delivery("failed", "a"), delivery("failed", "b"), delivery("sent", "c")]
    assert "全部再发一次" in admin.get("/admin/jobs").text
    admin.post("/admin/jobs/deliveries/retry")
    db.session.expire_all()
    assert [(row.status, row.attempts) for row in rows] == [("waiting", 0), ("waiting", 0), ("sent", 5)]
    assert db.session.query(AuditEntry).filter_by(kind="retried").one().data == {"count": 2}


def test_nobody_else_looks_behind_the_scenes(client: FlaskClient) -> None:
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    assert client.get("/admin/jobs").status_code == 403
