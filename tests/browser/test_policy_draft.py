"""The text of a policy's draft is kept while it is typed: on the server, and in the browser where the line is lost."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.support import policies as told
from ticketing.domain.vocabulary import Role

KEPT, LOST = "version: kept\n", "version: lost-line\n"


def begun(page: Page) -> str:
    page.goto("/admin/policies")
    page.locator("form[action='/admin/policies/drafts'] button").first.click()
    page.locator("#text").fill(told.FLOOD)
    page.locator("button.fill").click()
    expect(page.locator("#text")).to_have_value(told.FLOOD)
    return page.url


def test_what_is_typed_is_never_lost(house: House) -> None:
    page = house.colleague("drafter", Role.ADMIN)
    begun(page)
    with page.expect_response(lambda one: one.url.endswith("/text") and one.status == 204):
        page.locator("#text").fill(KEPT)
    page.reload()
    expect(page.locator("#text")).to_have_value(KEPT)
    house.expected = (*house.expected, "net::ERR_FAILED")
    page.route("**/text", lambda route: route.abort())
    page.locator("#text").fill(LOST)
    expect(page.locator("[data-saved]")).to_contain_text("内容已存在本机")
    page.reload()
    expect(page.locator("#text")).to_have_value(LOST)
    expect(page.locator("[data-saved]")).to_contain_text("已找回")
    page.locator("[data-saved] button").click()
    expect(page.locator("#text")).to_have_value(KEPT)
    house.picture(page, "policy-draft")
