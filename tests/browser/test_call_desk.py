"""An operator takes three calls in a row by keyboard alone; the browser is killed during the second one."""

import os
import signal
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHROMIUM, FLAGS, House
from tests.conftest import MONDAY
from tests.support.calls import answered, ended, rang, told
from tests.support.people import PASSWORD, colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import Account, Call, Ticket

#: What the trade asks of an operator: 60 characters of Chinese a minute, and half a second for a key.
SECONDS_A_CHARACTER = 1.0
SECONDS_A_KEY = 0.5


@dataclass
class Hands:
    """Two hands on a keyboard, and nothing else; they count what they do."""

    page: Page
    characters: int = 0
    keys: int = 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.characters += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    @property
    def seconds(self) -> float:
        return self.characters * SECONDS_A_CHARACTER + self.keys * SECONDS_A_KEY


def rings(name: str, caller: str) -> None:
    with transaction():
        told(rang(name, caller=caller))


def hangs_up(name: str) -> None:
    with transaction():
        told(answered(name, by=""), ended(name, 90))


def outcome(name: str) -> Call:
    db.session.expire_all()
    return db.session.query(Call).filter_by(provider_id=name).one()


def log_in(page: Page, hands: Hands) -> None:
    page.goto("/login")
    page.get_by_label("账号").focus()
    hands.type("wang.min")
    hands.press("Tab")
    hands.type(PASSWORD)
    hands.press("Enter")
    page.wait_for_url("**/desk")


@pytest.fixture
def operator(house: House) -> House:
    with transaction():
        colleague("wang.min", Grant(Role.OPERATOR))
        sent(subject="上次的补贴还没到账", phone="13800138003", enterprise="松江春饭店")
    return house


def test_three_calls_by_keyboard_and_a_killed_browser(operator: House) -> None:
    mark = f"--desk-story={uuid.uuid4().hex}"
    flags = [*FLAGS, mark]
    victim = operator.browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    hands = Hands(victim.new_page(base_url=operator.url, locale="zh-CN"))
    log_in(hands.page, hands)
    answered_from_a_notice(hands)
    begun = half_of_a_call(hands.page)
    kill(mark)
    again = Hands(operator.visitor())
    log_in(again.page, again)
    filing = Hands(again.page, begun.characters, begun.keys)
    registered(filing, operator)
    assert filing.seconds < 60, filing
    calls_again(again)
    first, second, third = (outcome(name) for name in "123")
    assert [one.outcome for one in (first, second, third)] == ["answered", "ticket", "no_ticket"]
    assert third.reason == "repeat"
    filed = db.session.get(Ticket, second.ticket_id)
    assert (filed.body, filed.phone) == (HALF + REST, "+8613800138002")
    assert filed.received_at == MONDAY


HALF, REST = "送菜的车进不了小区，", "每天只让进一次，蔬菜供不上，请协调。"


def answered_from_a_notice(hands: Hands) -> None:
    """The first one is answered while it lasts, from a notice."""
    page = hands.page
    rings("1", "13800138001")
    expect(page.get_by_text("13800138001")).to_be_visible()
    hands.press("a")
    page.wait_for_url("**/desk/calls/*")
    expect(page.get_by_role("textbox", name="记录")).to_be_focused()
    hands.type("餐饮企业纾困补贴怎么申报？")
    hands.press("Escape", "e")
    page.wait_for_url("**/desk/register*")
    expect(page.get_by_label("答复内容")).to_be_focused()
    hands.type("六月底前在网上申报，不用到窗口。")
    hands.press("Tab")
    hands.type("惠企政策通知第12号")
    hands.press("Control+Enter")
    page.wait_for_url("**/desk/registered/*")
    expect(page.get_by_text("读作")).to_have_count(2)
    hangs_up("1")


def half_of_a_call(page: Page) -> Hands:
    """The second one has been written down half way."""
    hands = Hands(page)
    hands.press("g", "t")
    page.wait_for_url("**/desk")
    rings("2", "13800138002")
    expect(page.get_by_text("13800138002")).to_be_visible()
    hands.press("a")
    page.wait_for_url("**/desk/calls/*")
    expect(page.get_by_role("textbox", name="记录")).to_be_focused()
    hands.type(HALF)
    expect(page.get_by_text("已保存")).to_be_visible()
    return hands


