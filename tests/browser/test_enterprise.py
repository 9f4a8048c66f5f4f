"""A restaurant's owner on an old telephone without JavaScript, whose line breaks on the last step, twice."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import House
from ticketing.extensions import db, transaction
from ticketing.models import Attachment, Ticket
from ticketing.services import enterprises, people

BODY = "餐饮复工备案交了三次，系统都提示材料不全，没有写明缺哪一项。店里二十个人等着开工。"
LOST = "net::ERR_"
PASSWORD = "a password of mine"


def photo() -> dict[str, object]:
    """Return a picture as a telephone's camera leaves it."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), (180, 90, 60)).save(kept, "JPEG")
    return {"name": "系统提示.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def fill(house: House, page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("餐饮复工")
    page.get_by_role("button", name="查找事项").click()
    house.picture(page, "story1-found")
    page.locator("a[href*='topic=T1503']").first.click()
    expect(page.get_by_label("事项主题")).to_have_value("T1503")
    page.get_by_label("求助").check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("所在地").select_option("230103")
    page.get_by_label("项目、街道或门店").fill("中央大街 12 号")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("一句话说明").fill("复工备案总提示材料不全")
    page.get_by_label("具体情况").fill(BODY)
    page.get_by_label("附件").set_input_files(photo())
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("请留下电话，办理单位要与您联系。")
    house.picture(page, "story1-contact-missing")
    page.get_by_label("企业名称").fill("南岗区老灶火锅店")
    page.get_by_label("联系人").fill("张建国")
    page.get_by_label("电话", exact=True).fill("139 0451 0021")
    page.get_by_label("我已了解").check()
    page.get_by_role("button", name="下一步").click()


def send_into_the_void(page: Page) -> None:
    """The line is gone before the request leaves the telephone."""
    page.context.set_offline(True)
    page.get_by_role("button", name="提交诉求").click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)


def send_and_hear_nothing(page: Page) -> None:
    """The request arrives; the answer is lost on the way back."""

    def swallow(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/submit/check", swallow)
    page.get_by_role("button", name="提交诉求").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/submit/check")


def pages_in_print(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def receipt(house: House, page: Page) -> tuple[str, str]:
    """Read the receipt, and print it on one sheet without what only a screen needs."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("已收到您的诉求")
    expect(page.get_by_text("哈尔滨市商务局")).to_be_visible()
    house.picture(page, "story1-receipt")
    assert pages_in_print(page) == 1
    page.emulate_media(media="print")
    for part in (page.get_by_role("navigation"), page.get_by_role("button")):
        assert not any(one.is_visible() for one in part.all())
    house.picture(page, "story1-receipt-print")
    page.emulate_media(media="screen")
    return page.locator(".number").first.inner_text(), page.locator("b.code").inner_text()


def look_up(page: Page, number: str, password: str) -> None:
    page.get_by_label("事项编码").fill(number)
    page.get_by_label("查询密码").fill(password)
    page.get_by_role("button", name="查询", exact=True).click()


def test_a_broken_line_loses_nothing(house: House) -> None:
    house.expected += (LOST,)
    page = house.visitor(phone=True, script=False)
    fill(house, page)
    send_into_the_void(page)
    page.goto("/submit")
    expect(page.get_by_role("heading", level=1)).to_contain_text("请核对")
    for words in (BODY, "系统提示.jpg", "中央大街 12 号", "139 0451 0021"):
        expect(page.get_by_role("main")).to_contain_text(words)
    house.picture(page, "story1-check")
    send_and_hear_nothing(page)
    page.goto("/submit")
    number, password = receipt(house, page)
    ticket = Ticket.query.one()
    assert number == f"{ticket.number[:6]}-{ticket.number[6:12]}-{ticket.number[12]}"
    assert db.session.query(Attachment.ticket_id).all() == [(ticket.id,)]

    house.work()
    house.clock.forward(days=1)
    page.goto("/status")
    wrong = number[:8] + str((int(number[8]) + 1) % 10) + number[9:]
    look_up(page, wrong, password)
    expect(page.get_by_role("alert")).to_contain_text("可能输错了一位")
    expect(page.get_by_label("事项编码")).to_have_value(wrong)
    house.picture(page, "story1-mistyped")
    look_up(page, number, password)
    expect(page.get_by_role("heading", level=1)).to_contain_text("复工备案总提示材料不全")
    expect(page.get_by_text("哈尔滨市商务局").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("还剩")
    house.picture(page, "story1-status")


def test_a_session_that_ended_while_writing_costs_no_word(house: House) -> None:
    """Without JavaScript: the login leads to the words, and their button sends them where they were meant to go."""
    with transaction():
        who = people.begin("+8613604505678", house.clock.now, name="吴丹")
        people.set_password(who, PASSWORD)
        enterprises.proved(who, "91230103MA1DEMX02P", "昌盛食品", "register_phone", house.clock.now)
    page = house.visitor(phone=True, script=False)
    page.goto("/my/people")
    log_in(page)
    page.get_by_label("姓名").fill("李小龙")
    page.get_by_label("手机号").fill("13604503333")
    house.clock.forward(hours=13)
    page.get_by_role("button", name="发出邀请").click()
    log_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("您填写的内容还在")
    house.picture(page, "story1-unsent")
    page.get_by_role("button", name="再提交一次").click()
    expect(page.get_by_role("status")).to_contain_text("邀请已发给李小龙")


def log_in(page: Page) -> None:
    page.get_by_label("手机号").fill("13604505678")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录或获取验证码").click()
