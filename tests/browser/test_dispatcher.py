"""A dispatcher clears the desk: proposed ones by a digit, one returned, one of two bureaus, one that is nobody's."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import Ticket
from ticketing.services import dispatch, province
from ticketing.services.history import Act

#: Lead and platform have to act together: the template of such a request opens a case by itself.
TWO = {"dispatch": False, "topic_code": "T0202", "region_code": "230200", "subject": "请求远程组建评标委员会"}
SURE = {"dispatch": False, "topic_code": "T1503", "region_code": "230103"}


def on_the_desk(house: House) -> tuple[list[Ticket], Ticket, Ticket, Ticket]:
    """Three that the router proposes a bureau for, one given back by a bureau, one of two bureaus, one for a court."""
    with transaction():
        proposed = [ticket(subject=f"复工备案第{n}件", **SURE) for n in "一二三"]
        back = sent(subject="档案不在我局")
        handler = Act(actor("giver", Grant(Role.HANDLER, "HRB-SWJ")), house.clock.now)
        dispatch.return_ticket(
            back, "not_our_duty", "权责清单第 12 条", "HRB-SCJG", handler, province.current()
        )
        both = ticket(body="受疫情影响专家不能到场，请求线上线下结合组建评标委员会。", **TWO)
        court = ticket(body="和房东的官司法院已经受理了，希望再说说理。", subject="已经起诉的房租")
    return proposed, back, both, court


def decide(page: Page, one: Ticket) -> None:
    page.goto(f"/dispatch/{one.number}")
    expect(page.get_by_role("heading", level=1)).to_have_text(one.subject)


def test_the_desk_is_cleared(house: House) -> None:
    proposed, back, both, court = on_the_desk(house)
    page = house.colleague("zhao", Role.DISPATCHER)
    expect(page.get_by_role("heading", level=1)).to_contain_text("待派单")
    expect(page.locator("tr[data-row]")).to_have_count(6)
    house.picture(page, "face-dispatcher-desk")
    for one in (*proposed, both):
        decide(page, one)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, was=one.number: was not in url)

    decide(page, back)
    expect(page.get_by_role("heading", name="退回")).to_be_visible()
    expect(page.get_by_text("权责清单第 12 条")).to_be_visible()
    expect(page.locator("#c1")).to_be_checked()
    house.picture(page, "face-dispatcher-return")
    page.get_by_role("button", name="裁定").click()
    page.wait_for_url(lambda url: back.number not in url)

    decide(page, court)
    page.keyboard.press("r")
    page.wait_for_url("**#do-reject")
    form = page.locator("#do-reject")
    form.get_by_label("理由").select_option("in_court")
    form.get_by_label("依据").fill("已由南岗区法院受理。")
    form.get_by_label("请企业向哪里提出").select_option("court")
    form.get_by_role("button").click()
    expect(page.get_by_text("不予受理：已提请审核")).to_be_visible()
    expect(page.get_by_role("heading", name="等待审核")).to_be_visible()
    expect(page.locator("#waiting")).to_contain_text("已由南岗区法院受理。")
    page.goto("/dispatch")
    expect(page.get_by_text("没有")).to_be_visible()
    house.picture(page, "face-dispatcher-cleared")
    db.session.expire_all()
    assert {one.bureau_code for one in proposed} == {"HRB-SWJ"}
    assert (back.state, back.bureau_code) == ("dispatched", "HRB-SCJG")
    assert (court.state, court.close_reason) == ("new", None)  # a supervisor decides on it
    becomes_a_case(house, page, both.number)


def becomes_a_case(house: House, page: Page, number: str) -> None:
    """What was sent to the bureau that leads is opened as a case for both by what its template asks for."""
    house.work()
    house.work()
    page.goto(f"/tickets/{number}")
    expect(page.get_by_text("协调中").first).to_be_visible()
    expect(page.get_by_text("牵头单位：齐齐哈尔市发改委")).to_be_visible()
    house.picture(page, "face-dispatcher-case")
