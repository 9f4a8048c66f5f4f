"""The bridge of 齐齐哈尔: five people in five browsers form a committee, and nobody else learns who is on it."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import House
from tests.support import strangers
from tests.support.cases import CONVENER, DECLINED, LEAD, NAMES, UNITS, five, record
from tests.support.strangers import Stranger
from ticketing.domain.committee import Record
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import papers
from ticketing.models import Account, ConsoleMessage, CoordinationCase

PLEA = "民航路跨线桥民航东路工程无法组建评标委员会，专家受疫情影响到不了现场，开标日期已经公布，请协调各方。"
WRONG = "司徒明运"
SECRET = (*NAMES, WRONG, *UNITS, DECLINED.unit)


def do(page: Page, verb: str) -> None:
    """Send the form of a verb, which has been filled in."""
    page.locator("[id^=do-]").get_by_role("button", name=verb).click()
    expect(page.locator(".flashes")).to_contain_text("已完成")


def fold(page: Page, verb: str) -> None:
    """Open the fold of a verb; what waits for whoever looks stands open already."""
    waits = page.locator(".stack[id^=do-] button", has_text=verb)
    found = page.locator("details > summary", has_text=verb).or_(waits).first
    if found.evaluate("found => found.localName") == "summary":
        found.click()


def link_of(house: House, phone: str) -> str:
    house.work()
    wanted = (
        select(ConsoleMessage.body).where(ConsoleMessage.address == phone).order_by(ConsoleMessage.at.desc())
    )
    bodies = db.session.scalars(wanted).all()
    db.session.remove()
    return next(re.search(r"http\S+(/case/\S+)", body).group(1) for body in bodies if "/case/" in body)


def code_of(house: House, phone: str) -> str:
    house.work()
    wanted = select(ConsoleMessage.body).where(
        ConsoleMessage.address == phone, ConsoleMessage.body.contains("验证码 ")
    )
    bodies = db.session.scalars(wanted.order_by(ConsoleMessage.at.desc())).all()
    db.session.remove()
    return re.search(r"验证码 (\d{6})", bodies[0]).group(1)


def enter(house: House, phone: str) -> Page:
    """Open a personal link on a telephone without JavaScript, with the code that came by text message."""
    page = house.visitor(phone=True, script=False)
    page.goto(link_of(house, phone))
    page.get_by_role("button", name="发送验证码").click()
    house.clock.forward(seconds=1)
    page.get_by_label("短信验证码").fill(code_of(house, phone))
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_role("heading", name="您的环节")).to_be_visible()
    return page


def fill_list(page: Page, *records: Record) -> None:
    for place, one in enumerate(records):
        for name in ("pool_number", "name", "unit", "speciality"):
            page.locator(f"[name={name}-{place}]").fill(getattr(one, name))
        if one is DECLINED:
            page.locator(f"[name=declined-{place}]").select_option("busy")
    page.get_by_role("button", name="提交名单").click()


def plea(page: Page) -> tuple[str, str]:
    """Register what somebody says on the telephone; return number and password."""
    page.goto("/desk/register")
    page.get_by_label("来电号码").fill("139 0452 0007")
    page.get_by_label("联系人").fill("李招标")
    page.get_by_label("企业名称").fill("鹤城城建公司")
    page.get_by_label("诉求内容").fill(PLEA)
    page.get_by_label("事项主题").select_option("T0204")
    page.get_by_label("事情发生在").select_option("230202")
    page.get_by_label("类型").select_option("help")
    page.get_by_label("诉求内容").press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已登记")
    return page.locator(".number").first.inner_text(), page.locator("b.code").inner_text()


def by(page: Page, who: str, token: str = "") -> Stranger:
    """Return somebody as their browser is at the door now."""
    return Stranger(who, {one["name"]: one["value"] for one in page.context.cookies()}, token)


def nobody_learns(
    house: House, pages: dict[str, Page], token: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Let everybody who has no business with the names look wherever there is an address, and behind the pages."""
    house.work()
    strangers.check_rows(SECRET)
    who = [Stranger("stranger"), *(by(page, name, token) for name, page in pages.items())]
    strangers.look(house.app, who, SECRET, DECLINED.name)
    strangers.check("".join(capfd.readouterr()), SECRET, "log")
    db.session.remove()


