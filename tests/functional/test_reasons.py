"""Why the router decided so, in the language of who reads it."""

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from routing.decision import Ground
from tests.support.people import colleague
from tests.support.requests import SURE, sent, ticket
from ticketing.cli.catalog import HAN
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import RoutingDecision
from ticketing.web import reasons

#: Nothing to go by, a name of two districts, a complaint about the bureau itself; what the list says of it.
DOUBTS = [
    ({"subject": "一点情况", "body": "希望关心。"}, "No words point to a duty"),
    ({"subject": "备案", "body": "向阳区的餐饮店复工备案"}, "“向阳区” may mean one of these: "),
    ({"subject": "投诉", "body": "投诉哈尔滨市商务局推诿，餐饮复工备案退回", **SURE}, "Proposed: "),
]


def said(page: str) -> list[str]:
    """Return the reasons of a page, without the words that they quote."""
    lists = re.findall(r'<ul class="reasons">(.*?)</ul>', page, re.S)
    lines = [html.unescape(line) for one in lists for line in re.findall(r"<li>(.*?)</li>", one)]
    return [re.sub(r"“[^”]*”", "“”", line) for line in lines]


def test_a_clerk_reads_the_reasons_in_chinese(client: FlaskClient) -> None:
    colleague("handler", Grant(Role.HANDLER, "HRB-SWJ"), client=client)
    found = said(client.get(f"/tickets/{sent().number}").text)
    assert found[0].startswith("选择的事项：")
    assert "地点：南岗（登记的所在地）" in found


def test_an_english_ticket_page_gives_english_reasons(client: FlaskClient) -> None:
    colleague("handler", Grant(Role.HANDLER, "HRB-SWJ"), client=client)
    client.set_cookie("lang", "en")
    found = said(client.get(f"/tickets/{sent().number}").text)
    assert len(found) >= 3
    assert [line for line in found if HAN.search(line)] == []


@pytest.mark.parametrize(("doubt", "told"), DOUBTS)
def test_the_english_dispatch_desk_tells_its_doubts(client: FlaskClient, doubt: dict, told: str) -> None:
    one = ticket(**doubt)
    colleague("dispatcher", Grant(Role.DISPATCHER), client=client)
    client.set_cookie("lang", "en")
    assert [line for line in said(client.get(f"/dispatch/{one.number}").text) if HAN.search(line)] == []
    assert told in client.get("/dispatch").text


def test_every_ground_has_its_sentence() -> None:
    assert set(reasons.SENTENCES) == set(Ground)


def test_what_is_stored_has_codes_and_no_sentence() -> None:
    row = db.session.scalars(select(RoutingDecision).where(RoutingDecision.ticket_id == sent().id)).one()
    assert {"kind": "topic", "topic": "T1503"} in row.reasons
    assert all(set(one) <= {"kind", "words", "topic", "hotline", "regions", "bureaus"} for one in row.reasons)


def test_a_reason_of_an_older_version_is_passed_over() -> None:
    assert reasons.in_words([{"kind": "astrology", "text": "x"}]) == []
