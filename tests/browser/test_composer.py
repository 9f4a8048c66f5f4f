"""A bureau's day at the composer: keyboard, a killed browser, a colleague at the same answer, and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import HistoryEntry, Ticket
from ticketing.services import answer_drafts, handling, snippets
from ticketing.services.history import Act
from ticketing.services.snippets import Wanted

BUREAU = "HRB-SWJ"
BODY = "请问复工备案还缺什么材料？多久能批下来？"


@pytest.fixture
def accepted(house: House) -> Ticket:
    """Return a ticket with two questions that the bureau is working on, and a snippet for everybody."""
    with transaction():
        one = sent(type="help", body=BODY)
        handling.accept(one, Act(actor("first", Grant(Role.HANDLER, BUREAU)), house.clock.now))
        keeper = actor("keeper", Grant(Role.ADMIN))
        wanted = Wanted("补充材料", "bccl", "您的事项（{编码}）还缺材料：{材料}。", snippets.ALL)
        snippets.save(wanted, keeper, house.clock.now)
    return one


def composer(page: Page, one: Ticket) -> Page:
    page.goto(f"/tickets/{one.number}")
    folded = page.locator("details#do-answer:not([open]) > summary")
    if folded.count():
        folded.click()
    return page


def test_by_keyboard_through_a_killed_browser_and_beside_a_colleague(house: House, accepted: Ticket) -> None:
    page = composer(house.colleague("li.na", Role.HANDLER, BUREAU), accepted)
    form = page.locator("#do-answer")
    expect(form.get_by_text("企业问了 2 件事")).to_be_visible()
    form.get_by_label("已解决").check()
    area = form.get_by_label("答复内容")
    area.press_sequentially("您好，bccl")
    area.press("Tab")
    number = f"{accepted.number[:6]}-{accepted.number[6:12]}-{accepted.number[12]}"
    expect(area).to_have_value(f"您好，您的事项（{number}）还缺材料：{{材料}}。")
    expect(form.get_by_text("已保存").first).to_be_visible()
    state = page.context.storage_state()
    page.context.close()

    context = house.browser.new_context(
        base_url=house.url, storage_state={**state, "origins": []}, viewport={"width": 1280, "height": 900}
    )
    house.contexts[:] = [one for one in house.contexts if one.pages] + [context]
    page = composer(context.new_page(), accepted)
    form, area = page.locator("#do-answer"), page.locator("#do-answer").get_by_label("答复内容")
    expect(area).to_have_value(f"您好，您的事项（{number}）还缺材料：{{材料}}。")
    page.keyboard.press("Escape")
    form.get_by_role("button", name="答复").click()
    told = page.get_by_role("alert").filter(has_text="发送前再看一眼")
    expect(told).to_contain_text("多久能批下来？")
    expect(told).to_contain_text("{材料}")
    house.picture(page, "face-bureau-look")

    with transaction():
        other = actor("wu.gang", Grant(Role.HANDLER, BUREAU))
        text = f"您好，您的事项（{number}）还缺材料：营业执照。三个工作日内批下来。"
        answer_drafts.save(accepted, {"text": text}, Act(other, house.clock.now))
    page.reload()
    page.goto(f"/tickets/{accepted.number}")
    page.get_by_role("link", name="对照两份").click()
    expect(page.locator("fieldset ins").first).to_contain_text("营业执照")
    house.picture(page, "face-bureau-compare")
    page.get_by_role("button", name="整份用对方的").click()
    expect(page.locator("#do-answer").get_by_label("答复内容")).to_have_value(text)
    page.locator("#do-answer").get_by_role("button", name="答复").click()
    expect(page.locator(".badge").first).to_contain_text("已答复")
    db.session.expire_all()
    assert HistoryEntry.query.filter_by(ticket_id=accepted.id, action="answer").one().text == text
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        house.picture(page, f"face-bureau-{theme}")
    page.emulate_media(color_scheme="light", media="print")
    house.picture(page, "face-bureau-print")


def test_all_of_it_without_scripts(house: House, accepted: Ticket) -> None:
    with transaction():
        actor("li.na", Grant(Role.HANDLER, BUREAU))
    page = house.visitor(script=False, phone=True)
    page.goto("/login")
    page.get_by_label("账号").fill("li.na")
    page.get_by_label("密码").fill("a long test password")
    page.get_by_role("button", name="登录").click()
    form = composer(page, accepted).locator("#do-answer")
    form.get_by_label("已解决").check()
    form.get_by_label("答复内容").fill("您好。")
    form.get_by_label("常用语").select_option(index=1)
    form.get_by_role("button", name="插入").click()
    area = page.locator("#do-answer").get_by_label("答复内容")
    expect(area).to_contain_text("您好。")
    expect(area).to_contain_text("还缺材料：{材料}")
    area.fill("备案还缺营业执照复印件这份材料。")
    page.locator("#do-answer").get_by_role("button", name="答复").click()
    expect(page.get_by_role("alert").filter(has_text="发送前再看一眼")).to_contain_text("多久能批下来？")
    house.picture(page, "face-bureau-phone")
    page.locator("#do-answer").get_by_role("button", name="答复").click()
    expect(page.locator(".badge").first).to_contain_text("已答复")
