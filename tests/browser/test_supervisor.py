"""A supervisor on Monday: what burns, an order, the lines, the figures taken along as a sheet."""

import datetime as dt

from playwright.sync_api import expect

from tests.browser.conftest import House
from tests.browser.test_administrator import looks
from tests.support.requests import sent, ticket
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import SupervisionOrder


def test_from_the_wallboard_to_an_order_and_the_sheet(house: House) -> None:
    with transaction():
        late = sent(type="help", subject="备案一直没有人管")
    house.clock.now += dt.timedelta(days=9)
    with transaction():
        sent(house.clock.now, type="suggestion", subject="今天才来的建议")
    page = house.colleague("boss", Role.SUPERVISOR)
    page.goto("/watch")
    expect(page.locator(".figures .is-over").first).to_contain_text("1")
    looks(house, page, "face-supervisor-wallboard")
    page.goto("/watch/overdue")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("link", name="备案一直没有人管").click()
    fold = page.locator("#do-supervise")
    fold.locator("summary").click()
    fold.get_by_label("理由").fill("九天没有签收，请今天签收并联系企业。")
    fold.get_by_role("button").click()
    expect(page.get_by_text("督办：已完成")).to_be_visible()
    looks(house, page, "face-supervisor-ticket")
    db.session.expire_all()
    assert SupervisionOrder.query.filter_by(ticket_id=late.id).count() >= 1
    page.goto("/watch/lines")
    expect(page.locator("#live")).to_be_visible()
    house.picture(page, "face-supervisor-lines")
    page.goto("/watch/figures")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="导出 XLSX").click()
    assert sheet.value.suggested_filename.endswith(".xlsx")


def test_a_board_on_a_wall_draws_itself_anew_until_it_is_told_not_to(house: House) -> None:
    page = house.colleague("boss", Role.SUPERVISOR)
    page.clock.install()
    page.goto("/watch")
    page.get_by_role("link", name="自动更新").click()
    waiting = page.locator(".figures a", has_text="待派单")
    expect(waiting).to_contain_text("0")
    with transaction():
        ticket(subject="刚来的", dispatch=False)
    page.clock.run_for(16_000)
    expect(waiting).to_contain_text("1")
    page.get_by_role("link", name="停止自动更新").click()
    with transaction():
        ticket(subject="又来一件", dispatch=False)
    page.clock.run_for(16_000)
    expect(page.get_by_text("条新内容")).to_be_visible()
    expect(waiting).to_contain_text("1")
