"""A blind handler and her head: names, roles, where the focus goes, what is said aloud; no pointer anywhere."""

import itertools

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.support.requests import sent
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import Ticket

BUREAU = "HRB-SWJ"


@pytest.fixture
def request_(house: House) -> Ticket:
    with transaction():
        return sent(type="help", subject="送菜的车进不了小区", body="送菜的车进不了小区，请协调。")


def tab_to(page: Page, role: str, name: str) -> None:
    """Go on with the Tab key until the focus is on what is announced like this."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    for _ in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {role} {name}")


def seen(page: Page) -> None:
    """What has the focus shows it, and lies in sight."""
    told = page.evaluate(
        """() => { const one = document.activeElement, at = one.getBoundingClientRect(), how = getComputedStyle(one);
        const drawn = parseFloat(how.outlineWidth) >= 2 && how.outlineStyle !== "none";
        return [drawn, at.top >= 0 && at.bottom <= innerHeight] }"""
    )
    assert told == [True, True]


def test_a_request_is_accepted_and_answered_by_ear(house: House, request_: Ticket) -> None:
    page = house.colleague("lin.er", Role.HANDLER, BUREAU)
    expect(page.get_by_role("heading", level=1)).to_have_text("本单位工单")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tab_to(page, "link", request_.subject)
    seen(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{request_.number}*")
    assert (
        page.title()
        == f"{request_.number[:6]}-{request_.number[6:12]}-{request_.number[12]} {request_.subject}"
    )

    doing = page.get_by_role("region", name="办理")
    expect(doing.get_by_role("button", name="签收")).to_have_accessible_name("签收")
    tab_to(page, "button", "签收")
    seen(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="签收：已完成")).to_be_visible()
    tab_to(page, "textbox", "说了什么")
    page.keyboard.type("问清了车牌和时间。")
    tab_to(page, "button", "首次联系")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="首次联系：已完成")).to_be_visible()

    tab_to(page, "button", "答复")
    page.keyboard.press("Enter")
    told = page.get_by_role("alert").filter(has_text="需要修改")
    expect(told).to_be_focused()
    tab_to(page, "link", "办理结果")
    page.keyboard.press("Enter")
    answer = page.locator("#do-answer")
    expect(answer.get_by_role("group", name="办理结果")).to_have_accessible_description("请选择办理结果。")
    tab_to(page, "radio", "已解决")
    page.keyboard.press("Space")
    tab_to(page, "textbox", "答复内容")
    page.keyboard.type("送菜的车进小区已经协调好，每天六点到八点放行。")
    tab_to(page, "button", "答复")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="答复：已完成")).to_be_visible()
    house.picture(page, "face-handler-by-ear")
    db.session.expire_all()
    assert request_.state == "answered"


def test_what_is_said_aloud_has_a_place_before_it_is_said(house: House, request_: Ticket) -> None:
    """Words that appear in a live region are read only where the region stood there, empty, before."""
    page = house.colleague("lin.er", Role.HANDLER, BUREAU)
    for path in ("/bureau", f"/tickets/{request_.number}"):
        page.goto(path)
        spoken = page.evaluate("[...document.querySelectorAll('[role=status], [aria-live]')].length")
        assert spoken >= 2
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.get_by_role("heading", level=1).count() == 1
    levels = page.evaluate(
        "[...document.querySelectorAll('main h1, main h2, main h3')].map(h => +h.tagName[1])"
    )
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels
