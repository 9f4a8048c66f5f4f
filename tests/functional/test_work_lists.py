"""Every list of the staff rooms: what it costs, what leads where, what is new."""

import datetime as dt
import html
import json
import re

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor, colleague
from tests.support.requests import sent, ticket
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.models import Ticket
from ticketing.services import dispatch, handling, province, supervision
from ticketing.services.history import Act

SWJ = "HRB-SWJ"
PEOPLE = {
    "operator": Grant(Role.OPERATOR),
    "dispatcher": Grant(Role.DISPATCHER),
    "head": Grant(Role.HEAD, SWJ),
    "supervisor": Grant(Role.SUPERVISOR),
}
LISTS = [
    ("operator", "/desk/register?phone=13904510021"),
    ("operator", "/desk/tickets"),
    ("operator", "/desk/tickets?q=火锅店"),
    ("operator", "/desk/follow-ups"),
    ("dispatcher", "/dispatch"),
    ("dispatcher", "/dispatch/tickets?q=火锅店"),
    ("head", "/bureau"),
    ("head", "/bureau/mine"),
    ("head", "/bureau/approvals"),
    ("head", "/bureau/tickets?q=火锅店"),
    ("supervisor", "/watch"),
    ("supervisor", "/watch/tickets"),
    ("supervisor", "/watch/soon"),
    ("supervisor", "/watch/overdue"),
    ("supervisor", "/watch/desk"),
    ("supervisor", "/watch/unaccepted"),
    ("supervisor", "/watch/returns"),
    ("supervisor", "/watch/orders"),
    ("supervisor", "/watch/today"),
    ("supervisor", "/watch/listings"),
    ("supervisor", "/watch/listings?tab=listed"),
    ("supervisor", "/watch/approvals"),
    ("supervisor", "/watch/approvals?by=heads"),
    ("supervisor", "/watch/record?q=火锅店"),
]


def enter(client: FlaskClient, who: str) -> FlaskClient:
    colleague(who, PEOPLE[who], client=client)
    return client


def act(name: str, grant: Grant) -> Act:
    return Act(actor(name, grant), MONDAY)


def some_of_each(worker: Act, supervisor: Act) -> None:
    """One more row for every list: new, returned, waiting for approval, answered, ordered."""
    ticket(body="希望关心。")
    dispatch.return_ticket(sent(), "not_our_duty", "第三条", "HRB-SCJG", worker, province.current())
    for kind in ("complaint", "help"):
        one = sent(type=kind)
        handling.accept(one, worker)
        supervision.supervise(one, "尽快", supervisor, province.current())
        handling.propose_answer(one, worker, province.current(), result="solved", text="好了", basis="")


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_a_page_costs_the_same_however_many_rows(
    client: FlaskClient, statements: list[str], who: str, path: str
) -> None:
    worker, supervisor = act("worker", Grant(Role.HANDLER, SWJ)), act("boss", PEOPLE["supervisor"])
    enter(client, who)
    costs = []
    for _ in range(2):
        for _ in range(3):
            some_of_each(worker, supervisor)
        statements.clear()
        assert client.get(path).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 25


def links(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a class="is-\w+" href="([^"]+)"><b>(\d+)</b>', page)
    return [(html.unescape(url), value) for url, value in found]


def test_every_figure_opens_a_list_of_just_as_many(client: FlaskClient, clock: FrozenClock) -> None:
    worker, supervisor = act("worker", Grant(Role.HANDLER, SWJ)), act("boss", PEOPLE["supervisor"])
    some_of_each(worker, supervisor)
    sent()
    enter(client, "supervisor")
    clock.forward(hours=9)
    figures = links(client.get("/watch").text)
    assert len(figures) == 8
    assert {value for _, value in figures} != {"0"}
    for url, value in figures:
        assert client.get(url).text.count("<tr data-row>") == int(value), url


def test_a_bureaus_figures_open_its_own_lists(client: FlaskClient) -> None:
    sent()
    ticket(body="希望关心。")
    enter(client, "supervisor")
    page = client.get(f"/watch/tickets?bureau={SWJ}").text
    assert "哈尔滨市商务局：在办工单" in page
    assert page.count("<tr data-row>") == 1


def test_what_came_in_today_is_told_by_door(client: FlaskClient) -> None:
    sent()
    sent(MONDAY - dt.timedelta(days=1), subject="昨天的事")
    enter(client, "supervisor")
    assert '/watch/today?door=web">网页 <b class="num">1</b>' in client.get("/watch").text
    page = client.get("/watch/today?door=web").text
    assert "昨天的事" not in page
    assert page.count("<tr data-row>") == 1


ROOMS = [
    ("operator", "/desk/tickets"),
    ("dispatcher", "/dispatch/tickets"),
    ("head", "/bureau/tickets"),
    ("supervisor", "/watch/record"),
]


@pytest.mark.parametrize(("who", "path"), ROOMS)
@pytest.mark.parametrize("query", ["评标", "１３９-０４５１-００２１", "NUMBER", "ＮＵＭＢＥＲ"])
def test_every_room_finds_what_it_may_read(client: FlaskClient, who: str, path: str, query: str) -> None:
    one = sent(subject="评标委员会组不起来")
    sent(subject="别的事情", phone="13800000000")
    enter(client, who)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    asked = {"NUMBER": numbers.shown(one.number), "ＮＵＭＢＥＲ": one.number.translate(wide)}.get(
        query, query
    )
    page = client.get(path, query_string={"q": asked}).text
    assert "评标委员会组不起来" in page
    assert "别的事情" not in page


