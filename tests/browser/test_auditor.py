"""An auditor: who looked at whose telephone number, found in the log, taken along; and no other room."""

from playwright.sync_api import expect

from tests.browser.conftest import House
from tests.browser.test_administrator import looks
from tests.support.requests import sent
from ticketing.domain.vocabulary import Role
from ticketing.extensions import transaction

WHY = "与企业核对开户行"


def test_a_look_at_a_telephone_number_is_found_and_leads_nowhere_else(house: House) -> None:
    with transaction():
        one = sent(phone="13904510021", subject="补贴还没有到账")
    clerk = house.colleague("liu.yang", Role.HANDLER, "HRB-SWJ")
    clerk.goto(f"/tickets/{one.number}")
    clerk.get_by_role("link", name="显示完整的联系方式").click()
    clerk.get_by_label("为什么要看完整的联系方式").fill(WHY)
    clerk.get_by_role("button", name="显示").click()
    expect(clerk.get_by_text("13904510021").or_(clerk.get_by_text("139 0451 0021")).first).to_be_visible()

    page = house.colleague("shen.ji", Role.AUDITOR)
    expect(page.get_by_role("heading", level=1)).to_have_text("审计记录")
    page.get_by_label("谁", exact=True).fill("liu.yang")
    page.get_by_label("对谁或什么").fill(one.number)
    page.get_by_role("button", name="搜索").click()
    row = page.locator("tr[data-row]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(WHY)
    looks(house, page, "face-auditor")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="导出 Excel").click()
    assert sheet.value.suggested_filename.endswith(".xlsx")

    rooms = page.get_by_role("navigation", name="工作台").get_by_role("link")
    assert [one.inner_text() for one in rooms.all()] == ["导出记录", "审计记录", "知识库", "消息"]
    page.goto(f"/tickets/{one.number}")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到这一页")
    page.get_by_role("link", name="回到工作台").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("审计记录")
