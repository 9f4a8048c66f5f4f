"""Pages that explain deadlines: of a ticket on an enterprise list, of a step of a case; lateness by the place."""

import datetime as dt

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support import policies as told
from tests.support.people import actor, colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import ClockKind, Role
from ticketing.extensions import db
from ticketing.jobs import policies as jobs
from ticketing.jobs import tick
from ticketing.models import CoordinationCase, Listing
from ticketing.services import clocks, coordination, province
from ticketing.services.history import Act
from ticketing.services.listing import Kind

LISTED, NOISE = "91230103MA1DEMX02P", "92230103MA1DEMX01H"
HARBIN, QIQIHAR = "230103", "230202"
STRIP = "时限是怎样算出来的"


@pytest.fixture
def supervisor(client: FlaskClient) -> FlaskClient:
    colleague("sun", Grant(Role.SUPERVISOR), client=client)
    return client


def opened() -> CoordinationCase:
    ticket = sent(type="help", region_code=HARBIN)
    opening = coordination.Opening("joint", "HRB-FGW", "联办接通水电气热", "涉及多部门")
    watcher = Act(actor("watcher", Grant(Role.SUPERVISOR)), MONDAY)
    case = coordination.open_case(ticket, opening, watcher, province.current())
    db.session.commit()
    return case


def test_the_page_of_a_ticket_names_the_list_that_gave_the_limit(
    supervisor: FlaskClient, clock: FrozenClock
) -> None:
    row = "limits:\n  - {clock: answer, when: {tag: secured_supply}, target: {working_days: 2}}\n"
    told.publish(told.SLA, told.policy_text().replace("limits:\n", row), told.pair(), clock)
    listed, other = (sent(type="help", register_code=code) for code in (LISTED, NOISE))
    db.session.commit()
    pages = [supervisor.get(f"/tickets/{one.number}/deadline").text for one in (listed, other)]
    assert [page.count("按企业名单给的时限：重点保供企业") for page in pages] == [1, 0]


def test_a_step_explains_its_deadline_to_who_reads_the_case(supervisor: FlaskClient) -> None:
    case = opened()
    where = f"/cases/{case.number}"
    page = supervisor.get(where).text
    assert (f"{where}/steps/1/deadline" in page, f"{where}/steps/2/deadline" in page) == (True, False)
    told_page = supervisor.get(f"{where}/steps/1/deadline").text
    assert ("协调环节时限" in told_page, "第 1 个工作日" in told_page) == (True, True)
    assert "还没有开始计时" in supervisor.get(f"{where}/steps/2/deadline").text
    assert supervisor.get(f"{where}/steps/99/deadline").status_code == 404


def test_a_step_explains_nothing_to_a_stranger(client: FlaskClient) -> None:
    case = opened()
    colleague("stranger", Grant(Role.HANDLER, "HRB-SWJ"), client=client)
    assert client.get(f"/cases/{case.number}/steps/1/deadline").status_code == 404


def test_the_what_if_leads_to_the_explanation_of_a_step(supervisor: FlaskClient, clock: FrozenClock) -> None:
    case = opened()
    people = told.pair()
    draft = told.looked_at(told.CALENDAR, told.FLOOD, people, clock)
    page = supervisor.get(f"/admin/policies/drafts/{draft.id}/effect").text
    where = f"/cases/{case.number}/steps/1/deadline"
    assert f'href="{where}"' in page
    assert supervisor.get(where).status_code == 200


def test_lateness_on_the_list_is_told_by_the_calendar_of_the_place(
    supervisor: FlaskClient, clock: FrozenClock
) -> None:
    """Both are late from Tuesday to Thursday; in Harbin the Wednesday between is a day of flood."""
    due = MONDAY + dt.timedelta(days=1)
    for region in (HARBIN, QIQIHAR):
        one = sent(type="help", region_code=region)
        clock_row = next(row.clock for row in clocks.ledgers(one) if row.kind is ClockKind.ANSWER)
        db.session.add(
            Listing(
                ticket_id=one.id, clock_id=clock_row.id, kind=Kind.LIST.value, bureau_code=one.bureau_code,
                clock_kind="answer", due_at=due, proposed_at=due + dt.timedelta(days=2),
            )
        )  # fmt: skip
    db.session.commit()
    before = supervisor.get("/watch/listings").text
    told.publish(told.CALENDAR, told.FLOOD, told.pair(), clock)
    jobs.roll_out()
    after = supervisor.get("/watch/listings").text
    assert [page.count("2 个工作日") for page in (before, after)] == [2, 1]
    assert after.count("1 个工作日") == 1


def test_the_ladder_is_told_as_far_as_it_was_climbed_and_as_it_comes(
    supervisor: FlaskClient, clock: FrozenClock
) -> None:
    one = sent(type="consultation")
    clock.forward(days=3, hours=8)
    db.session.commit()
    tick.run()
    page = supervisor.get(f"/tickets/{one.number}/deadline").text
    answer = page.split("答复承诺时限</h2>")[1].split("<h2>")[0]
    rows = [row for row in answer.split("提醒与升级")[1].split("<tr>")[2:] if "</td>" in row][:6]
    assert [("还没到" in row) for row in rows] == [False, False, False, True, True, True]
    for row, said in zip(rows, ("50%", "80%", "催办", "发督办单", "建议启动协调", "列入通报"), strict=True):
        assert said in row
    accepted = page.split("派单时限</h2>")[1].split("<h2>")[0]
    assert "还没到" not in accepted  # it has stopped
    assert "时限 2 个小时（全天候）" in accepted
