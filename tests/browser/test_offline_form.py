"""The server is away: an operator goes on writing calls down, reads out number and password, and loses nothing."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from ticketing.domain.vocabulary import Role
from ticketing.extensions import vault
from ticketing.models import Ticket

PASSPHRASE = "红星路九号院子"
LONG_ENOUGH = PASSPHRASE + "2020"
#: Drawing a key from a passphrase is slow on purpose.
SLOW = 60_000


def unlock(page: Page, phrase: str = LONG_ENOUGH) -> None:
    page.get_by_label("口令").fill(phrase)
    page.get_by_role("button", name="解锁").click()
    expect(page.get_by_text("正在解锁")).to_be_hidden(timeout=SLOW)


def test_calls_are_written_down_without_a_server_and_synchronised_once(house: House) -> None:
    house.expected = (*house.expected, "ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    page = house.colleague("wang.min", Role.OPERATOR)
    page.goto("/desk/offline/")
    page.evaluate("navigator.serviceWorker.ready")
    unlock(page)
    page.get_by_role("button", name="领一段编码").click()
    expect(page.get_by_text("还剩 20 个编码")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    unlock(page, "不是这个口令呀")
    expect(page.get_by_text("口令不对")).to_be_visible(timeout=SLOW)
    unlock(page)
    page.get_by_label("来电号码").fill("13904510021")
    page.get_by_label("诉求内容").fill("送菜的车进不了小区。")
    expect(page.get_by_text("已保存在这台电脑")).to_be_visible()
    page.reload()
    unlock(page)
    expect(page.get_by_label("诉求内容")).to_have_value("送菜的车进不了小区。", timeout=SLOW)
    page.get_by_label("诉求内容").press("Control+Enter")
    expect(page.get_by_text("还剩 19 个编码")).to_be_visible()
    house.picture(page, "offline-form")
    number, password = page.locator("#number").inner_text(), page.locator("#password").inner_text()
    kept = page.evaluate("localStorage.getItem('offline-desk')")
    assert password not in kept
    assert "13904510021" not in kept
    page.context.set_offline(False)
    page.get_by_role("button", name="现在同步").click()
    expect(page.get_by_text("已同步")).to_be_visible()
    page.get_by_role("button", name="现在同步").click()
    ticket = Ticket.query.one()
    assert ticket.number == number.replace("-", "")
    assert vault.fits(ticket.password_hash, password)


def test_a_second_tab_does_not_give_the_same_number_away(house: House) -> None:
    page = house.colleague("wang.min", Role.OPERATOR)
    page.goto("/desk/offline/")
    expect(page.get_by_label("口令")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{house.url}/desk/offline/")
    expect(other.get_by_text("已在另一个标签页打开")).to_be_visible()
    expect(other.get_by_label("口令")).to_be_hidden()
