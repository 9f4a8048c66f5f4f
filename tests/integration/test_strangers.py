"""Whoever looks for what is secret finds it where it stands: the looking of the bridge story can fail."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.conftest import FrozenClock
from tests.functional.conftest import Browser
from tests.support import strangers
from tests.support.cases import (
    DECLINED,
    NAMES,
    UNITS,
    Bridge,
    begun_anew,
    bridge,
    drawn,
    five,
    record,
)
from tests.support.people import PASSWORD, colleague
from tests.support.requests import PASSWORD as TICKET_PASSWORD
from tests.support.strangers import Stranger
from ticketing.channels import press
from ticketing.domain import contact, numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.jobs import papers
from ticketing.models import CoordinationCase, Ticket
from ticketing.services import accounts, judging

SECRET = (*NAMES, *UNITS, DECLINED.unit)
WRONG = "司徒明运"
OTHERS = {
    "operator": Grant(Role.OPERATOR),
    "admin": Grant(Role.ADMIN),
    "another": Grant(Role.HEAD, "HRB-SWJ"),
}


@pytest.fixture
def one(committed: Flask, clock: FrozenClock) -> Iterator[Bridge]:
    """The bridge case, drawn with somebody who declined, entered and confirmed."""
    strangers.listen(committed)
    committed.config["WTF_CSRF_ENABLED"] = False
    with transaction():
        case = bridge()
        case.draw(drawn(*five(), declined=(DECLINED,)))
        case.enter()
        case.confirm()
        clock.now = case.now
    return case


def looker(app: Flask, username: str) -> Stranger:
    """Return a colleague who has logged in."""
    client = Browser(app, app.response_class)
    assert client.post("/login", data={"username": username, "password": PASSWORD}).status_code == 302
    return Stranger(username, {"session": client.get_cookie("session").value})


def enterprise(app: Flask, ticket: Ticket) -> Stranger:
    """Return whoever asked, with the password of the request at the page and at the JSON door."""
    client = Browser(app, app.response_class)
    pair = {"number": numbers.shown(ticket.number), "password": TICKET_PASSWORD}
    assert client.post("/status", data=pair).status_code == 302
    token = client.post("/api/v1/sessions", json=pair).json["token"]
    return Stranger("enterprise", {"session": client.get_cookie("session").value}, token)


def plant(word: str) -> None:
    """Write a word where every supervisor reads it."""
    with transaction():
        db.session.scalars(db.select(Ticket)).one().subject = f"听说有{word}"


def test_a_name_in_a_row_is_found_on_pages_and_in_the_table(one: Bridge, committed: Flask) -> None:
    plant(NAMES[3])
    with pytest.raises(AssertionError, match=NAMES[3]):
        strangers.look(committed, [looker(committed, "watcher")], SECRET, DECLINED.name)
    with pytest.raises(AssertionError, match="ticket"):
        strangers.check_rows(SECRET)


def test_a_page_that_says_of_a_member_what_it_says_of_nobody_else_is_found_out(
    one: Bridge, committed: Flask
) -> None:
    plant(DECLINED.name)
    with pytest.raises(AssertionError, match=DECLINED.name):
        strangers.look(committed, [looker(committed, "watcher")], SECRET, DECLINED.name)


def test_who_may_read_the_names_finds_them(one: Bridge, committed: Flask) -> None:
    with pytest.raises(AssertionError, match=r"/cases/\d+/steps/4/list"):
        strangers.look(committed, [looker(committed, "bidsupervisor")], SECRET, DECLINED.name)


def test_an_address_that_nobody_can_fill_in_is_told(one: Bridge, committed: Flask) -> None:
    committed.url_map.add(committed.url_rule_class("/new/<thing>", endpoint="new.thing", methods=["GET"]))
    with pytest.raises(AssertionError, match="what stands in /new/<thing> for thing"):
        list(strangers.Places(committed).all())


def disputed(case: Bridge) -> None:
    """The two lists differ in a name."""
    case.enter(record(0), record(1, name=WRONG), *five()[2:])


def confirmed(case: Bridge) -> None:
    """Both confirmed, after a first case for the request was dissolved with its list."""
    begun_anew(case)
    case.draw(drawn(*five(), declined=(DECLINED,)))
    case.enter()
    case.confirm()


def ended(case: Bridge) -> None:
    """Awarded, secrecy lifted, answered, confirmed by the enterprise: a precedent."""
    case.enter()
    case.confirm()
    case.to_award()
    case.answer()
    judging.confirm(case.ticket, case.act("desk", minutes=5), ratings={})


#: The stages that the browsers' story does not look at: it looks when drawn and when evaluated.
STAGES: tuple[Callable[[Bridge], None], ...] = (disputed, confirmed, ended)


@pytest.fixture
def stages(committed: Flask, clock: FrozenClock) -> list[Bridge]:
    """A case in each stage, beside one another: what they share is looked at once."""
    strangers.listen(committed)
    committed.config["WTF_CSRF_ENABLED"] = False
    found: list[Bridge] = []
    with transaction():
        made = {username: colleague(username, grant) for username, grant in OTHERS.items()}
        for reach in STAGES:
            case = bridge(staff=found[0].accounts if found else None)
            case.people["desk"] = accounts.actor(made["operator"], case.now)
            case.draw(drawn(*five(), declined=(DECLINED,)))
            reach(case)
            found.append(case)
        clock.now = max(case.now for case in found)
    return found


def print_records(app: Flask, username: str, cases: list[Bridge]) -> None:
    """Have the records of cases printed for a colleague who may read them."""
    client = Browser(app, app.response_class)
    assert client.post("/login", data={"username": username, "password": PASSWORD}).status_code == 302
    found = db.session.scalars(db.select(CoordinationCase.number)).all()
    assert {client.post(f"/cases/{number}/record").status_code for number in found} == {302}
    assert papers.run() == len(found) > len(cases)


@pytest.mark.timeout(600)
def test_at_each_stage_nobody_without_business_finds_a_name(
    stages: list[Bridge], committed: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # What goes into the press is read, not what comes out; the browsers' story prints.
    monkeypatch.setattr(press, "pdf", str.encode)
    who = [
        Stranger("stranger"),
        *(enterprise(committed, case.ticket) for case in stages),
        *(looker(committed, name) for name in ("watcher", *OTHERS)),
    ]
    print_records(committed, "watcher", stages)
    strangers.check_rows((*SECRET, WRONG))
    read = strangers.look(committed, who, (*SECRET, WRONG), DECLINED.name)
    assert read > len(who) * len(strangers.Places(committed).rules)
    strangers.check("".join(capfd.readouterr()), (*SECRET, WRONG), "log")


def test_after_the_lifting_the_named_read_the_names_and_readers_of_the_case_masked_ones(
    stages: list[Bridge], committed: Flask
) -> None:
    path = f"/cases/{stages[-1].case.number}/record.json"
    told = {
        name: strangers.reads(committed, looker(committed, name), path)
        for name in ("bidsupervisor", "watcher", "another")
    }
    assert all(name in told["bidsupervisor"] for name in (*NAMES, DECLINED.name))
    assert all(contact.mask_name(name) in told["watcher"] for name in NAMES)
    strangers.check(told["watcher"], (*SECRET, DECLINED.name), "watcher")
    assert told["another"].startswith("404 ")
