"""Saved views: own, a role's, everybody's; what they show stays within what each reader may read."""

import html
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.query import read
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import SavedView
from ticketing.services import demo, province
from ticketing.web.lexicon import lexicon

SWJ = "HRB-SWJ"
FORM = {
    "name": "投诉",
    "query_line": "类型:投诉",
    "first": "bureau",
    "second": "due",
    "order": "due",
    "shared": "own",
}


def enter(client: FlaskClient, name: str, *grants: Grant) -> None:
    client.post("/logout")
    colleague(name, *grants, client=client)


def saved(client: FlaskClient, **more: str) -> str:
    answer = client.post("/views/new", data=FORM | more)
    assert answer.status_code == 302, answer.text
    return answer.location


def test_a_view_shows_its_query_in_its_columns(client: FlaskClient) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    sent(type="complaint", subject="投诉的事")
    sent(type="help", subject="别的事")
    page = client.get(saved(client)).text
    assert ("投诉的事" in page, "别的事" in page) == (True, False)
    heads = [part.split("<")[0] for part in page.split('<th scope="col">')[1:]]
    assert heads == ["诉求", "承办单位", "时限", "事项编码"]


def test_views_are_seen_by_whom_they_are_shared_with(client: FlaskClient) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    places = [saved(client, name=f"{who}的", shared=who) for who in ("own", "operator", "all")]
    enter(client, "second", Grant(Role.OPERATOR))
    assert [client.get(place).status_code for place in places] == [404, 200, 200]
    enter(client, "worker", Grant(Role.HANDLER, SWJ))
    assert [client.get(place).status_code for place in places] == [404, 404, 200]
    page = client.get("/views").text
    assert ("all的" in page, "operator的" in page, "own的" in page) == (True, False, False)
    assert "operator先生" in page  # whose it is


def test_the_demos_colleagues_have_views_that_find_what_they_say(client: FlaskClient, app: Flask) -> None:
    demo.load(app.config["PROVINCE_PACK"], MONDAY, province.current())
    db.session.commit()
    client.post("/login", data={"username": "sunlihua", "password": demo.PASSWORD})
    page = html.unescape(client.get("/views").text)
    assert ("超时的投诉" in page, "特急" in page, "复工备案" in page) == (True, True, False)
    for row in db.session.scalars(select(SavedView)):
        assert not read(row.query, lexicon(), MONDAY).mistakes


def test_a_shared_view_opens_nothing(client: FlaskClient) -> None:
    sent(type="report", subject="举报的事")
    enter(client, "boss", Grant(Role.SUPERVISOR))
    place = saved(client, query_line="", shared="all")
    assert "举报的事" in client.get(place).text
    enter(client, "operator", Grant(Role.OPERATOR))
    assert "举报的事" not in client.get(place).text


def test_only_the_owner_changes_and_drops_a_view(client: FlaskClient) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    place = saved(client, shared="all")
    enter(client, "second", Grant(Role.OPERATOR))
    assert client.post(f"{place}/remove").status_code == 403
    assert client.get(f"{place}/edit").status_code == 403
    assert client.post(f"{place}/edit", data=FORM | {"name": "改了"}).status_code == 403
    assert "改了" not in client.get(place).text


def test_an_own_view_is_changed_and_dropped(client: FlaskClient) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    place = saved(client)
    assert 'value="类型:投诉"' in html.unescape(client.get(f"{place}/edit").text)
    client.post(f"{place}/edit", data=FORM | {"name": "改了", "order": "newest"})
    assert "改了" in client.get("/views").text
    client.post(f"{place}/remove")
    assert client.get(place).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"name": ""}, "不能为空"), ({"query_line": "承办:没有的局"}, "没有叫“没有的局”"), ({"order": "sideways"}, ""),
     ({"shared": "supervisor"}, "")],
)  # fmt: skip
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    client: FlaskClient, wrong: dict[str, str], told: str
) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    answer = client.post("/views/new", data=FORM | {"query_line": "消防"} | wrong)
    assert answer.status_code == 422
    assert told in html.unescape(answer.text)
    assert (wrong.get("query_line") or "消防") in html.unescape(answer.text)


def test_a_nul_is_not_kept_in_a_view(client: FlaskClient) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    assert client.post("/views/new", data=FORM | {"query_line": "消\x00防"}).status_code == 302
    assert db.session.scalars(select(SavedView.query)).one() == "消防"


def test_a_search_becomes_a_view(client: FlaskClient) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    page = html.unescape(client.get("/find?q=类型:投诉").text)
    link = page.split("保存为视图")[0].rsplit('href="', 1)[1].split('"')[0]
    assert 'value="类型:投诉"' in html.unescape(client.get(link).text)


def test_what_comes_in_is_announced_and_moves_nothing(client: FlaskClient, clock: FrozenClock) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    page = client.get(saved(client)).text
    url = html.unescape(page.split('data-poll-url="')[1].split('"')[0])
    assert json.loads(client.get(url).text) == {"count": 0}
    later = clock.forward(minutes=1)
    sent(later, type="complaint")
    sent(later, type="help")
    assert json.loads(client.get(url).text) == {"count": 1}


def look(client: FlaskClient, number: str) -> list[str]:
    return client.get(f"/tickets/{number}/looking").get_json()["others"]


def test_who_else_looks_is_said_and_fades(client: FlaskClient, clock: FrozenClock) -> None:
    one, other = sent(), sent()
    enter(client, "first", Grant(Role.HANDLER, SWJ))
    assert look(client, one.number) == []
    enter(client, "second", Grant(Role.HANDLER, SWJ))
    assert look(client, one.number) == ["first先生"]
    seen = client.get(f"/find/looking?n={one.number},{other.number},nonsense").get_json()
    assert seen == {one.number: ["first先生"]}
    clock.forward(seconds=46)
    assert look(client, one.number) == []


def test_strangers_learn_nothing_of_who_looks(client: FlaskClient) -> None:
    one = sent()
    enter(client, "first", Grant(Role.HANDLER, SWJ))
    look(client, one.number)
    enter(client, "elsewhere", Grant(Role.HANDLER, "HRB-ZJJ"))
    assert client.get(f"/tickets/{one.number}/looking").status_code == 404
    assert client.get(f"/find/looking?n={one.number}").get_json() == {}


def test_views_are_listed_by_the_sound_of_their_names(client: FlaskClient) -> None:
    enter(client, "operator", Grant(Role.OPERATOR))
    for name in ("周报", "超时", "安监"):
        saved(client, name=name)
    page = client.get("/views").text
    places = [page.index(f">{name}<") for name in ("安监", "超时", "周报")]
    assert places == sorted(places)
