"""Every page with the demo day on it: no error in the console, nothing wider than the screen, nothing for axe."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import House, background
from tests.conftest import TEMPLATE, FrozenClock, administer, built_once, make_app, settings_for
from tests.support import calls as ringing
from tests.support import policies as told
from ticketing import engines
from ticketing.channels.recordings_twilio import TwilioRecordings
from ticketing.domain.signals import Voicemail
from ticketing.extensions import db, store, transaction
from ticketing.jobs import policies as jobs
from ticketing.models import Call, CallCommand, DutyGroup, Ticket
from ticketing.services import (
    accounts,
    answer_drafts,
    demo,
    directory_edits,
    enterprises,
    people,
    policies,
    province,
    spring,
)
from ticketing.services.history import Act

AXE = Path(__file__).parent.parent / "contracts" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "async (only) => (await axe.run(document, {runOnly: only})).violations"
PUBLIC = ("/", "/?q=评标专家", "/topics", "/privacy", "/submit/what", "/submit/where", "/submit/matter",
          "/submit/contact", "/status", "/status/password", "/my/login", "/login", "/nowhere")  # fmt: skip
STAFF = {
    "wangmin": (
        "/desk/register",
        "/desk/tickets",
        "/desk/tickets?q=评标",
        "/find?q=评标 承办:没有的局",
        "/views",
        "/views/new?q=类型:投诉",
        "/desk/follow-ups",
        "/desk/follow-ups?tab=visited",
        "/desk/register?phone=13904510021",
        "/duty/mine",
        "/desk",
        "/desk/calls",
        "/desk/calls?outcome=missed",
        "/desk/calls/{missed}",
        "/desk/calls/{ringing}",
        "/desk/calls/{steered}",
        "/desk/callbacks",
        "/desk/offline/",
        "/desk/follow-ups/{answered}",
        "/desk/proofs",
    ),
    "zhaolixin": ("/dispatch", "/dispatch/{new}", "/dispatch/tickets?q=备案"),
    "liuyang": (
        "/bureau",
        "/bureau/mine",
        "/bureau/tickets",
        "/tickets/{own}",
        "/tickets/{own}/compare/{draft}",
        "/snippets",
        "/snippets/new",
        "/tickets/{own}/reveal",
        "/notices",
    ),
    "hejing": ("/bureau/approvals", "/tickets/{asked}"),
    "sunlihua": (
        "/watch",
        "/watch/tickets",
        "/watch/overdue",
        "/watch/today",
        "/watch/unaccepted",
        "/watch/returns",
        "/watch/approvals",
        "/watch/listings",
        "/watch/figures",
        "/watch/figures?by=type",
        "/watch/figures/tickets?figure=unanswered",
        "/watch/figures/borne?bearer=HRB-SWJ&what=time",
        "/watch/figures/callbacks",
        "/watch/reports",
        "/duty",
        "/duty/groups/{group}",
        "/duty/groups/{group}/settings",
        "/duty/leave",
        "/watch/lines",
        "/watch/telephone",
        "/watch/blocks",
        "/desk/calls/{missed}",
        "/tickets/{case}",
        "/routing",
        "/routing/models",
        "/admin/policies/drafts/{sound}",
        "/admin/policies/drafts/{sound}/effect",
        "/admin/policies/{applied}",
        "/tickets/{spring}/deadline",
    ),
    "admin": (
        "/admin/accounts",
        "/admin/accounts/new",
        "/admin/accounts/liuyang",
        "/admin/deliveries",
        "/admin/policies",
        "/admin/policies?kind=sla",
        "/admin/policies/drafts/{broken}",
        "/admin/policies/drafts/{sound}",
        "/admin/policies/drafts/{sound}/effect",
        "/admin/policies/drafts/{policy}",
        "/admin/policies?kind=coordination",
        "/admin/policies?kind=routing",
        "/admin/imports",
        "/exports",
        "/admin/directory",
        "/admin/directory?kind=bureau",
        "/admin/directory/bureau/HRB-SWJ",
        "/admin/directory/drafts/{change}",
        "/admin/jobs",
        "/admin/audit",
        "/admin/audit?kind=granted&whom=liuyang",
    ),
}


DAY = "template_demo_day"


@pytest.fixture(scope="session")
def told_day(lease: engines.Lease, run_folder: Path) -> dict[str, str]:
    """The demo day, made once for all tests of this module: what stands for what in their addresses."""
    return built_once(run_folder, DAY, lambda: make_day(lease))


@pytest.fixture(scope="session")
def template(told_day: dict[str, str]) -> str:
    return DAY


@pytest.fixture
def day(house: House, told_day: dict[str, str]) -> House:
    """The house with the demo day in it, at the instant at which it was left."""
    house.clock.now = dt.datetime.fromisoformat(told_day["now"])
    house.app.extensions["recordings"] = TwilioRecordings("AC1", "token", house.url)
    return house


def make_day(lease: engines.Lease) -> dict[str, str]:
    """Load the demo day and, on top of it, one of each thing that a page of the table shows."""
    administer(lease, f"create database {DAY} template {TEMPLATE}")
    clock = FrozenClock()
    app = make_app(settings_for(lease, DAY), clock)
    store.prefix = f"{DAY}:"
    with app.app_context():
        with transaction():
            demo.load(app.config["PROVINCE_PACK"], clock.now, province.current())
            ringing.told(ringing.rang("now"))
            steered(clock.now)
            waiting = people.begin("+8613904519999", clock.now, name="林涛")
            enterprises.ask_call(waiting, "91230200MA1DEMX03L", "齐齐哈尔绿源园林有限公司", clock.now)
        background()
        numbers = policies_in_hand(clock) | desks_in_hand(clock.now) | named_rows()
        db.session.remove()
        db.engine.dispose()
    return numbers | {"now": clock.now.isoformat()}


def steered(now: dt.datetime) -> None:
    """A recorded call to which the fire brigade was to be brought, in vain."""
    tape = Voicemail(**ringing.named("steered", "tape", 5), recording="RE" + "0" * 32, seconds=20)
    call = ringing.told(
        ringing.rang("steered", caller="13904510022"), ringing.answered("steered", by=""), tape
    )
    call.provider = "twilio"
    made = {"verb": "emergency", "to": "119", "status": "failed", "error": "busy", "moved": True}
    db.session.add(
        CallCommand(call_id=call.id, key="k", account_id=accounts.named("wangmin").id, at=now, **made)
    )


def look(house: House, page: Page, path: str, name: str, *, stay: bool = False) -> None:
    """Open a page, or look at it as it stands with `stay`."""
    if not stay:
        page.goto(path)
    house.picture(page, name)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{path} is {width} px wider than the screen"
    page.evaluate(AXE.read_text())
    assert violated(page, STANDARDS) == [], path


def violated(page: Page, only: list[str] | str) -> list[str]:
    """Return what axe finds on a page, with these tags or this one rule."""
    found = page.evaluate(RUN, {"type": "rule", "values": [only]} if isinstance(only, str) else only)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def look_by_night(house: House, page: Page, path: str, name: str) -> None:
    """Look at a page, then let axe read its colours in the dark too."""
    look(house, page, path, name)
    # At once: buttons fade from light to dark.
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert violated(page, "color-contrast") == [], f"{path} in the dark"
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")


#: Each page is looked at in both widths and both languages; on a phone English, whose lines are the longer ones.
WAYS = pytest.mark.parametrize(("width", "lang"), [("desktop", "zh"), ("phone", "en")])


def once(width: str) -> Callable[[House, Page, str, str], None]:
    """Return how to look at a page: its colours are the same on a phone."""
    return look if width == "phone" else look_by_night


def speak(house: House, page: Page, lang: str) -> None:
    """Let every page of this visitor come in a language."""
    page.context.add_cookies([{"name": "lang", "value": lang, "url": house.url}])


def login(house: House, username: str, *, phone: bool = False) -> Page:
    page = house.visitor(phone=phone)
    page.goto("/login")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(demo.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page


@WAYS
def test_public_pages(day: House, width: str, lang: str) -> None:
    page = day.visitor(phone=width == "phone")
    speak(day, page, lang)
    for place, path in enumerate(PUBLIC):
        once(width)(day, page, path, f"public-{width}-{place:02d}")


ACCOUNT = (
    "/my",
    "/my?which=closed",
    "/my/people",
    "/my/claim",
    "/my/settings",
    "/my/prove",
    "/my/prove/call",
)


@WAYS
def test_pages_of_an_enterprises_account(day: House, width: str, lang: str) -> None:
    page = day.visitor(phone=width == "phone")
    page.goto("/my/login")
    page.get_by_label("手机号").fill("13604501234")
    page.get_by_label("密码").fill(demo.PASSWORD)
    page.get_by_role("button", name="登录或获取验证码").click()
    page.wait_for_url("**/my")
    speak(day, page, lang)
    for place, path in enumerate(ACCOUNT):
        once(width)(day, page, path, f"account-{width}-{place:02d}")


def test_large_print_fits_a_narrow_phone(day: House) -> None:
    page = day.visitor(phone=True)
    page.set_viewport_size({"width": 360, "height": 740})
    page.context.add_cookies([{"name": "size", "value": "large", "url": day.url}])
    for place, path in enumerate((*PUBLIC, "/my/login")):
        look(day, page, path, f"large-{place:02d}")


def of(username: str, now: dt.datetime) -> Act:
    return Act(accounts.actor(accounts.by_username(username), now), now)


def policies_in_hand(clock: FrozenClock) -> dict[str, str]:
    """One of each on its way: a draft with mistakes, one that was looked at, one applied, the story of the spring."""
    author, second = of("admin", clock.now), of("sunlihua", clock.now)
    with transaction():
        number = spring.tell(province.current()).ticket.number
    province.forget()
    background()
    pair = told.Pair(author.actor, second.actor)
    applied = told.publish("calendar", told.FLOOD.replace("06-10", "06-11"), pair, clock)
    jobs.roll_out()
    with transaction():
        broken = policies.begin(
            "calendar", told.FLOOD.replace("230100", "999999").replace("basis", "bassis"), author
        )
        text = told.policy_text().replace("limits:\n", "limits:\n  - {clock: ring, target: {seconds: 20}}\n")
        policy = policies.begin("sla", text, author, base="现行")
    sound = told.looked_at("calendar", told.FLOOD.replace("flood-2020", "flood-2"), pair, clock)
    return {
        "broken": str(broken.id),
        "policy": str(policy.id),
        "sound": str(sound.id),
        "applied": str(applied.document_id),
        "spring": number,
    }


def desks_in_hand(now: dt.datetime) -> dict[str, str]:
    """Two drafts of one answer, and a bureau that is about to change."""
    one = Ticket.query.filter(STATES["own"]).first()
    texts = {
        "liuyang": "已收到。材料齐全后三个工作日内办结。",
        "hejing": "已收到。材料齐全后五个工作日内办结。请带公章。",
    }
    with transaction():
        for name, text in texts.items():
            draft = answer_drafts.save(one, {"text": text, "result": "solved"}, of(name, now))
        values = directory_edits.now_of("bureau", "HRB-SWJ") | {
            "duties_zh": "新的职责。",
            "heads": ["hejing"],
        }
        change = directory_edits.begin("bureau", "HRB-SWJ", values, of("sunlihua", now), province.current())
    return {"draft": f"d{draft.id}", "change": str(change.id)}


STATES = {
    "new": Ticket.state == "new",
    "own": (Ticket.bureau_code == "HRB-SWJ") & (Ticket.state == "in_progress"),
    "asked": Ticket.subject.like("%工程款没有结%"),
    "case": Ticket.state == "coordinating",
    "answered": Ticket.state == "answered",
}


def named_rows() -> dict[str, str]:
    """Rows that addresses name."""
    numbers = {name: Ticket.query.filter(condition).first().number for name, condition in STATES.items()}
    numbers["missed"] = Call.query.filter(Call.outcome == "missed").first().id
    numbers["ringing"] = Call.query.filter(Call.provider_id == "now").first().id
    numbers["steered"] = Call.query.filter(Call.provider_id == "steered").first().id
    numbers["group"] = DutyGroup.query.filter(DutyGroup.is_desk.is_(False)).first().id
    return {name: str(value) for name, value in numbers.items()}


@WAYS
@pytest.mark.parametrize("username", list(STAFF))
def test_staff_pages(day: House, told_day: dict[str, str], username: str, width: str, lang: str) -> None:
    page = login(day, username, phone=width == "phone")
    speak(day, page, lang)
    for place, path in enumerate(STAFF[username]):
        once(width)(day, page, path.format(**told_day), f"{username}-{width}-{place:02d}")


def test_the_dark_looks_hold_too(day: House, told_day: dict[str, str]) -> None:
    page = login(day, "sunlihua")
    page.emulate_media(color_scheme="dark")
    look(day, page, "/watch", "dark-watch")
    look(day, page, "/watch/overdue", "dark-overdue")
    look(day, page, "/submit/what", "dark-submit")
    look(day, page, f"/admin/policies/drafts/{told_day['sound']}/effect", "dark-effect")


NEW = {
    "admin": ("/admin/audit", "/admin/jobs", "/admin/directory", "/admin/directory/drafts/{change}"),
    "liuyang": (
        "/tickets/{own}",
        "/tickets/{own}/compare/{draft}",
        "/snippets",
        "/find?q=bureua:x -type:report",
    ),
}


@pytest.mark.parametrize("username", list(NEW))
def test_the_desks_hold_in_english_in_the_dark_and_on_paper(
    day: House, told_day: dict[str, str], username: str
) -> None:
    page = login(day, username)
    speak(day, page, "en")
    for place, path in enumerate(NEW[username]):
        page.emulate_media(color_scheme="dark")
        look(day, page, path.format(**told_day), f"{username}-english-dark-{place:02d}")
        page.emulate_media(color_scheme="light", media="print")
        day.picture(page, f"{username}-print-{place:02d}")
        page.emulate_media(media="screen")
