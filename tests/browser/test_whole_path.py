"""The whole path: a call registered, dispatched, worked, asked, answered, contested, reworked, confirmed."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from ticketing.domain.vocabulary import Role


def register(house: House) -> tuple[str, str]:
    page = house.colleague("wang.min", Role.OPERATOR)
    page.goto("/desk/register")
    page.get_by_label("来电号码").fill("139 0451 0021")
    page.get_by_label("联系人").fill("张建国")
    page.get_by_label("企业名称").fill("南岗区老灶火锅店")
    page.get_by_label("诉求内容").fill(
        "我们在南岗区的火锅店交了餐饮复工备案，提示材料不全，请帮忙问清缺什么。"
    )
    page.get_by_label("事项主题").select_option("T1503")
    page.get_by_label("事情发生在").select_option("230103")
    page.get_by_label("类型").select_option("help")
    house.picture(page, "register")
    page.get_by_label("诉求内容").press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已登记")
    house.picture(page, "registered")
    number = page.locator(".number").first.inner_text()
    password = page.locator("b.code").inner_text()
    expect(page.get_by_text("哈尔滨市商务局")).to_be_visible()
    return number, password


def enter(house: House, number: str, password: str) -> Page:
    page = house.visitor(phone=True, script=False)
    page.goto("/status")
    page.get_by_label("事项编码").fill(number)
    page.get_by_label("查询密码").fill(password)
    page.get_by_role("button", name="查询").click()
    return page


def test_the_whole_path(house: House) -> None:
    number, password = register(house)
    house.work()
    bureau = house.colleague("liu.yang", Role.HANDLER, "HRB-SWJ")
    house.picture(bureau, "bureau")
    bureau.get_by_role("link", name=re.compile("我们在南岗区的火锅店")).click()
    house.picture(bureau, "ticket-dispatched")
    bureau.keyboard.press("a")
    expect(bureau.get_by_role("button", name="签收")).to_be_focused()
    bureau.keyboard.press("Enter")
    bureau.get_by_label("联系了谁").fill("张建国")
    bureau.get_by_label("说了什么").fill("问清了提交的三份材料。")
    bureau.get_by_role("button", name="首次联系").click()
    bureau.get_by_role("main").click(position={"x": 2, "y": 2})
    bureau.keyboard.press("q")
    bureau.get_by_label("需要企业补充什么").fill("请补店面平面图。")
    bureau.get_by_role("button", name="请企业补充").click()
    expect(bureau.locator(".badge").first).to_contain_text("待企业补充")
    house.picture(bureau, "ticket-asked")

    house.clock.forward(minutes=40)
    enterprise = enter(house, number, password)
    expect(enterprise.get_by_text("请补店面平面图。").first).to_be_visible()
    house.picture(enterprise, "status-asked")
    enterprise.get_by_label("企业补充的内容").fill("平面图已经上传，面积 120 平方米。")
    enterprise.get_by_role("button", name="提交补充").click()
    expect(enterprise.get_by_text("已收到您的补充")).to_be_visible()

    house.clock.forward(minutes=20)
    answer(house, bureau, "材料已齐，备案办好了。")
    house.picture(bureau, "ticket-answered")

    enterprise.reload()
    house.picture(enterprise, "status-answered")
    enterprise.get_by_text("没有解决，要求重办").click()
    enterprise.get_by_label("哪里没有解决").fill("系统里还是显示未备案。")
    enterprise.get_by_role("button", name="不认可，要求重办").click()
    expect(enterprise.get_by_text("已要求重新办理")).to_be_visible()

    house.clock.forward(minutes=5)
    answer(house, bureau, "系统状态已更新，请刷新查看。")
    house.clock.forward(minutes=5)
    enterprise.reload()
    for name in ("办理速度", "服务态度", "办理结果"):
        enterprise.get_by_role("group", name=name).get_by_label("5").check()
    enterprise.get_by_role("button", name="认可，办结").click()
    expect(enterprise.get_by_text("谢谢您的评价")).to_be_visible()
    house.picture(enterprise, "status-closed")
    bureau.reload()
    expect(bureau.locator(".badge").first).to_contain_text("企业已认可")


def answer(house: House, bureau: Page, text: str) -> None:
    bureau.reload()
    bureau.get_by_role("main").click(position={"x": 2, "y": 2})
    bureau.keyboard.press("e")
    form = bureau.locator("#do-answer")
    form.get_by_label("已解决").check()
    form.get_by_label("答复内容").fill(text)
    form.get_by_role("button", name="答复").click()
    expect(bureau.get_by_role("alert").filter(has_text="发送前再看一眼")).to_be_visible()
    bureau.locator("#do-answer").get_by_role("button", name="答复").click()
    expect(bureau.locator(".badge").first).to_contain_text("已答复")
    house.work()