def test_the_bridge(house: House, capfd: pytest.CaptureFixture[str]) -> None:  # noqa: PLR0915  one story, told in one breath
    house.expected = (*house.expected, "status of 403")
    strangers.listen(house.app)
    operator_at_desk = house.colleague("operator", Role.OPERATOR)
    number, password = plea(operator_at_desk)
    watcher = house.colleague("watcher", Role.SUPERVISOR)
    convener = house.colleague("convener", Role.HANDLER, CONVENER)
    lead = house.colleague("bidsupervisor", Role.HANDLER, LEAD)
    head = house.colleague("leadhead", Role.HEAD, LEAD)
    others = {
        "督办员": watcher,
        "operator": operator_at_desk,
        "administrator": house.colleague("admin", Role.ADMIN),
        "another bureau": house.colleague("other", Role.HEAD, "HRB-SWJ"),
        "enterprise": house.visitor(phone=True),
    }
    others["enterprise"].goto("/status")
    others["enterprise"].get_by_label("事项编码").fill(number)
    others["enterprise"].get_by_label("查询密码").fill(password)
    others["enterprise"].get_by_role("button", name="查询").click()
    pair = {"number": number, "password": password}
    token = requests.post(f"{house.url}/api/v1/sessions", json=pair, timeout=10).json()["token"]

    # The supervisor opens the case on the ticket.
    watcher.goto(f"/tickets/{number}")
    fold(watcher, "启动协调")
    form = watcher.locator("#do-open_case")
    form.get_by_label("协调类型").select_option("bid-committee")
    form.get_by_label("牵头单位").fill("QQHR-FGW")
    form.get_by_label("目标，一句话").fill("远程组建评标委员会，保证按期开标")
    form.get_by_label("为什么要协调").fill("疫情期间专家无法到场，涉及三方。")
    form.get_by_role("button", name="启动协调").click()
    case_no = db.session.scalars(select(CoordinationCase.number)).one()
    accounts = dict(db.session.execute(select(Account.username, Account.id)).all())
    db.session.remove()
    case = f"/cases/{case_no}"

    # The lead names the parties; for what is secret a bureau names a person.
    for role, account in (("bid_supervisor", "bidsupervisor"),):
        head.goto(case)
        fold(head, "明确参与方")
        head.locator("#do-name_party").get_by_label("角色").select_option(role)
        head.locator("#do-name_party").get_by_label("指定的人").select_option(str(accounts[account]))
        do(head, "明确参与方")
    fold(head, "明确参与方")
    head.locator("#do-name_party").get_by_label("角色").select_option("convener")
    head.locator("#do-name_party").get_by_label("承办单位").fill(CONVENER)
    do(head, "明确参与方")
    for role, name, contact, phone in (
        ("tenderer", "鹤城城建公司", "李招标", "13904520001"),
        ("platform_operator", "齐市公共资源交易中心", "王平台", "13904520002"),
    ):
        fold(head, "明确参与方")
        form = head.locator("#do-name_party")
        form.get_by_label("角色").select_option(role)
        form.get_by_label("外部参与方名称").fill(name)
        form.get_by_label("联系人").fill(contact)
        form.get_by_label("手机号").fill(phone)
        do(head, "明确参与方")
        fold(head, "发送专用链接")
        head.locator("#do-invite").get_by_label("外部参与方").select_option(label=f"{name}（{contact}）")
        do(head, "发送专用链接")

    # A plan that cannot meet its limit is refused with the path; then it is confirmed.
    for step, when in (("4", "2020-06-11T14:00"), ("7", "2020-06-12T09:00"), ("8", "2020-07-30T09:00")):
        fold(head, "约定时间")
        head.locator("#do-agree").get_by_label("环节").select_option(step)
        head.locator("#do-agree").get_by_label("约定的时间").fill(when)
        do(head, "约定时间")
    fold(head, "确认方案")
    head.locator("#do-confirm_plan").get_by_role("button").click()
    expect(head.get_by_role("alert").first).to_contain_text("决定工期的环节")
    fold(head, "约定时间")
    head.locator("#do-agree").get_by_label("环节").select_option("8")
    head.locator("#do-agree").get_by_label("约定的时间").fill("2020-06-15T09:00")
    do(head, "约定时间")
    fold(head, "确认方案")
    do(head, "确认方案")
    house.picture(head, "case-planned")

    # Steps 1 and 2.
    for page, step in ((convener, 1), (lead, 2)):
        page.goto(f"{case}/steps/{step}")
        page.get_by_label("办理情况").fill("同意采用线上线下结合的方式。")
        page.get_by_role("button", name="完成环节").click()
        expect(page.locator(f"#step-{step}")).to_contain_text("已完成")

    # The tenderer plans the committee on a telephone: even and too few experts are refused.
    tenderer = enter(house, "+8613904520001")
    house.picture(tenderer, "party-own-phone")
    tenderer.get_by_role("link", name="办理这一环节").click()
    for members, experts, told in (("6", "4", "五人以上单数"), ("7", "4", "三分之二"), ("7", "5", "")):
        tenderer.get_by_label("成员总数").fill(members)
        tenderer.get_by_label("其中专家").fill(experts)
        tenderer.get_by_label("专业和人数").fill(f"桥梁工程 {int(experts) - 2}\n工程造价 2")
        tenderer.get_by_label("地点").fill("市公共资源交易中心 3 号评标室")
        tenderer.get_by_role("button", name="完成环节").click()
        if told:
            expect(tenderer.get_by_role("alert").first).to_contain_text(told)

    # The draw, offline; the entry, online, with one wrong name.
    tenderer.get_by_role("link", name="办理这一环节").click()
    tenderer.locator("#pool").fill("省综合评标专家库")
    tenderer.locator("#pool_size").fill("1860")
    tenderer.locator("#drawn_at").fill("2020-06-08T10:00")
    tenderer.locator("#witness").fill("发改委 现场见证")
    house.picture(tenderer, "draw-phone")
    fill_list(tenderer, DECLINED, *five())
    nobody_learns(house, others, token, capfd)
    operator = enter(house, "+8613904520002")
    operator.get_by_role("link", name="办理这一环节").click()
    assert NAMES[1] not in operator.content()
    fill_list(operator, record(0), record(1, name=WRONG), *five()[2:])
    expect(operator.locator(".notice.over")).to_contain_text("不一致的项目：姓名")
    house.picture(operator, "dispute-phone")
    lead.goto(f"{case}/steps/4/list")
    expect(lead.locator(".notice.over")).to_contain_text("姓名")
    house.picture(lead, "dispute-lead")

    # Corrected, confirmed by both.
    fill_list(operator, *five())
    operator.get_by_role("button", name="核对无误，确认名单").click()
    tenderer.reload()
    tenderer.get_by_role("button", name="核对无误，确认名单").click()
    expect(tenderer.locator("h1 + .row")).to_contain_text("已完成")

    # Avoidance checked, room tested, evaluation held.
    lead.goto(f"{case}/steps/6")
    lead.get_by_label("名单中没有须回避的人").check()
    lead.get_by_label("已逐一通知成员").check()
    lead.get_by_role("button", name="完成环节").click()
    for page, field, text in ((operator, "办理情况", "测试正常。"), (tenderer, "编号", "QQHR-2020-017")):
        page.goto("/party")
        page.locator(".card", has_text="进行中").get_by_role("link", name="办理这一环节").click()
        page.get_by_label(field).fill(text)
        page.get_by_role("button", name="完成环节").click()
        expect(page.locator(".flashes")).to_contain_text("环节已完成")

    watcher.goto(f"{case}/record")
    watcher.get_by_role("button", name="生成 PDF").click()
    assert papers.run() == 1
    db.session.remove()
    watcher.get_by_role("link", name="刷新").click()
    expect(watcher.get_by_role("link", name="下载 PDF")).to_be_visible()
    house.picture(watcher, "case-record")
    nobody_learns(house, others, token, capfd)
    with pytest.raises(AssertionError, match=NAMES[0]):  # who looks like this finds what is there to be found
        strangers.look(house.app, [by(lead, "lead")], SECRET, DECLINED.name)

    # Secrecy is lifted after the award; one answer; the enterprise sees the steps and no names.
    lead.goto(case)
    house.picture(lead, "case-before-answer")
    fold(lead, "解除保密")
    lead.get_by_label("中标通知书编号或中标公示").fill("中标通知书 2020-017")
    do(lead, "解除保密")
    fold(lead, "统一答复")
    lead.get_by_label("答复企业").fill(f"评标委员会（{NAMES[0]}等）已依法组建。")
    lead.locator("#do-answer").get_by_role("button").click()
    expect(lead.get_by_role("alert").first).to_contain_text("不能写评标专家的姓名")
    lead.get_by_label("答复企业").fill("评标委员会已依法远程组建，评标已按期完成。")
    do(lead, "统一答复")
    others["enterprise"].goto("/status/request")
    expect(others["enterprise"].locator("#answer")).to_contain_text("评标委员会已依法远程组建")
    house.picture(others["enterprise"], "status-phone")
    watcher.goto("/cases")
    house.picture(watcher, "board")
    lead.goto(f"{case}/screen")
    house.picture(lead, "screen")
