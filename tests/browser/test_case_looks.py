"""Every page of a case in both languages, light and dark, on a phone, on paper and on the wall: nothing for axe."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import House
from tests.browser.test_pages import WAYS, look, speak
from tests.support.cases import Bridge, bridge, five, record
from tests.support.people import PASSWORD
from ticketing.extensions import db, transaction
from ticketing.models import ConsoleMessage
from ticketing.services import case_links, case_minutes

WALL = {"width": 1920, "height": 1080}


@pytest.fixture
def one(house: House) -> Bridge:
    """The bridge case with a difference between its lists and minutes of a meeting."""
    with transaction():
        case = bridge(house.clock.now)
        case.draw()
        case.enter(record(0, name="欧阳静按"), *five()[1:])
        meeting = case_minutes.Meeting(
            case.now,
            "302 会议室",
            "三方同意按线上线下结合的方式办理。",
            {case.parties["convener"].id: "王科长"},
        )
        case_minutes.record(case.case, meeting, case.act("supervisor", minutes=1), case.province)
    house.clock.now = case.now
    return case


def colleague(house: House, username: str, **how: Any) -> Page:
    page = house.visitor(**how)
    page.goto("/login")
    page.locator("#username").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.locator("form button.fill").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def places(one: Bridge) -> dict[str, tuple[str, ...]]:
    case = f"/cases/{one.case.number}"
    return {
        "watcher": (
            "/cases",
            "/cases?state=closed",
            case,
            f"{case}/screen",
            f"{case}/steps/1/deadline",
            f"{case}/record",
        ),
        "bidsupervisor": (case, f"{case}/meet", f"{case}/steps/4/list", f"{case}/screen"),
        "leadhead": (case,),
    }


@WAYS
def test_the_pages_of_colleagues(house: House, one: Bridge, width: str, lang: str) -> None:
    for who, paths in places(one).items():
        page = colleague(house, who, phone=width == "phone")
        speak(house, page, lang)
        for place, path in enumerate(paths):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            look(house, page, path, f"case-{width}-{who}-{place}", stay=True)


def test_the_dark_the_paper_and_the_wall(house: House, one: Bridge) -> None:
    case = f"/cases/{one.case.number}"
    page = colleague(house, "bidsupervisor")
    page.emulate_media(color_scheme="dark")
    for name, path in (
        ("board", "/cases"),
        ("case", case),
        ("list", f"{case}/steps/4/list"),
        ("meet", f"{case}/meet"),
    ):
        look(house, page, path, f"case-dark-{name}")
    page.emulate_media(color_scheme="light", media="print")
    look(house, page, case, "case-print")
    page.emulate_media(media="screen")
    page.set_viewport_size(WALL)
    look(house, page, f"{case}/screen", "case-wall")


@pytest.mark.parametrize("tongue", ["zh-CN", "en"])
def test_the_pages_of_an_outside_party(house: House, one: Bridge, tongue: str) -> None:
    with transaction():
        token = case_links.invite(
            one.case, one.parties["platform_operator"].id, one.act("head"), one.province, address=house.url
        )
    page = house.visitor(phone=True, locale=tongue)
    page.emulate_media(color_scheme="dark" if tongue == "en" else "light")
    look(house, page, f"/case/{token}", f"party-{tongue}-enter")
    page.locator("[name=send]").click()
    house.clock.forward(seconds=1)
    house.work()
    bodies = [
        one.body for one in ConsoleMessage.query.order_by(ConsoleMessage.at.desc()) if "验证码 " in one.body
    ]
    db.session.remove()
    page.locator("#code").fill(bodies[0].split("验证码 ")[1][:6])
    page.locator("#code").press("Enter")
    page.wait_for_url("**/party")
    look(house, page, "/party", f"party-{tongue}-own")
    look(house, page, "/party/steps/5/list", f"party-{tongue}-list")
