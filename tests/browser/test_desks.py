"""Hands on the keyboard: a dispatcher's two strokes, an operator whose browser dies in the middle of a call."""

from playwright.sync_api import expect

from tests.browser.conftest import House
from tests.support.requests import sent, ticket
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import Ticket


def test_a_digit_and_enter_decide(house: House) -> None:
    with transaction():
        first = ticket(dispatch=False, topic_code="T1503", region_code="230103")
        second = ticket(body="希望关心。")
    page = house.colleague("zhao", Role.DISPATCHER)
    page.goto(f"/dispatch/{first.number}")
    expect(page.locator("#c1")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/dispatch/{second.number}")
    db.session.expire_all()
    assert (first.state, first.bureau_code) == ("dispatched", "HRB-SWJ")


def test_a_key_leads_to_the_opened_form_of_another_step(house: House) -> None:
    with transaction():
        one = ticket(body="希望关心。")
    page = house.colleague("zhao", Role.DISPATCHER)
    page.goto(f"/dispatch/{one.number}")
    page.keyboard.press("r")
    page.wait_for_url(f"**/tickets/{one.number}#do-reject")
    expect(page.locator("#do-reject")).to_have_attribute("open", "")


def test_what_is_beside_the_form_follows_the_typing(house: House) -> None:
    with transaction():
        sent(subject="上次问过的事")
    page = house.colleague("wang.min", Role.OPERATOR)
    page.goto("/desk/register")
    page.get_by_label("来电号码").fill("139 0451 0021")
    expect(page.get_by_role("link", name="上次问过的事")).to_be_visible()
    page.get_by_label("诉求内容").fill("南岗区火锅店后厨有瓦斯味。")
    expect(page.get_by_role("alert")).to_contain_text("110、119 或 120")
    house.picture(page, "register-beside")


def test_enter_in_a_line_files_nothing(house: House) -> None:
    page = house.colleague("wang.min", Role.OPERATOR)
    page.goto("/desk/register")
    page.get_by_label("诉求内容").fill("送菜的车进不了小区，请协调。")
    page.get_by_label("来电号码").fill("139 0451 0021")
    page.get_by_label("来电号码").press("Enter")
    expect(page.get_by_text("这个号码以前没有诉求。")).to_be_visible()
    expect(page.get_by_label("诉求内容")).to_have_value("送菜的车进不了小区，请协调。")
    assert Ticket.query.count() == 0


def test_three_calls_and_a_killed_browser(house: House) -> None:
    page = house.colleague("wang.min", Role.OPERATOR)
    page.goto("/desk/register")
    page.get_by_label("诉求内容").fill("第一位：送菜的车进不了小区。")
    page.get_by_role("button", name="登记并接下一个").click()
    expect(page.get_by_text("读作")).to_be_visible()
    expect(page.get_by_label("诉求内容")).to_have_value("")
    page.get_by_label("诉求内容").fill("第二位：店里的备案")
    expect(page.get_by_text("已保存")).to_be_visible()
    state = page.context.storage_state()
    page.context.close()
    house.contexts.clear()
    context = house.browser.new_context(base_url=house.url, storage_state=state)
    house.contexts.append(context)
    again = context.new_page()
    again.goto("/desk/register")
    expect(again.get_by_label("诉求内容")).to_have_value("第二位：店里的备案")
    again.get_by_role("button", name="清空重填").click()
    expect(again.get_by_label("诉求内容")).to_have_value("")
