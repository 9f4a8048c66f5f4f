"""Public pages on a slow telephone: light, whole without JavaScript, nothing from elsewhere, nothing inline."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MONDAY
from tests.functional.test_status import answered, enter
from tests.functional.test_submit import fill
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.services import demo, enterprises, people, province

MOST = 100 * 1024
PUBLIC = (
    "/", "/?q=评标", "/topics", "/privacy", "/news", "/submit/what", "/submit/where", "/submit/matter",
    "/submit/contact", "/status", "/status/password", "/my/login", "/login", "/nowhere",
)  # fmt: skip
ACCOUNT = ("/my", "/my/claim", "/my/people", "/my/settings", "/my/prove", "/my/prove/call")
ADDRESS = re.compile(r"""<(?:link|script|img|source|iframe|form)\b[^>]*\b(?:href|src|action)="([^"]*)\"""")
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.I)


def weigh(client: FlaskClient, page: str) -> int:
    """Return the bytes of a page with all that it loads, uncompressed, without the pictures of icons."""
    wanted = {one for one in ADDRESS.findall(page) if one.startswith("/static/")}
    return len(page.encode()) + sum(len(client.get(one.replace("&amp;", "&")).data) for one in wanted)


def look(client: FlaskClient, path: str) -> int:
    answer = client.get(path)
    for address in ADDRESS.findall(answer.text):
        assert not urlsplit(address).netloc, (path, address)
    assert INLINE.findall(answer.text) == [], path
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    weight = weigh(client, answer.text)
    assert weight <= MOST, f"{path} weighs {weight}"
    return weight


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_light_and_all_ours(client: FlaskClient, path: str) -> None:
    assert look(client, path) > 10_000  # it was the page, with its styles


def test_the_check_and_the_receipt_are_light(client: FlaskClient) -> None:
    fill(client)
    look(client, "/submit/check")
    look(client, client.post("/submit/check").location)


def test_an_answered_request_is_light(client: FlaskClient, clock: object) -> None:
    enter(client, answered(clock))  # type: ignore[arg-type]
    look(client, "/status/request")


@pytest.mark.parametrize("path", ACCOUNT)
def test_a_page_of_the_account_is_light(app: Flask, client: FlaskClient, path: str) -> None:
    person = people.begin("+8613604505678", MONDAY, name="白雪")
    people.set_password(person, "a password of mine")
    code = "91230103MA1DEMX02P"
    enterprises.proved(person, code, "昌盛食品", "register_phone", MONDAY, role=EnterpriseRole.MANAGER)
    client.post("/my/login", data={"phone": "13604505678", "password": "a password of mine"})
    look(client, path)


def test_the_first_page_of_a_full_day_is_light(client: FlaskClient, app: Flask) -> None:
    demo.load(app.config["PROVINCE_PACK"], MONDAY, province.current())
    look(client, "/")
    look(client, "/news")
    article = re.search(r'href="(/news/\d+)"', client.get("/news").text)
    assert article
    look(client, article[1])
