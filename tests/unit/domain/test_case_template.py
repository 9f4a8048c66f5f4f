"""Templates: those of the pack are sound and can be met; what cannot be is refused where it stands."""

import copy
import datetime as dt
from typing import Any

import pytest

from sla.arithmetic import due
from sla.calendar import Calendar
from ticketing.domain.case_plan import PlanStep, check_limit, schedule
from ticketing.domain.case_template import CaseTemplate, TemplateError
from ticketing.services import pack as packs

ROLES = [
    {"code": "lead", "name_zh": "甲", "name_en": "A"},
    {"code": "other", "name_zh": "乙", "name_en": "B"},
]


def document(**changed: Any) -> dict[str, Any]:
    steps = [
        {"number": 1, "name_zh": "一", "name_en": "1", "owner": "lead", "due": {"working_days": 2}},
        {"number": 2, "name_zh": "二", "name_en": "2", "owner": "other", "due": {"working_days": 2}, "depends_on": [1]},
        {"number": 3, "name_zh": "三", "name_en": "3", "owner": "lead", "due": "agreed", "depends_on": [2]},
    ]  # fmt: skip
    plain = {
        "code": "x", "version": 1, "author": "a", "published_on": "2026-01-01", "name_zh": "甲", "name_en": "A",
        "roles": copy.deepcopy(ROLES), "steps": steps, "limit": {"working_days": 5},
    }  # fmt: skip
    return plain | changed


def step(place: int, **changed: Any) -> dict[str, Any]:
    whole = document()
    whole["steps"][place] |= changed
    return whole


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (step(0, depends_on=[3]), ("steps", 0, "depends_on")),
        (step(1, depends_on=[2]), ("steps", 1, "depends_on")),
        (step(1, depends_on=[7]), ("steps", 1, "depends_on", 0)),
        (step(1, owner="nobody"), ("steps", 1, "owner")),
        (step(1, due={"working_days": 4}), ("steps", 1, "due")),
        (step(1, due={"working_days": 0}), ("steps", 1, "due", "working_days")),
        (step(1, due="soon"), ("steps", 1, "due")),
        (step(1, checks="luck"), ("steps", 1, "checks")),
        (document(trigger={"words": ["评标"], "opens": True}), ("trigger", "opens")),
        (step(1, secret=True), ("steps", 1, "secret")),
        (step(0, two_sided_with=2), ("steps", 0, "two_sided_with")),
        (step(0, number=2), ("steps",)),
        (document(roles=[ROLES[1]]), ("steps", 0, "owner")),
        (document(roles=[*ROLES, ROLES[0]]), ("roles", 2, "code")),
        (document(lead_role="boss"), ("lead_role",)),
        (document(open_ended=True), ("open_ended",)),
        (document(secrecy={"readers": ["boss"], "until_step": 3}), ("secrecy", "readers", 0)),
        (document(secrecy={"readers": ["lead"], "until_step": 9}), ("secrecy", "until_step")),
        (document(surprise=1), ("surprise",)),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(wrong: dict[str, Any], path: tuple[str | int, ...]) -> None:
    with pytest.raises(TemplateError) as refused:
        CaseTemplate.from_document(wrong)
    assert refused.value.path == path


def test_a_secret_step_is_owned_by_one_who_may_read_it() -> None:
    whole = step(1, secret=True)
    whole["secrecy"] = {"readers": ["lead"], "until_step": 3}
    with pytest.raises(TemplateError, match="may not read its own step"):
        CaseTemplate.from_document(whole)


def templates(pack: packs.Pack) -> list[CaseTemplate]:
    return [CaseTemplate.from_document(one.body) for one in pack.documents if one.kind == "coordination"]


def test_the_pack_has_the_kinds_that_the_province_needs(pack: packs.Pack) -> None:
    assert {one.code for one in templates(pack)} == {
        "bid-committee", "resumption", "arrears", "utilities", "pledge", "major-project", "transport-permit", "joint",
    }  # fmt: skip


@pytest.mark.parametrize(
    "start", ["2026-03-02 09:00", "2026-03-06 16:50", "2026-02-13 15:00", "2026-09-30 16:00"]
)
def test_every_template_can_meet_its_limit_whenever_it_begins(
    pack: packs.Pack, calendar: Calendar, start: str
) -> None:
    begin = dt.datetime.fromisoformat(f"{start}+08:00")
    for one in templates(pack):
        if one.limit is not None:
            limit = due(calendar, begin, one.limit)
            steps = [PlanStep(s.number, s.due or begin, s.depends_on) for s in one.steps]
            check_limit(schedule(steps, start=begin, calendar=calendar), limit)


def test_a_trigger_knows_topic_and_words(pack: packs.Pack) -> None:
    bid = next(one for one in templates(pack) if one.code == "bid-committee")
    assert bid.meant("T0202", "别的")
    assert bid.meant(None, "专家到不了场，评标委员会组不成")
    assert not bid.meant("T1503", "火锅店复工")
    assert bid.opens_for("T0202", "评标委员会组不成", 1)
    assert not bid.opens_for("T0202", "别的", 1)
    assert not bid.opens_for(None, "评标委员会组不成", 1)


def test_of_all_templates_few_open_by_themselves(pack: packs.Pack) -> None:
    assert [one.code for one in templates(pack) if one.trigger.opens] == ["bid-committee"]
