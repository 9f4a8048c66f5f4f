"""What the accessibility checker cannot see: focus that shows, targets to hit, text that grows, screens that shrink."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import House
from tests.support.requests import sent
from ticketing.domain.vocabulary import Role
from ticketing.extensions import transaction
from ticketing.models import Ticket

PUBLIC = ("/", "/submit/what", "/submit/contact", "/status")
STAFF = ("/bureau", "/tickets/{number}")
#: Spacing that a reader may set (WCAG 1.4.12); a constructed sheet passes the policy as the reader's own would.
SPACED = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`* { line-height: 1.5 !important;
    letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet] }"""
#: What is cut off: a box that hides what overflows, and text that does.
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(one => {
    const how = getComputedStyle(one);
    if (one.closest(".sr-only, .visually-hidden, .skip") || one.clientWidth < 2) return false;
    if (!one.textContent.trim()) return false;
    const x = how.overflowX === "hidden" || how.overflowX === "clip";
    const y = how.overflowY === "hidden" || how.overflowY === "clip";
    return (x && one.scrollWidth > one.clientWidth + 1) || (y && one.scrollHeight > one.clientHeight + 1);
    }).map(one => one.outerHTML.slice(0, 160))"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Targets below 24 px; links within a sentence and hidden ones are exempt (WCAG 2.5.8), as is what has room around it.
SMALL = """() => { const targets = "a[href], button, summary, select, input:not([type=hidden])";
    const all = [...document.querySelectorAll(targets)]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest("p, li p, .sr-only, .skip"))
    .map(one => [one, (one.matches("[type=radio], [type=checkbox]") && one.closest("label") || one)
        .getBoundingClientRect()]).filter(([, at]) => at.width > 1 && at.height > 1);
    const middle = at => [at.x + at.width / 2, at.y + at.height / 2];
    return all.filter(([one, at]) => (at.width < 23.5 || at.height < 23.5) && all.some(([other, its]) => {
        if (one === other || one.contains(other) || other.contains(one)) return false;
        const [x, y] = middle(at);
        const dx = Math.max(its.left - x, 0, x - its.right), dy = Math.max(its.top - y, 0, y - its.bottom);
        return Math.hypot(dx, dy) < 12;
    })).map(([one, at]) => `${Math.round(at.width)}x${Math.round(at.height)} ${one.outerHTML.slice(0, 140)}`) }"""
FOCUS = """() => { const one = document.activeElement, how = getComputedStyle(one), at = one.getBoundingClientRect();
    return {at_end: one === document.body, html: one.outerHTML.slice(0, 140),
    shown: how.outlineStyle !== "none" && parseFloat(how.outlineWidth) >= 2,
    covered: at.bottom <= 0 || at.top >= innerHeight} }"""
#: Whether something else lies over the middle of what has the focus; radio and tick boxes count with their label.
BENEATH = """() => { const one = document.activeElement, at = one.getBoundingClientRect();
    const there = document.elementFromPoint(at.x + Math.min(at.width, 40) / 2, at.y + at.height / 2);
    return one !== document.body && Boolean(there) && !one.contains(there) && !there.contains(one)
        && !one.closest("label")?.contains(there) && one.outerHTML.slice(0, 140) }"""
MOVING = """() => [...document.querySelectorAll("*")].filter(one => { const how = getComputedStyle(one);
    return parseFloat(how.transitionDuration) > 0 || how.animationName !== "none" || how.scrollBehavior === "smooth" })
    .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def desk(house: House) -> tuple[Page, list[str]]:
    """Return the page of a handler with one ticket, and the addresses to look at."""
    with transaction():
        one: Ticket = sent(subject="送菜的车进不了小区")
        number = one.number
    page = house.colleague("li.na", Role.HANDLER, "HRB-SWJ")
    page.wait_for_url("**/bureau")
    return page, [*PUBLIC, *(path.format(number=number) for path in STAFF)]


def test_pages_shrink_and_grow_without_loss(desk: tuple[Page, list[str]]) -> None:
    page, paths = desk
    # 320 px is a phone, and a window of 1280 at 400 %; 640 px is the same window at 200 %.
    for width in (320, 640):
        page.set_viewport_size({"width": width, "height": 640})
        for path in paths:
            page.goto(path)
            assert page.evaluate(WIDER) <= 0, (path, width)
            page.evaluate(SPACED)
            assert page.evaluate(WIDER) <= 0, (path, width, "spaced")
            assert page.evaluate(CUT) == [], (path, width)


def test_what_is_to_be_hit_is_large_enough_or_has_room(desk: tuple[Page, list[str]]) -> None:
    page, paths = desk
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for path in paths:
            page.goto(path)
            assert page.evaluate(SMALL) == [], (path, width)


def test_each_stop_of_the_tab_key_shows_itself(desk: tuple[Page, list[str]]) -> None:
    page, paths = desk
    for path in paths:
        page.goto(path)
        page.evaluate("document.activeElement.blur()")
        for _ in range(12):
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUS)
            assert at["at_end"] or (at["shown"] and not at["covered"]), (path, at)


def test_no_stop_of_the_tab_key_is_below_a_bar_that_stays(house: House) -> None:
    page = house.visitor(phone=True)
    page.set_viewport_size({"width": 390, "height": 640})
    for path in ("/", "/my/login"):
        page.goto(path)
        for _ in range(40):
            page.keyboard.press("Tab")
            assert not page.evaluate(BENEATH), path


def test_nothing_moves_for_who_asked_for_rest(desk: tuple[Page, list[str]]) -> None:
    page, paths = desk
    page.emulate_media(reduced_motion="no-preference")
    page.goto("/")
    assert page.evaluate(MOVING)  # the check sees what moves for others
    page.emulate_media(reduced_motion="reduce")
    for path in paths:
        page.goto(path)
        assert page.evaluate(MOVING) == [], path


def test_words_of_the_other_tongue_say_so(house: House) -> None:
    page = house.visitor()
    for lang, other in (("zh-CN", "English"), ("en", "中文")):
        page.context.add_cookies([{"name": "lang", "value": lang[:2], "url": house.url}])
        page.goto("/")
        assert page.locator("html").get_attribute("lang").startswith(lang[:2])
        told = page.get_by_text(other, exact=True).first
        spoken = told.evaluate("one => one.closest('[lang]').lang")
        assert spoken[:2] == ("en" if lang == "zh-CN" else "zh")
