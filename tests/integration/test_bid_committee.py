"""The bridge case of 齐齐哈尔: the law's checks, two blind sides, rounds, secrecy until the award, one answer."""

import json

import pytest
from sqlalchemy import select, text

from tests.support.cases import LEAD, NAMES, PLAN, UNITS, Bridge, bridge, drawn, five, record, states
from tests.support.people import actor, colleague
from ticketing.domain.actors import Grant
from ticketing.domain.case_record import broken_at
from ticketing.domain.errors import Invalid, NotAllowed, Unavailable
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import CaseList, Notice, OutboxEvent
from ticketing.services import (
    attachments,
    case_answer,
    case_filing,
    case_parties,
    case_secrets,
    case_steps,
    case_two_sided,
    cases,
)
from ticketing.services.case_files import Paper
from ticketing.services.case_steps import Proof
from ticketing.services.case_two_sided import HandedIn


@pytest.fixture
def one() -> Bridge:
    return bridge()


def test_the_case_runs_from_plea_to_one_answer(one: Bridge) -> None:
    one.draw()
    one.enter()
    one.confirm()
    one.to_award()
    one.answer()
    assert set(states(one.case).values()) == {"done"}
    assert (one.case.state, one.ticket.state, one.ticket.result) == ("closed", "answered", "solved")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"members": 6, "experts": 4}, "members"),
        ({"members": 3, "experts": 2}, "members"),
        ({"members": 7, "experts": 4}, "experts"),
        ({"members": 5, "experts": 5}, "experts"),
        ({"specialities": [{"name": "桥梁工程", "count": 4}]}, "specialities"),
    ],
)
def test_a_committee_against_the_law_is_refused(changed: dict[str, object], field: str) -> None:
    one = bridge(confirmed=False)
    row = cases.step(one.case, 3)
    row.state = "ready"
    with pytest.raises(Invalid) as refused:
        one.finish(3, "tenderer", **(PLAN | changed))
    assert refused.value.field == field
    assert states(one.case)[3] == "ready"


def test_a_draw_must_fit_the_plan_and_the_avoidance_list(one: Bridge) -> None:
    interested = record(0, unit="黑水建工 集团")
    with pytest.raises(Invalid):
        one.draw(drawn(interested, *five()[1:]))
    with pytest.raises(Invalid):
        one.draw(drawn(*five()[:4]))
    assert states(one.case)[4] == "ready"


def test_neither_side_reads_the_others_before_both_have_handed_in(one: Bridge) -> None:
    one.draw()
    [listed] = db.session.scalars(select(CaseList))
    own = case_two_sided.read(one.case, listed, one.people["tenderer"], one.province)
    assert [line.record for line in own] == list(five())
    with pytest.raises(NotAllowed):
        case_two_sided.read(one.case, listed, one.people["operator"], one.province)
    one.enter()
    seen = case_two_sided.read(one.case, listed, one.people["operator"], one.province)
    assert [line.record for line in seen] == list(five())


def test_a_difference_blocks_names_the_field_and_tells_the_lead(one: Bridge) -> None:
    one.draw()
    one.enter(record(0, name="欧阳静按"), *five()[1:])
    current = case_two_sided.current_round(one.case, 4)
    assert current.difference == {"fields": ["name"], "only_first": 0, "only_second": 0}
    assert (states(one.case)[4], states(one.case)[5], current.digest) == ("disputed", "disputed", None)
    assert db.session.scalars(select(OutboxEvent.name).where(OutboxEvent.name == "StepDisputed")).all()
    with pytest.raises(Exception, match="不能进行"):
        one.confirm()


def test_a_correction_settles_the_dispute_and_both_confirm_one_digest(one: Bridge) -> None:
    one.draw()
    one.enter(record(0, name="欧阳静按"), *five()[1:])
    one.enter(*reversed(five()))
    one.confirm()
    found = case_two_sided.lists(case_two_sided.current_round(one.case, 4))
    assert len({listed.confirmed_digest for listed in found}) == 1
    assert (states(one.case)[4], states(one.case)[5], states(one.case)[6]) == ("done", "done", "ready")


def test_width_and_blanks_make_no_difference(one: Bridge) -> None:
    one.draw()
    one.enter(record(0, name="欧阳　静安", pool_number="ＱＱ20200000"), *five()[1:])
    assert states(one.case)[5] == "matched"


def test_a_redraw_is_a_new_round_that_supersedes_both_confirmations(one: Bridge) -> None:
    one.draw()
    one.enter()
    one.confirm()
    case_two_sided.redraw(one.case, 4, "health", one.act("supervisor", minutes=5), one.province)
    assert {n: states(one.case)[n] for n in (4, 5, 6)} == {4: "ready", 5: "waiting", 6: "waiting"}
    fresh = record(4, name="令狐远山", pool_number="QQ20200099")
    one.draw(drawn(*five()[:4], fresh, declined=(five()[4],)))
    one.enter(*five()[:4], fresh)
    one.confirm()
    assert case_two_sided.current_round(one.case, 4).round == 2
    assert (states(one.case)[5], states(one.case)[6]) == ("done", "ready")


def test_an_other_digest_is_not_confirmed(one: Bridge) -> None:
    one.draw()
    one.enter()
    with pytest.raises(Invalid):
        case_two_sided.confirm(one.case, 4, "0" * 64, one.act("tenderer"), one.province)