def test_a_bureau_does_not_find_what_is_not_its_own(client: FlaskClient) -> None:
    one = ticket(subject="还没有人的事", body="希望关心。")
    enter(client, "head")
    for query in ("还没有人", one.number, one.phone):
        assert "还没有人的事</a>" not in client.get("/bureau/tickets", query_string={"q": query}).text


def test_a_mistyped_number_is_told_as_one(client: FlaskClient) -> None:
    one = sent()
    enter(client, "operator")
    wrong = one.number[:-1] + str((int(one.number[-1]) + 1) % 10)
    assert "输错了一位" in client.get("/desk/tickets", query_string={"q": numbers.shown(wrong)}).text


def poll(client: FlaskClient, page: str) -> int:
    url = html.unescape(page.split('data-poll-url="')[1].split('"')[0])
    return int(json.loads(client.get(url).text)["count"])


@pytest.mark.parametrize(
    ("who", "path"), [("head", "/bureau"), ("dispatcher", "/dispatch"), ("supervisor", "/watch")]
)
def test_nothing_is_new_before_something_came(
    client: FlaskClient, clock: FrozenClock, who: str, path: str
) -> None:
    for _ in range(60):
        sent()
        ticket(body="希望关心。")
    enter(client, who)
    page = client.get(path).text
    assert poll(client, page) == 0
    later = clock.forward(minutes=1)
    sent(later)
    ticket(later, body="希望关心。")
    assert poll(client, page) == 1


def test_a_return_is_news_at_the_desk(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent()
    worker = actor("worker", Grant(Role.HANDLER, SWJ))
    enter(client, "dispatcher")
    page = client.get("/dispatch").text
    back = Act(worker, clock.forward(minutes=1))
    dispatch.return_ticket(one, "not_our_duty", "第三条", None, back, province.current())
    assert poll(client, page) == 1


def test_an_unchanged_answer_costs_nothing(client: FlaskClient) -> None:
    enter(client, "head")
    first = client.get("/bureau/news?since=1")
    again = client.get("/bureau/news?since=1", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30])
def test_a_news_bar_survives_nonsense(client: FlaskClient, since: str) -> None:
    enter(client, "head")
    assert client.get(f"/bureau/news?since={since}").json == {"count": 0}


def test_follow_ups_tell_whom_to_call_from_whom_to_hear(client: FlaskClient, clock: FrozenClock) -> None:
    worker = act("worker", Grant(Role.HANDLER, SWJ))
    called, waiting = sent(type="help", subject="打过电话的"), sent(type="help", subject="等电话的")
    for one in (called, waiting):
        handling.accept(one, worker)
        handling.propose_answer(one, worker, province.current(), result="solved", text="好了", basis="")
    enter(client, "operator")
    data = {"follow_up-reached": "yes", "follow_up-text": "考虑一下", "version": called.history_seq}
    assert client.post(f"/tickets/{called.number}/do/follow_up", data=data).status_code == 302
    first, second = client.get("/desk/follow-ups").text, client.get("/desk/follow-ups?tab=visited").text
    assert ("等电话的" in first, "打过电话的" in first) == (True, False)
    assert ("等电话的" in second, "打过电话的" in second) == (False, True)


def test_the_dispatcher_is_led_through_the_queue(client: FlaskClient, clock: FrozenClock) -> None:
    first, second, third = (ticket(clock.forward(minutes=1), body="希望关心。") for _ in range(3))
    enter(client, "dispatcher")
    page = client.get(f"/dispatch/{second.number}").text
    assert "2 / 3" in page
    assert f'id="skip" href="/dispatch/{third.number}"' in page
    data = {"candidate": SWJ, "bureau": "", "note": "", "version": second.history_seq}
    assert client.post(f"/dispatch/{second.number}", data=data).location == f"/dispatch/{third.number}"
    data["version"] = str(third.history_seq)
    assert client.post(f"/dispatch/{third.number}", data=data).location == f"/dispatch/{first.number}"


def test_the_second_of_two_dispatchers_is_told(client: FlaskClient) -> None:
    one: Ticket = ticket(body="希望关心。")
    enter(client, "dispatcher")
    data = {"candidate": SWJ, "bureau": "", "note": "请尽快", "version": one.history_seq}
    client.post(f"/dispatch/{one.number}", data=data)
    answer = client.post(f"/dispatch/{one.number}", data=data)
    assert answer.status_code == 409
    assert "请尽快" in answer.text


def test_the_keys_shown_beside_the_decision_are_the_keys_that_work(client: FlaskClient) -> None:
    one = ticket(body="希望关心。")
    enter(client, "dispatcher")
    page = client.get(f"/dispatch/{one.number}").text
    for key in ("r", "t", "m", "o", "b", "s"):
        assert f'<tr data-key="{key}"' in page
    assert "启动协调" not in page.split('class="act')[1].split("</form>")[0]
