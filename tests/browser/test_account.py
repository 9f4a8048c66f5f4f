"""The face of the enterprise: it finds an answer while typing, proves itself, works with two people, judges.

Pictures at a desk, on a telephone, in the dark and on paper; axe in both languages on every page on the way.
"""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.browser.test_pages import AXE, STANDARDS
from tests.conftest import MONDAY
from tests.support.people import actor
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import Delivery, Membership, Ticket
from ticketing.services import enterprises, handling, knowledge, province
from ticketing.services.history import Act
from ticketing.services.knowledge import Written

CODE = "91230103MA1DEMX02P"
LEGAL, OWNER, CLERK = "13604501234", "13604505678", "13604509999"


def checked(house: House, page: Page, name: str) -> None:
    """Keep the page and hold it against the rules, in Chinese and in English, in light and dark."""
    for language in ("zh", "en"):
        page.context.add_cookies([{"name": "lang", "value": language, "url": house.url}])
        page.reload()
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{name} is {width} px wider than the screen"
        page.evaluate(Path(AXE).read_text())
        found = page.evaluate(
            "async (tags) => (await axe.run(document, {runOnly: tags})).violations", STANDARDS
        )
        told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
        assert told == [], (name, language)
        house.picture(page, f"account-{name}-{language}")
    page.context.add_cookies([{"name": "lang", "value": "zh", "url": house.url}])
    page.reload()


def texted(phone: str) -> str:
    db.session.rollback()
    rows = Delivery.query.filter_by(address=f"+86{phone}", channel="sms").order_by(Delivery.id.desc())
    return rows.first().body


def code_to(phone: str) -> str:
    return re.search(r"(?<!\d)\d{6}(?!\d)", texted(phone)).group(0)


def sign_in(page: Page, phone: str) -> None:
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="登录或获取验证码").click()
    page.get_by_label("短信验证码").fill(code_to(phone))
    page.get_by_role("button", name="登录", exact=True).click()


def find_while_typing(house: House) -> None:
    page = house.visitor()
    page.goto("/")
    page.get_by_role("searchbox").press_sequentially("公章刻制")
    expect(page.get_by_role("heading", name="找到这些内容")).to_be_visible()
    expect(page.locator("#found").get_by_role("link", name="公章刻制要带什么")).to_be_visible()
    expect(page.locator("#said")).to_have_text(re.compile("^找到 [0-9]+ 项$"))
    expect(page).to_have_url(house.url + "/")
    house.picture(page, "account-found-while-typing")
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    house.picture(page, "account-large-print")


def prove(house: House) -> Page:
    page = house.visitor(phone=True, script=False)
    page.goto("/my")
    sign_in(page, OWNER)
    expect(page.get_by_role("heading", level=1)).to_have_text("核实企业")
    page.get_by_label("统一社会信用代码").fill(CODE[:-1] + "A")
    page.get_by_role("button", name="发送验证码").click()
    expect(page.get_by_role("alert")).to_contain_text("18 位代码")
    page.get_by_label("统一社会信用代码").fill(CODE)
    page.get_by_role("button", name="发送验证码").click()
    assert f"尾号 {OWNER[-4:]}" in texted(LEGAL)
    page.get_by_label("短信验证码").fill(code_to(LEGAL))
    page.get_by_role("button", name="核实").click()
    expect(page.get_by_role("main")).to_contain_text("企业已核实")
    page.get_by_role("link", name="通知和密码").click()
    page.get_by_label("姓名").fill("吴丹")
    page.get_by_role("button", name="保存", exact=True).click()
    return page


def invite(house: House, owner: Page) -> Page:
    owner.get_by_role("link", name="账号成员").click()
    owner.get_by_label("姓名").fill("白雪")
    owner.get_by_label("手机号").fill(CLERK)
    owner.get_by_role("button", name="发出邀请").click()
    expect(owner.get_by_role("main")).to_contain_text("还没有接受的邀请")
    clerk = house.visitor()
    clerk.goto(re.search(r"/my/invited/\S+", texted(CLERK)).group(0))
    checked(house, clerk, "invited")
    clerk.get_by_role("link", name="登录", exact=True).click()
    sign_in(clerk, CLERK)
    clerk.get_by_role("button", name="加入").click()
    expect(clerk.get_by_role("main")).to_contain_text("您已加入")
    return clerk


