"""Lists by keyboard: a query that completes itself, many tickets at once and undone, who else is looking."""

from playwright.sync_api import expect

from tests.browser.conftest import House
from tests.support.requests import sent
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.jobs import many

SWJ = "HRB-SWJ"


def test_a_query_is_completed_with_the_arrows(house: House) -> None:
    with transaction():
        sent(subject="评标委员会组不起来", type="complaint")
        sent(subject="别的事", type="help")
    page = house.colleague("wang.min", Role.OPERATOR)
    page.goto("/find")
    page.keyboard.press("/")
    page.keyboard.type("类")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("投")
    expect(page.get_by_role("option", name="投诉")).to_be_visible()
    house.picture(page, "query-completed")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox")).to_have_value("类型:投诉 ")
    page.keyboard.type("，举")
    expect(page.get_by_role("option", name="举报")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_have_value("类型:投诉，举报 ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="评标委员会组不起来")).to_be_visible()
    expect(page.get_by_role("link", name="别的事")).to_have_count(0)


def test_many_are_accepted_by_keyboard_and_undone(house: House) -> None:
    with transaction():
        one, two = sent(subject="第一件"), sent(subject="第二件")
    page = house.colleague("liu.yang", Role.HANDLER, SWJ)
    page.goto("/bureau")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.get_by_text("可以办")).to_have_count(2)
    house.picture(page, "many-preview")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.get_by_text("现在还可以撤销")).to_be_visible()
    house.picture(page, "many-waiting")
    page.keyboard.press("z")
    expect(page.get_by_text("已撤销，没有办任何一件。")).to_be_visible()
    house.clock.forward(seconds=30)
    many.run()
    db.session.expire_all()
    assert [one.state, two.state] == ["dispatched", "dispatched"]


def test_what_became_of_many_is_shown_by_itself(house: House) -> None:
    with transaction():
        one = sent(subject="第一件")
    page = house.colleague("liu.yang", Role.HANDLER, SWJ)
    page.clock.install()
    page.goto("/bureau")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="签收").click()
    page.get_by_role("button", name="办这 1 件").click()
    house.clock.forward(seconds=10)
    many.run()
    page.clock.run_for(13_000)
    expect(page.get_by_text("办好 1 件，没有办 0 件。")).to_be_visible()
    house.picture(page, "many-done")
    db.session.expire_all()
    assert one.state == "in_progress"


def test_two_who_look_at_one_ticket_see_each_other(house: House) -> None:
    with transaction():
        one = sent(subject="两个人都在看")
    first = house.colleague("liu.yang", Role.HANDLER, SWJ)
    first.goto(f"/tickets/{one.number}")
    first.wait_for_load_state("networkidle")
    second = house.colleague("zheng.kai", Role.HANDLER, SWJ)
    second.goto("/bureau")
    expect(second.get_by_text("liu.yang先生 正在看")).to_be_visible()
    second.goto(f"/tickets/{one.number}")
    expect(second.get_by_text("liu.yang先生 也在看这件工单")).to_be_visible()
    house.picture(second, "looking")


def test_a_key_that_somebody_does_not_want_is_turned_off_alone(house: House) -> None:
    with transaction():
        sent(subject="只有一件")
    page = house.colleague("liu.yang", Role.HANDLER, SWJ)
    page.goto("/bureau")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="启用 x：选中").uncheck()
    house.picture(page, "keys-each")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("link", name="只有一件")).to_be_focused()
    expect(page.get_by_role("checkbox", name="选择")).not_to_be_checked()
