"""A supervisor on Monday: what burns, an order, the lines, figures and the month's report taken along, a policy."""

import datetime as dt
import io

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import House
from tests.browser.test_administrator import looks
from tests.support import policies as told
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.jobs import policies as jobs
from ticketing.jobs import report
from ticketing.models import PolicyDocument, SupervisionOrder, TicketClock
from ticketing.services import policies
from ticketing.services.history import Act

#: Requests for help may take three weeks, those that are open among them.
HELP = "type: help}, target: {working_days: 5}"
LONGER = {HELP: HELP.replace("5", "15"), "limits:\n": "reaches_open: [answer]\nlimits:\n"}


def test_from_the_wallboard_to_an_order_and_the_sheet(house: House) -> None:
    with transaction():
        late = sent(type="help", subject="备案一直没有人管")
    house.clock.now += dt.timedelta(days=9)
    with transaction():
        sent(house.clock.now, type="suggestion", subject="今天才来的建议")
    page = house.colleague("boss", Role.SUPERVISOR)
    page.goto("/watch")
    expect(page.locator(".figures .is-over").first).to_contain_text("1")
    looks(house, page, "face-supervisor-wallboard")
    page.goto("/watch/overdue")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("link", name="备案一直没有人管").click()
    fold = page.locator("#do-supervise")
    fold.locator("summary").click()
    fold.get_by_label("理由").fill("九天没有签收，请今天签收并联系企业。")
    fold.get_by_role("button").click()
    expect(page.get_by_text("督办：已完成")).to_be_visible()
    looks(house, page, "face-supervisor-ticket")
    db.session.expire_all()
    assert SupervisionOrder.query.filter_by(ticket_id=late.id).count() >= 1
    page.goto("/watch/lines")
    expect(page.locator("#live")).to_be_visible()
    house.picture(page, "face-supervisor-lines")
    page.goto("/watch/figures")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="导出 XLSX").click()
    assert sheet.value.suggested_filename.endswith(".xlsx")
    takes_the_month_along(house, page)
    lets_a_colleagues_policy_in(house, page, late.id)


def takes_the_month_along(house: House, page: Page) -> None:
    """Has the month's report made, and reads on paper what it is, by whom and when."""
    page.goto("/watch/reports")
    page.get_by_role("button", name="生成月报").click()
    expect(page.get_by_text("月报正在生成，通常")).to_be_visible()
    assert report.run() == 1
    page.reload()
    house.picture(page, "face-supervisor-report")
    with page.expect_download() as paper:
        page.get_by_role("link", name="下载 PDF").click()
    pages = PdfReader(io.BytesIO(paper.value.path().read_bytes())).pages
    words = "".join("".join(one.extract_text().split()) for one in pages)
    assert "企业诉求办理情况月报" in words
    assert f"由boss先生于{house.clock.now + dt.timedelta(hours=8):%Y-%m-%d%H:%M}编制" in words


def lets_a_colleagues_policy_in(house: House, page: Page, late: int) -> None:
    """Tries a colleague's draft out, sees which due times it moves, and publishes it as the second person."""
    with transaction():
        text, author = told.policy_text(**LONGER), actor("drafter", Grant(Role.ADMIN))
        policies.begin(told.SLA, text, Act(author, house.clock.now))
        version = text.partition("version: ")[2].partition("\n")[0]
    page.goto("/admin/policies?kind=sla")
    page.get_by_role("link", name=version).click()
    page.get_by_role("button", name="试算影响").click()
    expect(page.get_by_text("正在试算。")).to_be_visible()
    jobs.foresee()
    page.get_by_role("link", name="刷新", exact=True).click()
    expect(page.locator("dl.figures")).to_contain_text("1个不再超时")
    expect(page.locator("tr[data-row]", has_text="备案一直没有人管")).to_be_visible()
    looks(house, page, "face-supervisor-what-if")
    page.get_by_role("button", name="发布并应用").click()
    expect(page.get_by_text("已发布，正在应用到在办的时限")).to_be_visible()
    db.session.remove()  # the worker's own sees what is in force now
    jobs.roll_out()
    assert PolicyDocument.query.filter_by(kind=told.SLA, version=version).count() == 1
    assert TicketClock.query.filter_by(ticket_id=late, kind="answer").one().due_at > house.clock.now


def test_a_board_on_a_wall_draws_itself_anew_until_it_is_told_not_to(house: House) -> None:
    page = house.colleague("boss", Role.SUPERVISOR)
    page.clock.install()
    page.goto("/watch")
    page.get_by_role("link", name="自动更新").click()
    waiting = page.locator(".figures a", has_text="待派单")
    expect(waiting).to_contain_text("0")
    with transaction():
        ticket(subject="刚来的", dispatch=False)
    page.clock.run_for(16_000)
    expect(waiting).to_contain_text("1")
    page.get_by_role("link", name="停止自动更新").click()
    with transaction():
        ticket(subject="又来一件", dispatch=False)
    page.clock.run_for(16_000)
    expect(page.get_by_text("条新内容")).to_be_visible()
    expect(waiting).to_contain_text("1")