def submit(clerk: Page) -> None:
    clerk.goto("/submit/what?topic=T1104")
    clerk.get_by_label("投诉").check()
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_label("所在地").select_option("230103")
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_label("一句话说明").fill("进度款拖了半年")
    clerk.get_by_label("具体情况").fill("冷库改造去年十月验收，尾款一直没有付。")
    clerk.get_by_role("button", name="下一步").click()
    expect(clerk.get_by_role("alert")).to_contain_text("谁拖欠")
    clerk.get_by_label("谁拖欠").fill("某某建设公司")
    clerk.get_by_label("金额（元）").fill("380000")
    clerk.get_by_role("button", name="下一步").click()
    expect(clerk.get_by_label("企业名称")).to_have_value("哈尔滨昌盛食品有限公司")
    clerk.get_by_label("我已了解").check()
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_role("button", name="提交诉求").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("已收到您的诉求")


def answer(house: House, text: str) -> None:
    with transaction():
        one = Ticket.query.one()
        name = f"handler{one.history_seq}"
        act = Act(
            actor(name, Grant(Role.HANDLER, one.bureau_code), Grant(Role.HEAD, one.bureau_code)),
            house.clock.now,
        )
        if one.state == "dispatched":
            handling.accept(one, act)
        handling.propose_answer(one, act, province.current(), result="solved", text=text, basis="")
    house.work()


def test_two_people_of_one_enterprise(house: House) -> None:
    with transaction():
        rows = [{"register_code": CODE, "name": "哈尔滨昌盛食品有限公司", "phone": LEGAL}]
        enterprises.load_register(rows, MONDAY)
        guide = Written("guide", "公章刻制要带什么", "带上营业执照和法定代表人的身份证。")
        knowledge.write(guide, Act(actor("writer", Grant(Role.ADMIN)), MONDAY))
    find_while_typing(house)
    owner = prove(house)
    clerk = invite(house, owner)
    submit(clerk)
    house.work()
    answer(house, "已转建设公司处理。")

    owner.goto("/my")
    expect(owner.get_by_role("main")).to_contain_text("有 1 件等您补充或评价")
    house.picture(owner, "account-requests-phone")
    owner.get_by_role("link", name="进度款拖了半年").click()
    owner.get_by_text("没有解决，要求重办").click()
    owner.get_by_label("哪里没有解决").fill("款还是没有到账，也没有说哪天付。")
    owner.get_by_role("button", name="不认可，要求重办").click()
    expect(owner.get_by_role("main")).to_contain_text("已要求重新办理")
    house.work()
    house.clock.forward(hours=2)
    answer(house, "三十八万元今日已到账，附回单。")

    clerk.goto("/my")
    clerk.get_by_role("link", name="进度款拖了半年").click()
    for part in ("办理速度", "服务态度", "办理结果"):
        clerk.get_by_role("group", name=part).get_by_label("4").check()
    house.picture(clerk, "account-judge")
    clerk.get_by_role("button", name="认可，办结").click()
    expect(clerk.get_by_role("main")).to_contain_text("谢谢您的评价")
    db.session.rollback()
    one = Ticket.query.one()
    assert (one.state, one.contests, one.ratings["result"]) == ("closed", 1, 4)
    told = [line.actor_name for line in sorted(one_history(one), key=lambda row: row.seq)]
    assert told == ["吴丹", "白雪"]
    clerk.emulate_media(media="print")
    house.picture(clerk, "account-status-print")
    clerk.emulate_media(media="screen")
    leave(house, owner, clerk)


def one_history(one: Ticket) -> list[object]:
    from_people = db.text(
        "select seq, actor_name from history_entry where ticket_id = :id and action in ('contest', 'confirm')"
    )
    return list(db.session.execute(from_people, {"id": one.id}))


def leave(house: House, owner: Page, clerk: Page) -> None:
    """The dark looks; access that ends at once."""
    clerk.emulate_media(color_scheme="dark")
    for name in ("", "/people"):
        clerk.goto(f"/my{name}")
        house.picture(clerk, f"account{name.replace('/', '-')}-dark")
    owner.goto("/my/people")
    owner.locator("summary", has_text="退出账号 白雪").click()
    owner.get_by_role("button", name="确定退出 白雪").click()
    assert Membership.query.filter(Membership.ended_at.is_not(None)).count() == 1
    clerk.goto("/my")
    expect(clerk.get_by_role("heading", level=1)).to_have_text("核实企业")
