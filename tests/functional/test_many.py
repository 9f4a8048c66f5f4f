"""One verb for many tickets: previewed, asked for, undone within ten seconds, or carried out ticket by ticket."""

import re

import pytest
from flask.testing import FlaskClient

from tests.conftest import FrozenClock
from tests.support.people import actor, colleague
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role, State
from ticketing.extensions import db
from ticketing.jobs import many as job
from ticketing.models import BulkAction, HistoryEntry, Ticket
from ticketing.services import handling
from ticketing.services.history import Act

SWJ = "HRB-SWJ"


def enter(client: FlaskClient, *grants: Grant) -> int:
    return colleague("clerk", *grants, client=client).id


def preview(client: FlaskClient, verb: str, *tickets: Ticket, **more: str) -> str:
    data = {"verb": verb, "pick": [one.id for one in tickets], "next": "/bureau"} | more
    return client.post("/many/preview", data=data, follow_redirects=True).text


def ask(client: FlaskClient, verb: str, *tickets: Ticket, **more: str) -> str:
    data = {"verb": verb, "pick": [one.id for one in tickets], "next": "/bureau"} | more
    answer = client.post("/many", data=data)
    assert answer.status_code == 302
    return answer.location


def states(*tickets: Ticket) -> list[str]:
    db.session.expire_all()
    return [one.state for one in tickets]


def test_what_is_picked_is_accepted_after_ten_seconds_and_not_before(
    client: FlaskClient, clock: FrozenClock
) -> None:
    enter(client, Grant(Role.HANDLER, SWJ))
    one, two, other = sent(), sent(), sent()
    page = preview(client, "accept", one, two)
    assert "办这 2 件" in page
    assert states(one, two) == ["dispatched", "dispatched"]
    where = ask(client, "accept", one, two)
    assert job.run() == 0
    clock.forward(seconds=10)
    assert job.run() == 1
    assert states(one, two, other) == ["in_progress", "in_progress", "dispatched"]
    assert "办好 2 件，没有办 0 件" in client.get(where).text
    assert job.run() == 0


def test_undone_in_time_nothing_ever_happened(client: FlaskClient, clock: FrozenClock) -> None:
    enter(client, Grant(Role.HANDLER, SWJ))
    one = sent()
    lines = db.session.query(HistoryEntry).count()
    where = ask(client, "accept", one)
    assert 'id="undo"' in client.get(where).text
    page = client.post(where.split("?")[0] + "/undo", follow_redirects=True).text
    clock.forward(seconds=30)
    assert job.run() == 0
    assert "已撤销，没有办任何一件" in page
    assert (states(one), db.session.query(HistoryEntry).count()) == (["dispatched"], lines)


def test_too_late_to_undo_is_told(client: FlaskClient, clock: FrozenClock) -> None:
    enter(client, Grant(Role.HANDLER, SWJ))
    one = sent()
    where = ask(client, "accept", one)
    clock.forward(seconds=11)
    job.run()
    assert "不能再撤销" in client.post(where.split("?")[0] + "/undo", follow_redirects=True).text
    assert states(one) == ["in_progress"]


def test_the_preview_names_what_is_refused_and_why(client: FlaskClient) -> None:
    me = enter(client, Grant(Role.HANDLER, SWJ))
    fresh, done = sent(subject="还没有签收的"), sent(subject="已经签收的")
    handling.accept(done, Act(actor("other", Grant(Role.HANDLER, SWJ)), done.created_at))
    page = preview(client, "accept", fresh, done)
    assert "1 件现在不能办" in page
    assert "工单现在的状态不能进行这一步" in page
    assert re.findall(r'name="pick" value="(\d+)"', page) == [str(fresh.id)]
    assert (me, states(fresh, done)) == (me, ["dispatched", "in_progress"])


def test_what_changed_in_the_meantime_is_refused_alone(client: FlaskClient, clock: FrozenClock) -> None:
    enter(client, Grant(Role.HANDLER, SWJ))
    quick, slow = sent(subject="别人先签收的"), sent()
    where = ask(client, "accept", quick, slow)
    handling.accept(quick, Act(actor("other", Grant(Role.HANDLER, SWJ)), clock.now))
    db.session.commit()
    clock.forward(seconds=10)
    job.run()
    page = client.get(where).text
    assert "办好 1 件，没有办 1 件" in page
    assert "您选中以后，别人先办了一步" in page
    assert states(slow) == ["in_progress"]


def test_a_head_gives_many_to_a_colleague(client: FlaskClient, clock: FrozenClock) -> None:
    worker = colleague("worker", Grant(Role.HANDLER, SWJ))
    enter(client, Grant(Role.HEAD, SWJ))
    one, two = sent(), sent()
    assert "worker先生" in preview(client, "assign", one, two)
    ask(client, "assign", one, two, **{"many-account": str(worker.id)})
    clock.forward(seconds=10)
    job.run()
    db.session.expire_all()
    assert [one.assignee_id, two.assignee_id] == [worker.id, worker.id]


def test_a_dispatcher_sends_many_to_a_bureau_named_as_people_name_it(
    client: FlaskClient, clock: FrozenClock
) -> None:
    enter(client, Grant(Role.DISPATCHER))
    one, two = ticket(body="希望关心。"), ticket(body="希望关心。")
    typed = {"many-bureau": "没有这个局", "many-text": "", "step": "told"}
    assert "没有这个承办单位" in preview(client, "dispatch", one, two, **typed)
    ask(client, "dispatch", one, two, **typed | {"many-bureau": SWJ})
    clock.forward(seconds=10)
    job.run()
    assert states(one, two) == ["dispatched", "dispatched"]


def test_the_rights_of_the_moment_count(client: FlaskClient, clock: FrozenClock) -> None:
    me = enter(client, Grant(Role.HANDLER, SWJ))
    one = sent()
    ask(client, "accept", one)
    row = db.session.query(BulkAction).one()
    account = db.session.get_one(type(colleague("someone")), me)
    for grant in list(account.grants):
        db.session.delete(grant)
    db.session.commit()
    clock.forward(seconds=10)
    job.run()
    db.session.expire_all()
    assert states(one) == [State.DISPATCHED]
    assert row.results[str(one.id)]["why"] == "您没有权限进行这项操作。"


def test_nobody_touches_what_they_may_not_read(client: FlaskClient) -> None:
    enter(client, Grant(Role.HANDLER, "HRB-ZJJ"))
    one = sent(subject="别的单位的事")
    assert "别的单位的事" not in preview(client, "note", one)


def test_another_persons_action_is_not_there(client: FlaskClient) -> None:
    enter(client, Grant(Role.HANDLER, SWJ))
    where = ask(client, "accept", sent()).split("?")[0]
    client.post("/logout")
    colleague("stranger", Grant(Role.HANDLER, SWJ), client=client)
    assert client.get(where).status_code == 404
    assert client.post(f"{where}/undo").status_code == 404


@pytest.mark.parametrize("picks", [[], ["x"], list(range(1, 200))])
def test_odd_picks_lead_back_with_a_word(client: FlaskClient, picks: list[object]) -> None:
    enter(client, Grant(Role.HANDLER, SWJ))
    data = {"verb": "accept", "pick": picks, "next": "/bureau"}
    assert client.post("/many/preview", data=data).location == "/bureau"


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_stays_in_the_house(client: FlaskClient, where: str) -> None:
    enter(client, Grant(Role.HANDLER, SWJ))
    answer = client.post("/many/preview", data={"verb": "accept", "next": where})
    assert answer.location == "/views"