@pytest.mark.parametrize("who", ["watcher", "head", "convener"])
def test_no_office_reads_the_lists(one: Bridge, who: str) -> None:
    one.draw()
    one.enter()
    for listed in db.session.scalars(select(CaseList)):
        with pytest.raises(NotAllowed):
            case_two_sided.read(one.case, listed, one.people[who], one.province)


def test_an_administrator_and_a_second_office_do_not_help(one: Bridge) -> None:
    one.draw()
    one.enter()
    both = actor("both", Grant(Role.ADMIN), Grant(Role.HANDLER, LEAD))
    [listed, _] = db.session.scalars(select(CaseList))
    with pytest.raises(NotAllowed):
        case_two_sided.read(one.case, listed, both, one.province)


def test_who_watches_over_cases_cannot_be_named_a_reader(one: Bridge) -> None:
    watcher = colleague("doubled", Grant(Role.SUPERVISOR), Grant(Role.HANDLER, LEAD))
    with pytest.raises(Invalid):
        case_parties.name_colleague(one.case, watcher.id, one.act("head"), one.province)


def test_no_table_and_no_view_carries_a_name(one: Bridge) -> None:
    one.draw()
    one.enter(record(0, name="欧阳静按"), *five()[1:])
    one.enter()
    one.confirm()
    paper = Paper(attachments.Upload(f"{NAMES[1]}名单.txt", f"成员：{'、'.join(NAMES)}".encode()), 1_000_000)
    act = one.act("supervisor")
    case_steps.file(one.case, 6, Proof(f"已通知{NAMES[0]}", {}, (paper,)), act, one.province)
    db.session.flush()
    relations = "select relname from pg_class where relkind = any('{r,p,v,m}') and relnamespace = "
    tables = db.session.scalars(text(f"{relations}'public'::regnamespace")).all()
    assert "case_list" in tables
    for table in tables:
        for (row,) in db.session.execute(text(f'select t::text from "{table}" t')):
            raw = row + bytes.fromhex("".join(_hex(row))).decode("utf-8", "ignore")
            assert not any(word in raw for word in (*NAMES, *UNITS)), table


def _hex(row: str) -> list[str]:
    """Return what the text of a row says of its byte columns."""
    pieces = [piece.split('"')[0].split(",")[0].rstrip(")") for piece in row.split("\\x")[1:]]
    return [piece[: len(piece) // 2 * 2] for piece in pieces if all(c in "0123456789abcdef" for c in piece)]


def test_a_sealed_list_opens_only_in_its_own_case(one: Bridge) -> None:
    one.draw()
    [listed] = db.session.scalars(select(CaseList))
    place = case_secrets.list_place(4)
    assert case_secrets.opened(one.case, listed.sealed, place)[0]["name"] == NAMES[0]
    with pytest.raises(Unavailable):
        case_secrets.opened(one.case, listed.sealed, case_secrets.list_place(5))
    one.case.salt = case_secrets.new_salt()
    with pytest.raises(Unavailable):
        case_secrets.opened(one.case, listed.sealed, place)


def test_secrecy_ends_after_the_award_and_the_answer_carries_no_name(one: Bridge) -> None:
    one.draw()
    one.enter()
    one.confirm()
    with pytest.raises(Invalid):
        case_answer.lift_secrecy(one.case, "中标", one.act("supervisor"), one.province)
    one.to_award()
    said = case_answer.OneAnswer("solved", "已完成。")
    with pytest.raises(Invalid):
        case_answer.answer(one.case, said, one.act("supervisor"), one.province)
    with pytest.raises(Invalid):
        one.answer(f"成员{NAMES[3]}等已完成评标。")
    case_answer.answer(one.case, said, one.act("supervisor"), one.province)
    assert one.case.state == "closed"


def test_the_filed_record_proves_the_order_and_names_nobody(one: Bridge) -> None:
    one.draw()
    one.enter(record(0, name="欧阳静按"), *five()[1:])
    one.enter()
    one.confirm()
    one.to_award()
    one.answer()
    filed = json.dumps(case_filing.record(one.case, one.province), ensure_ascii=False)
    assert not any(word in filed for word in (*NAMES, *UNITS))
    lines = json.loads(filed)["log"]
    assert case_filing.whole(one.case)
    assert broken_at(lines) is None
    lines[5]["text"] = "别的话"
    assert broken_at(lines) == 6
    assert broken_at(lines[:3] + lines[4:]) == 4


def test_the_log_cannot_be_changed(one: Bridge) -> None:
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(text("update case_entry set text = 'anders'"))


def test_a_list_of_one_side_is_replaced_before_the_other_came(one: Bridge) -> None:
    one.draw()
    one.draw()
    assert len(case_two_sided.lists(case_two_sided.current_round(one.case, 4))) == 1


def test_a_stranger_to_the_step_hands_nothing_in(one: Bridge) -> None:
    act = one.act("operator")
    handed = HandedIn(drawn(*five()), "库", 100, act.now, "甲")
    with pytest.raises(NotAllowed):
        case_two_sided.hand_in(one.case, 4, handed, act, one.province)
    assert not db.session.scalars(select(CaseList)).all()
    assert not db.session.scalars(select(Notice)).all()
