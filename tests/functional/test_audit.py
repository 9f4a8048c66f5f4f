"""The audit log: what is written down, who may read it, how it is searched, that nobody changes it."""

import datetime as dt
import io
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import AuditEntry
from ticketing.services import audit
from ticketing.services.audit import Asked, Whom, by_system

SWJ = "HRB-SWJ"


def told(**asked: object) -> list[tuple[str, str]]:
    return [(row.kind, row.subject) for row in audit.found(Asked(**asked)).rows]


def change(admin: FlaskClient, **more: str) -> None:
    data = {"username": "li.lei", "name": "li.lei先生", "password": "", "active": "y"}
    answer = admin.post("/admin/accounts/li.lei", data=data | {"rights-0-role": "operator"} | more)
    assert answer.status_code == 302


def test_what_happens_to_an_account_is_written_down(admin: FlaskClient) -> None:
    colleague("li.lei", Grant(Role.OPERATOR))
    change(admin, password="another long password")
    change(admin, **{"rights-0-role": "head", "rights-0-bureau": SWJ})
    change(admin, name="李雷")
    kinds = [kind for kind, _ in told(who="admin", whom="li.lei")]
    assert kinds[::-1] == ["password", "revoked", "granted", "changed", "revoked", "granted"]


def test_the_deputy_and_the_lock_are_written_down(admin: FlaskClient) -> None:
    one = colleague("li.lei", Grant(Role.OPERATOR))
    colleague("head", Grant(Role.HEAD, SWJ))
    admin.post(
        "/admin/accounts/li.lei/deputy", data={"absent": "head", "first": "2020-06-08", "last": "2020-06-09"}
    )
    one.locked_until = MONDAY + dt.timedelta(minutes=5)
    admin.post("/admin/accounts/li.lei/unlock")
    assert [kind for kind, _ in told(who="admin", whom="li.lei")] == ["unlocked", "deputy"]


def test_logins_and_guesses_are_written_down_with_where_they_came_from(client: FlaskClient) -> None:
    colleague("li.lei", Grant(Role.OPERATOR))
    for _ in range(5):
        client.post("/login", data={"username": "li.lei", "password": "wrong"})
    client.post("/login", data={"username": "nobody", "password": "wrong"})
    assert [kind for kind, _ in told(whom="li.lei")].count("login_failed") == 5
    assert told(kind="locked") == [("locked", "li.lei")]
    assert db.session.query(AuditEntry).filter_by(kind="locked").one().address == "127.0.0.1"


def test_a_look_behind_the_mask_is_found_by_the_ticket(client: FlaskClient) -> None:
    one, noise = sent(), sent(phone="13904510022")
    colleague("handler", Grant(Role.HANDLER, SWJ), client=client)
    for ticket in (one, noise):
        client.post(f"/tickets/{ticket.number}/reveal", data={"reason": "回电核实"})
    client.post("/logout")
    assert told(whom=f"{one.number[:6]}-{one.number[6:12]}-{one.number[12]}") == [("reveal", one.number)]
    assert told(who="handler", kind="logout") == [("logout", "handler")]


def test_only_administrators_and_auditors_read_it(client: FlaskClient) -> None:
    colleague("boss", Grant(Role.SUPERVISOR), Grant(Role.HEAD, SWJ), client=client)
    assert client.get("/admin/audit").status_code == 403
    client.post("/logout")
    colleague("auditor", Grant(Role.AUDITOR), client=client)
    assert client.get("/").status_code == 200
    assert client.get("/admin/audit").status_code == 200
    assert client.get("/admin/accounts").status_code == 403


def test_nobody_changes_a_line(admin: FlaskClient) -> None:
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(db.text("UPDATE audit_entry SET actor_name = 'x'"))
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(db.text("DELETE FROM audit_entry"))


def test_pages_follow_each_other_without_gap_or_repetition(admin: FlaskClient) -> None:
    for place in range(120):
        audit.record(audit.AuditKind.EXPORT, by_system(MONDAY), Whom(f"sheet {place}"))
    seen, after = [], None
    while True:
        page = audit.found(Asked(kind="export"), after)
        seen += [row.subject for row in page.rows]
        if (after := page.after) is None:
            break
    assert seen == [f"sheet {place}" for place in reversed(range(120))]


def test_days_are_those_of_the_wall_clock(admin: FlaskClient, clock: FrozenClock) -> None:
    midnight = dt.datetime(2020, 6, 9, 16, 0, tzinfo=dt.UTC)
    for at, name in ((midnight - dt.timedelta(seconds=1), "9th"), (midnight, "10th")):
        audit.record(audit.AuditKind.EXPORT, by_system(at), Whom(name))
    day = dt.date(2020, 6, 9)
    assert told(kind="export", first=day, last=day) == [("export", "9th")]


def test_the_page_filters_and_the_sheet_is_stamped(admin: FlaskClient) -> None:
    colleague("li.lei", Grant(Role.OPERATOR))
    page = admin.get("/admin/audit?kind=granted&whom=li.lei&first=nonsense").text
    assert page.count("data-row") == 1
    assert "话务员" in page
    answer = admin.get("/admin/audit.xlsx?whom=li.lei")
    texts = "".join(
        zipfile.ZipFile(io.BytesIO(answer.data)).read(name).decode()
        for name in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
        if name.endswith(".xml")
    )
    for word in ("导出人", "admin先生", "2020-06-08 10:00", "li.lei"):
        assert word in texts
    assert told(kind="export", whom="audit") == [("export", "audit")]
