"""Two clerks answer the same ticket: one answer goes out, and the other's words are still there."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import HistoryEntry, Ticket
from ticketing.services import handling
from ticketing.services.history import Act

BUREAU = "HRB-SWJ"
WORDS = {"li.na": "材料已齐，备案办好了。", "wu.gang": "还缺消防承诺书，补齐后当天办结。"}
Clerks = dict[str, Page]


@pytest.fixture
def accepted(house: House) -> Ticket:
    """Return a ticket that the bureau is working on."""
    with transaction():
        one = sent(type="help")
        handling.accept(one, Act(actor("first", Grant(Role.HANDLER, BUREAU)), house.clock.now))
    return one


@pytest.fixture
def clerks(house: House, accepted: Ticket) -> Clerks:
    """Two clerks who see the same state of the ticket and have written their answers."""
    pages = {name: house.colleague(name, Role.HANDLER, BUREAU) for name in WORDS}
    for name, page in pages.items():
        write(page, accepted, WORDS[name])
    return pages


def write(page: Page, ticket: Ticket, text: str) -> None:
    page.goto(f"/tickets/{ticket.number}")
    folded = page.locator("details#do-answer:not([open]) > summary")
    if folded.count():
        folded.click()
    page.locator("#do-answer").get_by_label("已解决").check()
    page.locator("#do-answer").get_by_label("答复内容").fill(text)


def send(page: Page) -> None:
    """Press the button, and once more where the look before sending has something to say."""
    page.locator("#do-answer").get_by_role("button", name="答复").click()
    page.wait_for_load_state("load")
    if page.get_by_text("发送前再看一眼").count():
        page.locator("#do-answer").get_by_role("button", name="答复").click()


def answers(ticket: Ticket) -> list[str]:
    db.session.expire_all()
    wanted = (HistoryEntry.ticket_id == ticket.id) & (HistoryEntry.action == "answer")
    return [line.text for line in HistoryEntry.query.filter(wanted)]


def told_and_nothing_lost(page: Page, mine: str, theirs: str) -> None:
    alert = page.get_by_role("alert").filter(has_text="您填写期间，别人先办了一步")
    expect(alert).to_contain_text("现在不能再办“答复”了")
    expect(alert).to_contain_text(theirs)
    expect(alert).to_contain_text(mine)
    expect(page.locator("#do-answer")).to_have_count(0)


def test_the_second_is_told_what_the_first_said(house: House, accepted: Ticket, clerks: Clerks) -> None:
    first, second = clerks["li.na"], clerks["wu.gang"]
    send(first)
    expect(first.locator(".badge").first).to_contain_text("已答复")
    send(second)
    told_and_nothing_lost(second, WORDS["wu.gang"], WORDS["li.na"])
    house.picture(second, "story8-second")
    assert answers(accepted) == [WORDS["li.na"]]


def test_sent_again_a_late_answer_is_refused_and_stays(
    house: House, accepted: Ticket, clerks: Clerks
) -> None:
    send(clerks["li.na"])
    expect(clerks["li.na"].locator(".badge").first).to_contain_text("已答复")
    second = clerks["wu.gang"]
    send(second)
    expect(second.get_by_role("alert").first).to_be_visible()
    second.reload()  # sends the form once more
    told_and_nothing_lost(second, WORDS["wu.gang"], WORDS["li.na"])
    house.picture(second, "story8-again")
    assert answers(accepted) == [WORDS["li.na"]]


def test_at_the_same_moment_one_answer_goes_out(house: House, accepted: Ticket, clerks: Clerks) -> None:
    for page in [*clerks.values()] * 2:  # each has seen what the look says, and that the other writes too
        page.locator("#do-answer").get_by_role("button", name="先检查").click()
        page.wait_for_load_state("load")
        expect(page.get_by_text("发送前再看一眼").or_(page.get_by_text("看过了"))).to_be_visible()
    for page in clerks.values():
        page.evaluate("setTimeout(() => document.querySelector('#do-answer form').requestSubmit(), 50)")
    badges = {}
    for name, page in clerks.items():
        done = page.get_by_text("答复：已完成").or_(page.get_by_text("您填写期间，别人先办了一步"))
        expect(done).to_be_visible()
        badges[name] = page.get_by_text("您填写期间，别人先办了一步").count()
    assert sorted(badges.values()) == [0, 1]
    late = next(name for name, told in badges.items() if told)
    first = next(name for name, told in badges.items() if not told)
    told_and_nothing_lost(clerks[late], WORDS[late], WORDS[first])
    assert answers(accepted) == [WORDS[first]]


def test_who_is_still_writing_hears_of_it_and_nothing_moves(house: House, accepted: Ticket) -> None:
    first, second = (house.colleague(name, Role.HANDLER, BUREAU) for name in WORDS)
    second.clock.install()
    write(second, accepted, WORDS["wu.gang"])
    write(first, accepted, WORDS["li.na"])
    send(first)
    expect(first.locator(".badge").first).to_contain_text("已答复")
    second.clock.fast_forward(16_000)
    expect(second.get_by_role("status").filter(has_text="条新内容")).to_be_visible()
    expect(second.locator("#do-answer").get_by_label("答复内容")).to_have_value(WORDS["wu.gang"])
    house.picture(second, "story8-news")
