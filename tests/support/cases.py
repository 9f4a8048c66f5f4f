"""Coordination cases for tests: the bridge project of 齐齐哈尔 and a plain one, made through the real verbs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from tests.conftest import MONDAY
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.case_workflow import SETTLED, StepState
from ticketing.domain.committee import Drawn, Record
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Account, CaseClock, CaseParty, CaseRound, CoordinationCase, Ticket
from ticketing.services import (
    accounts,
    case_answer,
    case_filing,
    case_links,
    case_parties,
    case_planning,
    case_steps,
    case_two_sided,
    cases,
    coordination,
)
from ticketing.services import province as provinces
from ticketing.services.case_steps import Proof
from ticketing.services.case_two_sided import HandedIn
from ticketing.services.history import Act
from ticketing.services.province import Province

LEAD, CONVENER, OTHER = "QQHR-FGW", "QQHR-YSJ", "QQHR-ZJJ"
#: Names, units and numbers that nobody but the three may ever see.
NAMES = ["欧阳静安", "司徒明远", "诸葛慕白", "上官若兰", "慕容清河"]
UNITS = ["北疆桥梁设计院", "松嫩水利规划院", "嫩江交通咨询公司", "鹤城造价事务所", "龙沙工程技术学院"]
#: Drawn before them, and declined: as secret as they are.
DECLINED = Record("QQ20200099", "令狐远山", "漠河公路设计所", "桥梁工程")
OPENING = coordination.Opening("bid-committee", LEAD, "远程组建评标委员会，保证按期开标", "疫情期间无法到场")
PLAN = {
    "members": 7,
    "experts": 5,
    "specialities": [{"name": "桥梁工程", "count": 3}, {"name": "工程造价", "count": 2}],
    "avoid": ["黑水建工集团"],
    "place": "齐齐哈尔市公共资源交易中心 3 号评标室",
}


def record(place: int, **changed: str) -> Record:
    """Return the expert at a place of the list."""
    plain = {
        "pool_number": f"QQ2020{place:04d}",
        "name": NAMES[place],
        "unit": UNITS[place],
        "speciality": "桥梁工程" if place < 3 else "工程造价",
    }
    return Record(**(plain | changed))


def drawn(*records: Record, declined: tuple[Record, ...] = ()) -> tuple[Drawn, ...]:
    """Return draw lines: those who declined first, in the order drawn."""
    lines = [Drawn(0, one, accepted=False, reason="busy") for one in declined]
    lines += [Drawn(0, one, accepted=True) for one in records]
    return tuple(Drawn(n, one.record, one.accepted, one.reason) for n, one in enumerate(lines, start=1))


def five() -> tuple[Record, ...]:
    """Return the five experts."""
    return tuple(record(place) for place in range(5))


@dataclass
class Bridge:
    """The bridge case and its people."""

    case: CoordinationCase
    ticket: Ticket
    people: dict[str, Actor]
    accounts: dict[str, Account]
    parties: dict[str, CaseParty]
    now: dt.datetime

    @property
    def province(self) -> Province:
        return provinces.current()

    def act(self, who: str, **later: float) -> Act:
        """Return the act of somebody now, or later."""
        self.now += dt.timedelta(**later)
        return Act(self.people[who], self.now)

    def finish(self, number: int, who: str, text: str = "已完成。", **values: Any) -> None:
        """Complete a step with its evidence, ten minutes later."""
        case_steps.complete(self.case, number, Proof(text, values), self.act(who, minutes=10), self.province)

    def draw(self, lines: tuple[Drawn, ...] | None = None) -> None:
        """Hand in what the tenderer drew."""
        act = self.act("tenderer", minutes=5)
        handed = HandedIn(lines or drawn(*five()), "省综合评标专家库", 1860, act.now, "监督员现场见证")
        case_two_sided.hand_in(self.case, 4, handed, act, self.province)

    def enter(self, *records: Record) -> None:
        """Hand in what the platform entered."""
        handed = HandedIn(drawn(*(records or five())))
        case_two_sided.hand_in(self.case, 5, handed, self.act("operator", minutes=5), self.province)

    def confirm(self) -> None:
        """Let both sides confirm the digest."""
        digest = case_two_sided.current_round(self.case, 4).digest or ""
        for number, who in ((4, "tenderer"), (5, "operator")):
            case_two_sided.confirm(self.case, number, digest, self.act(who, minutes=1), self.province)

    def to_award(self) -> None:
        """Do everything up to the award."""
        self.finish(6, "supervisor", none_interested=True, all_told=True)
        self.finish(7, "operator")
        self.finish(8, "tenderer", reference="QQHR-2020-017")

    def answer(self, text: str = "评标委员会已依法组建，评标已完成。", result: str = "solved") -> None:
        """Lift secrecy and answer."""
        case_answer.lift_secrecy(
            self.case, "中标通知书 2020-017", self.act("supervisor", hours=1), self.province
        )
        said = case_answer.OneAnswer(result, text)
        case_answer.answer(self.case, said, self.act("supervisor", minutes=5), self.province)


def bridge(
    now: dt.datetime = MONDAY, *, confirmed: bool = True, staff: dict[str, Account] | None = None
) -> Bridge:
    """Return the bridge case, its parties named; unless told otherwise with a confirmed plan and the plan of step 3.

    Another one beside it is led by the staff of the first.
    """
    ticket = sent(
        now, type="help", subject="民航路跨线桥民航东路工程无法组建评标委员会", region_code="230202"
    )
    province = provinces.current()
    staff = staff or {
        "watcher": colleague("watcher", Grant(Role.SUPERVISOR)),
        "convener": colleague("convener", Grant(Role.HANDLER, CONVENER)),
        "supervisor": colleague("bidsupervisor", Grant(Role.HANDLER, LEAD)),
        "head": colleague("leadhead", Grant(Role.HEAD, LEAD)),
    }
    people = {name: accounts.actor(account, now) for name, account in staff.items()}
    case = coordination.open_case(ticket, OPENING, Act(people["watcher"], now), province)
    one = Bridge(case, ticket, people, staff, {}, now)
    _name_parties(one)
    if confirmed:
        confirm_plan(one)
    return one


def begun_anew(one: Bridge) -> None:
    """Dissolve the case while its names are secret and open another for the same request, as far as its draw."""
    watcher = one.act("watcher", minutes=5)
    coordination.dissolve(one.ticket, "招标失败，重新组织。", watcher, one.province)
    one.case = coordination.open_case(one.ticket, OPENING, watcher, one.province)
    _name_parties(one)
    confirm_plan(one)


def _name_parties(one: Bridge) -> None:
    lead = one.act("head")
    case_parties.name_colleague(one.case, one.accounts["supervisor"].id, lead, one.province)
    new = case_parties.NewParty
    wanted = (
        new("convener", bureau_code=CONVENER),
        new("tenderer", name="鹤城城建公司", contact="李招标", phone="13904520001"),
        new("platform_operator", name="齐市公共资源交易中心", contact="王平台", phone="13904520002"),
    )
    for party in wanted:
        one.parties[party.role] = case_parties.name(one.case, party, lead, one.province)
    for who, role in (("tenderer", "tenderer"), ("operator", "platform_operator")):
        party = one.parties[role]
        case_links.invite(one.case, party.id, lead, one.province, address="http://here")
        one.people[who] = case_links.actor(party)


def confirm_plan(one: Bridge) -> None:
    """Agree the hours, confirm the plan, and do steps 1 to 3."""
    for number, days in ((4, 3), (7, 4), (8, 5)):
        moment = one.now.replace(hour=6) + dt.timedelta(days=days)
        case_planning.agree(one.case, number, moment, one.act("head"), one.province)
    case_planning.confirm(one.case, one.act("head"), one.province)
    one.finish(1, "convener")
    one.finish(2, "supervisor")
    one.finish(3, "tenderer", **PLAN)


def states(case: CoordinationCase) -> dict[int, str]:
    """Return the state of each step."""
    return {row.number: row.state for row in cases.steps(case)}


def sound(one: Bridge) -> None:
    """Check everything that must be true of a case at any time."""
    case, rows = one.case, cases.steps(one.case)
    parties = {party.id for party in cases.parties(case)}
    assert case.lead_bureau_code == case_parties.lead_of(case, one.province).bureau_code
    assert all(row.owner_id in parties and row.due_at is not None for row in rows)
    open_rows = {row.id for row in rows if StepState(row.state) not in SETTLED and row.state != "waiting"}
    running = select(CaseClock.step_id).where(CaseClock.case_id == case.id, CaseClock.stopped_at.is_(None),
                                              CaseClock.paused_at.is_(None))  # fmt: skip
    assert set(db.session.scalars(running)) == open_rows
    if case.state in ("closed", "dissolved"):
        assert all(StepState(row.state) in SETTLED for row in rows)
    if case.state == "closed":
        pairs = select(func.count()).where(CaseRound.case_id == case.id, CaseRound.superseded_at.is_(None),
                                           CaseRound.settled_at.is_(None))  # fmt: skip
        assert db.session.scalar(pairs) == 0
        assert one.ticket.state == "answered"
    four, five_ = (next(row.state for row in rows if row.number == n) for n in (4, 5))
    assert (four == "done") == (five_ == "done")
    assert (four == "matched") == (five_ == "matched")
    assert case_filing.whole(case)


def reread(case_id: int, now: dt.datetime) -> Bridge:
    """Return the bridge case as another process finds it in the database."""
    case = db.session.get_one(CoordinationCase, case_id)
    accounts_ = {row.username: row for row in db.session.scalars(select(Account))}
    names = {"watcher": "watcher", "convener": "convener", "supervisor": "bidsupervisor", "head": "leadhead"}
    staff = {name: accounts_[username] for name, username in names.items()}
    people = {name: accounts.actor(account, now) for name, account in staff.items()}
    parties = {party.role: party for party in cases.parties(case)}
    for who, role in (("tenderer", "tenderer"), ("operator", "platform_operator")):
        people[who] = case_links.actor(parties[role])
    return Bridge(case, cases.tickets(case)[0], people, staff, parties, now)
