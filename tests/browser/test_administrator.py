"""An administrator changes a hotline: drafted, looked at, published by another, found in the audit log."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.support.requests import sent
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import Hotline
from ticketing.services import province


def looks(house: House, page: Page, name: str) -> None:
    """Keep a page as it looks by day, in the dark, on a phone and on paper."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        house.picture(page, f"{name}-{theme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    house.picture(page, f"{name}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="print")
    house.picture(page, f"{name}-print")
    page.emulate_media(media="screen")


def test_a_hotline_is_changed_by_two_people(house: House) -> None:
    central = province.current().sheet["central_line"]
    number = next(one for one in province.current().directory.hotlines if one != central)
    with transaction():
        sent(hotline_number=number)
    first = house.colleague("admin.one", Role.ADMIN)
    first.goto(f"/admin/directory?q={number[-7:]}")
    first.locator("tr[data-row] a").first.click()
    first.get_by_label("中文名称").fill("改了名的热线")
    first.get_by_label("接听时间").fill("all day")
    first.get_by_role("button", name="存为草稿").click()
    expect(first.get_by_role("alert")).to_contain_text("写法不对")
    expect(first.get_by_label("中文名称")).to_have_value("改了名的热线")
    first.get_by_label("接听时间").fill("24h")
    first.get_by_role("button", name="存为草稿").click()
    expect(first.get_by_text("您是起草人")).to_be_visible()
    expect(first.locator("dl.figures")).to_contain_text("1件在办工单从这条热线来")
    looks(house, first, "face-admin-draft")

    second = house.colleague("admin.two", Role.ADMIN)
    second.goto("/admin/directory")
    second.get_by_role("link", name="改了名").or_(second.locator("tr[data-row] a")).first.click()
    second.get_by_role("button", name="发布").click()
    expect(second.get_by_text("已发布，马上生效")).to_be_visible()
    db.session.expire_all()
    assert db.session.get_one(Hotline, number).label_zh == "改了名的热线"

    second.goto(f"/admin/audit?whom={number.replace('+', '%2B')}")
    row = second.locator("tr[data-row]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("admin.two先生")
    expect(row).to_contain_text("发布")
    looks(house, second, "face-admin-audit")
    with second.expect_download() as sheet:
        second.get_by_role("link", name="导出 Excel").click()
    assert sheet.value.suggested_filename.endswith(".xlsx")
