"""Public pages on a slow telephone: light, whole without JavaScript, nothing from elsewhere, nothing inline."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.conftest import MONDAY
from tests.functional.test_guesses import ask, code_sent, send_code
from tests.functional.test_my import COLLEAGUE, texted
from tests.functional.test_status import answered, enter
from tests.functional.test_submit import fill
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay
from ticketing.models import BureauTime, TicketFact
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


def test_a_new_password_is_shown_on_a_light_page(client: FlaskClient) -> None:
    one = sent()
    ask(client, one.number)
    send_code(client, one.number, code_sent())
    assert '<b class="code">' in client.get("/status/password/new").text
    look(client, "/status/password/new")


def test_an_invitation_and_a_request_of_the_account_are_light(app: Flask) -> None:
    demo.load(app.config["PROVINCE_PACK"], MONDAY, province.current())
    client = app.test_client()
    client.post("/my/login", data={"phone": "13604501234", "password": demo.PASSWORD})
    number = re.search(r"/my/requests/\d+", client.get("/my").text)
    assert number
    look(client, client.get(number[0]).location)
    client.post("/my/people", data={"name": "白雪", "phone": COLLEAGUE, "role": "clerk"})
    link = re.search(r"/my/invited/\S+", texted(COLLEAGUE))
    assert link
    look(app.test_client(), link[0])


#: The pages on which a day is spent, and the heaviest of the others.
STAFF = {
    "wangmin": ("/desk", "/desk/register", "/desk/tickets", "/desk/calls", "/desk/callbacks", "/desk/follow-ups"),
    "zhaolixin": ("/dispatch", "/dispatch/tickets"),
    "liuyang": ("/bureau", "/bureau/mine", "/notices", "/snippets"),
    "chenfang": ("/bureau/approvals",),
    "sunlihua": ("/watch", "/watch/lines", "/watch/overdue", "/watch/telephone", "/cases", "/cases/1",
                 "/watch/figures", "/watch/figures?by=type", "/routing"),
    "admin": ("/admin/accounts", "/admin/audit", "/admin/deliveries", "/admin/directory", "/admin/policies"),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_of_the_desks_are_light(app: Flask, lang: str) -> None:
    """Uncompressed, as the application sends them; English words are longer, Chinese ones have three bytes a sign."""
    demo.load(app.config["PROVINCE_PACK"], MONDAY, province.current())
    for who, paths in STAFF.items():
        client = app.test_client()
        client.set_cookie("lang", lang)
        client.post("/login", data={"username": who, "password": demo.PASSWORD})
        for path in paths:
            look(client, path)
        ticket = re.search(r'href="(/tickets/\d+)"', client.get(paths[0]).text)
        if ticket:
            look(client, ticket[1])


def test_the_figures_of_a_full_month_are_light(client: FlaskClient) -> None:
    """Every hotline and a bureau for each of them, each with all its figures, in both languages."""
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    directory = province.current().directory
    bureaus, regions = (sorted(found) for found in (directory.bureaus, directory.regions))
    made = [sent(type="help") for _ in directory.hotlines]
    relay.run()
    for place, (one, hotline) in enumerate(zip(made, directory.hotlines, strict=True)):
        day = MONDAY + dt.timedelta(days=place % 20)
        kept = {"due_day": day.date(), "bureau_code": bureaus[place], "region_code": regions[place]}
        told = {
            "hotline_number": hotline,
            "first_due_at": day,
            "answered_at": day + dt.timedelta(days=place % 2),
            "dispatched": True,
        }
        db.session.execute(update(TicketFact).where(TicketFact.ticket_id == one.id).values(kept | told))
        bears = {"seconds": 100, "around_the_clock": False, "returns_upheld": 1, "returns_refused": 0}
        db.session.add(BureauTime(ticket_id=one.id, bureau_code=bureaus[place], due_day=day.date(), **bears))
    db.session.commit()
    month = "/watch/figures?from=2020-06-01&to=2020-06-30"
    for lang in ("zh", "en"):
        client.set_cookie("lang", lang)
        for by in ("bureau", "hotline", "line", "region", "type"):
            look(client, f"{month}&by={by}")
    rows = [client.get(one).text.count('<th scope="row">') for one in (month, f"{month}&rows=all")]
    assert rows == [10, len(made)]