def registered(hands: Hands, house: House) -> None:
    """The call that lasts opens by itself, with everything that was typed; the rest is written and filed."""
    page = hands.page
    page.wait_for_url("**/desk/calls/*")
    expect(page.get_by_role("textbox", name="记录")).to_have_value(HALF)
    hands.press("Control+End")
    hands.type(REST)
    house.picture(page, "call-desk")
    hands.press("Escape", "t")
    page.wait_for_url("**/desk/register*")
    expect(page.get_by_label("诉求内容")).to_have_value(HALF + REST)
    hands.press("Control+Enter")
    page.wait_for_url("**/desk/registered/*")
    hangs_up("2")


def calls_again(hands: Hands) -> None:
    """The third one has an open ticket; the screen knows before a word is said."""
    page = hands.page
    hands.press("g", "t")
    page.wait_for_url("**/desk")
    rings("3", "13800138003")
    expect(page.get_by_text("松江春饭店")).to_be_visible()
    expect(page.get_by_text("有 1 件在办")).to_be_visible()
    hands.press("a")
    page.wait_for_url("**/desk/calls/*")
    expect(page.get_by_role("link", name="上次的补贴还没到账")).to_be_visible()
    hands.press("Escape", "n", "ArrowDown", "ArrowDown", "ArrowDown", "Control+Enter")
    page.wait_for_url("**/desk")
    hangs_up("3")


def kill(mark: str) -> None:
    """Kill the browser that carries the mark: the whole of it, at once, without a word."""
    found = [
        int(one.name)
        for one in Path("/proc").iterdir()
        if one.name.isdigit() and mark in _command(one) and "--type=" not in _command(one)
    ]
    assert found
    for process in found:
        os.kill(process, signal.SIGKILL)


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def test_keys_do_not_fire_while_an_input_method_composes(operator: House) -> None:
    page = operator.visitor()
    log_in(page, Hands(page))
    rings("1", "13800138001")
    expect(page.get_by_text("13800138001")).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_url("**/desk/calls/*")
    notes = page.get_by_role("textbox", name="记录")
    expect(notes).to_be_focused()
    notes.dispatch_event("keydown", {"key": "Escape", "isComposing": True, "keyCode": 229})
    expect(notes).to_be_focused()
    page.keyboard.press("Escape")
    expect(notes).not_to_be_focused()


def test_the_board_stays_right_without_a_stream(operator: House) -> None:
    page = operator.visitor()
    page.route("**/desk/stream", lambda route: route.abort())
    operator.expected = (*operator.expected, "ERR_FAILED")
    log_in(page, Hands(page))
    rings("1", "13800138001")
    expect(page.get_by_text("13800138001")).to_be_visible()
    expect(page.get_by_text("每几秒更新一次")).to_be_visible()


def test_calls_that_last_stand_above_those_to_file_and_an_open_fold_stays_open(operator: House) -> None:
    with transaction():
        mine = db.session.query(Account).filter_by(username="wang.min").one()
        mine.desk_phone = "client:op"
        for name in ("a", "b"):
            told(rang(name, caller="13800138008"), answered(name), ended(name))
    page = operator.visitor()
    log_in(page, Hands(page))
    rings("1", "13800138001")
    expect(page.get_by_text("13800138001")).to_be_visible()
    fold = page.locator("#unfiled")
    expect(fold).to_be_visible()
    page.wait_for_function(
        """number => { const above = document.evaluate(`//*[text()="${number}"]`, document, null, 9).singleNodeValue;
        return above.getBoundingClientRect().y < document.querySelector("#unfiled").getBoundingClientRect().y }""",
        arg="13800138001",
    )
    expect(page.get_by_role("link", name="138****8008").first).to_be_hidden()
    page.keyboard.press("f")
    expect(page.get_by_role("link", name="138****8008").first).to_be_visible()
    rings("2", "13800138002")
    expect(page.get_by_text("13800138002")).to_be_visible()
    expect(page.get_by_role("link", name="138****8008").first).to_be_visible()
