"""The router's own pages: every figure opens its tickets, models are published and rolled back by hand."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from routing.examples import of_pack
from routing.training import train
from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor, colleague
from tests.support.requests import ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.jobs import learn
from ticketing.models import Ticket
from ticketing.services import dispatch, handling, outcomes, province, runs, shelf
from ticketing.services.history import Act

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


@pytest.fixture
def boss(client: FlaskClient) -> FlaskClient:
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    return client


@pytest.fixture(scope="session")
def examples() -> list[Any]:
    return of_pack(Path("provinces/heilongjiang"))


def shelve(examples: list[Any], count: int) -> Any:
    current = province.current()
    return shelf.put(train(examples[:count], current.directory, current.rules), {"examples": count}, MONDAY)


def answered(bureau: str = SWJ, **values: Any) -> Ticket:
    one = ticket(topic_code="T1503", region_code="230103", type="help", **values)
    if bureau != one.bureau_code:
        by = Act(actor(f"d{one.id}", Grant(Role.DISPATCHER)), MONDAY)
        dispatch.dispatch(one, bureau, by, province.current())
    handler = Act(actor(f"h{one.id}", Grant(Role.HANDLER, bureau)), MONDAY)
    handling.accept(one, handler)
    handling.propose_answer(one, handler, province.current(), result="solved", text="好了。", basis="")
    outcomes.note([one.id])
    return one


def figures(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a class="is-none" href="([^"]+)"><b>([^<]+)</b>', page)
    return [(value, html.unescape(url)) for url, value in found]


def listed(boss: FlaskClient, url: str) -> int:
    return boss.get(url).text.count("<tr data-row>")


def test_figures_say_how_well_and_open_their_tickets(boss: FlaskClient) -> None:
    for _ in range(3):
        answered()
    answered(SCJG, subject="派错的一件")
    ticket(body="还没有答复的。")
    right, auto, auto_right, unsure = figures(boss.get("/routing").text)
    assert [one[0] for one in (right, auto, auto_right, unsure)] == ["75.0%", "100.0%", "75.0%", "0.0%"]
    assert "派错的一件" in boss.get(right[1]).text
    assert [listed(boss, one[1]) for one in (right, auto, auto_right, unsure)] == [1, 4, 1, 0]


def test_points_and_confusions_open_just_theirs(boss: FlaskClient) -> None:
    answered()
    answered(SCJG)
    page = boss.get("/routing?weeks=4").text
    points = [html.unescape(url) for url in re.findall(r'<a href="(/routing/tickets[^"]+)" aria-label', page)]
    assert [listed(boss, url) for url in points] == [1, 2]  # the week's wrong ones; the tenth's both
    [confused] = [html.unescape(url) for url in re.findall(r'href="([^"]+top=[^"]+)"', page)]
    assert listed(boss, confused) == 1


def test_returns_are_told_by_reason(boss: FlaskClient) -> None:
    one = ticket(topic_code="T1503", region_code="230103")
    handler = Act(actor("h", Grant(Role.HANDLER, SWJ)), MONDAY)
    dispatch.return_ticket(one, "not_our_duty", "第三条", None, handler, province.current())
    page = boss.get("/routing").text
    [url] = [html.unescape(url) for url in re.findall(r'href="([^"]+returned=[^"]+)"', page)]
    assert listed(boss, url) == 1


def test_nothing_yet_says_so_and_nonsense_is_not_an_error(boss: FlaskClient) -> None:
    assert boss.get("/routing?weeks=9999&model=x").text.count('class="empty"') == 4
    assert boss.get("/routing/tickets?week=never&tenth=x&after=y&kind=z").status_code == 200
    assert boss.get("/routing/runs/99").status_code == 404


def test_an_administrator_sees_figures_and_no_tickets(client: FlaskClient) -> None:
    answered(subject="别人的事")
    colleague("admin1", Grant(Role.ADMIN), client=client)
    page = client.get("/routing")
    assert page.status_code == 200
    assert "别人的事" not in client.get("/routing/tickets?kind=auto").text


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DISPATCHER])
def test_the_other_roles_are_kept_out(client: FlaskClient, role: Role) -> None:
    colleague("other", Grant(role), client=client)
    assert [client.get(path).status_code for path in ("/routing", "/routing/models")] == [403, 403]
    assert client.post("/routing/runs").status_code == 403


def test_a_model_is_published_and_rolled_back_by_hand(boss: FlaskClient, examples: list[Any]) -> None:
    first, second = shelve(examples, 300), shelve(examples, 350)
    for row in (first, second):
        assert boss.post(f"/routing/models/{row.version}/publish").location == "/routing/models"
    page = boss.get("/routing/models").text
    assert page.count("正在使用") == 1
    assert "boss先生" in page
    boss.post("/routing/rollback")
    assert (first.state, second.state) == ("published", "withdrawn")
    assert "没有以前发布过的模型" in boss.post("/routing/rollback", follow_redirects=True).text


def test_lessons_say_who_taught_what(boss: FlaskClient) -> None:
    answered(SCJG, subject="被更正的")
    answered(subject="没有更正的")
    page = boss.get("/routing/lessons").text
    assert "先生 更正，应由哈尔滨市市场监管局承办" in page
    assert ("被更正的" in page, "没有更正的" in page) == (True, False)
    assert "上次训练以来新增 1 条" in boss.get("/routing/models").text


def test_training_shows_how_far_it_is_and_what_would_move(
    boss: FlaskClient, examples: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(subject="会被重放的")
    monkeypatch.setattr(runs, "of_pack", lambda _folder: examples[:300])
    assert boss.post("/routing/runs").status_code == 302
    assert "等待训练" in boss.get("/routing/models").text
    learn.run()
    page = boss.get("/routing/models").text
    assert "重放 1 件" in page
    assert "等待训练" not in page


def test_the_rule_is_set_with_a_name_and_wrong_values_stay_typed(boss: FlaskClient) -> None:
    data = {"automatic": "y", "least_gain": "5", "most_away": "0.5", "least_lessons": "10"}
    assert boss.post("/routing/rule", data=data | {"most_away": "250"}).status_code == 422
    assert runs.rule_document() is None
    assert boss.post("/routing/rule", data=data).status_code == 302
    assert (runs.rule().automatic, runs.rule().least_gain, runs.rule_document().author) == (
        True,
        5,
        "boss先生",
    )
    assert "boss先生 设定于" in boss.get("/routing/models").text


@pytest.mark.parametrize(
    "path", ["/routing", "/routing/models", "/routing/lessons", "/routing/tickets?kind=auto"]
)
def test_a_page_costs_the_same_however_many(
    boss: FlaskClient, statements: list[str], path: str, clock: FrozenClock
) -> None:
    costs = []
    for _ in range(2):
        answered()
        answered(SCJG)
        statements.clear()
        assert boss.get(path).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 25
