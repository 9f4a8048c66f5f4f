"""The life of a case and of its steps: every pair against the rules written out once more, by hand."""

import pytest

from config import ROOT
from ticketing.domain import case_diagram
from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.case_workflow import (
    CASE_TABLE,
    STEP_TABLE,
    CaseAction,
    CaseState,
    StepState,
    WrongCaseState,
    case_move,
    step_move,
)
from ticketing.domain.permissions import PERMISSIONS, Permission, may
from ticketing.domain.predicates import CaseFacts
from ticketing.domain.vocabulary import Door, Role

OPEN = "planning running"
CASE = {
    "open": "", "join": OPEN, "name_party": OPEN, "invite": OPEN, "revoke": OPEN, "agree": OPEN,
    "confirm_plan": "planning", "change_lead": OPEN, "add_step": OPEN, "skip": OPEN, "reorder": OPEN,
    "start": OPEN, "hold": "running", "file": OPEN, "complete": OPEN, "hand_in": "running",
    "dispute": "running", "match": "running", "confirm": "running", "settle": "running", "redraw": "running",
    "meet": OPEN, "lift_secrecy": "running", "answer": "running", "dissolve": OPEN,
    "note": "planning running closed dissolved",
}  # fmt: skip
CASE_TARGETS = {"open": "planning", "confirm_plan": "running", "answer": "closed", "dissolve": "dissolved"}
STEP = {
    "agree": ("waiting ready", None), "start": ("waiting", "ready"), "file": ("ready", None),
    "hold": ("ready handed_in disputed matched done", "waiting"), "complete": ("ready", "done"),
    "hand_in": ("ready handed_in disputed", "handed_in"), "dispute": ("handed_in disputed", "disputed"),
    "match": ("handed_in disputed", "matched"), "confirm": ("matched", None), "settle": ("matched", "done"),
    "redraw": ("handed_in disputed matched done", "ready"),
    "skip": ("waiting ready handed_in disputed matched", "skipped"),
}  # fmt: skip


@pytest.mark.parametrize("action", list(CaseAction))
@pytest.mark.parametrize("state", list(CaseState))
def test_every_pair_of_the_case(state: CaseState, action: CaseAction) -> None:
    if state.value in CASE[action.value].split():
        target = case_move(state, action).target
        assert (target.value if target else None) == CASE_TARGETS.get(action.value)
    else:
        with pytest.raises(WrongCaseState):
            case_move(state, action)


@pytest.mark.parametrize("action", list(CaseAction))
@pytest.mark.parametrize("state", list(StepState))
def test_every_pair_of_a_step(state: StepState, action: CaseAction) -> None:
    sources, wanted = STEP.get(action.value, ("", None))
    if state.value in sources.split():
        target = step_move(state, action).target
        assert (target.value if target else None) == wanted
    else:
        with pytest.raises(WrongCaseState):
            step_move(state, action)


def test_every_action_is_written_out_and_has_its_permission() -> None:
    assert set(CASE) == {action.value for action in CaseAction} == {action.value for action in CASE_TABLE}
    assert set(STEP) == {action.value for action in STEP_TABLE}
    assert all(row.permission in PERMISSIONS and row.word for row in CASE_TABLE.values())


def test_the_printed_diagram_is_fresh() -> None:
    assert (ROOT / "docs" / "case-workflow.md").read_text() == case_diagram.page()


FACTS = CaseFacts(
    id=7, type="", bureau_code="LEAD", touched_bureaus=["LEAD", "CO"], parties=frozenset({1, 2, 3}),
    readers=frozenset({11}), reader_parties=frozenset({3}), step_secret=True, step_bureau="CO", step_account=11,
)  # fmt: skip


def staff(*grants: Grant, account: int = 5) -> Actor:
    return Actor(ActorKind.STAFF, "x", Door.DESK, account_id=account, grants=frozenset(grants))


@pytest.mark.parametrize(
    ("actor", "permission", "allowed"),
    [
        (staff(Grant(Role.HANDLER, "LEAD")), Permission.LEAD_CASE, True),
        (staff(Grant(Role.HANDLER, "CO")), Permission.LEAD_CASE, False),
        (staff(Grant(Role.HANDLER, "CO")), Permission.READ_CASE, True),
        (staff(Grant(Role.HANDLER, "ELSE")), Permission.READ_CASE, False),
        (staff(Grant(Role.OPERATOR)), Permission.READ_CASE, False),
        (staff(Grant(Role.ADMIN)), Permission.READ_CASE, False),
        (staff(Grant(Role.SUPERVISOR)), Permission.DIRECT_CASE, True),
        (staff(Grant(Role.HEAD, "LEAD")), Permission.DIRECT_CASE, False),
        (staff(Grant(Role.HEAD, "CO")), Permission.OWN_STEP, False),
        (staff(Grant(Role.HANDLER, "CO"), account=11), Permission.OWN_STEP, True),
        (staff(Grant(Role.HEAD, "LEAD")), Permission.READ_SECRET, False),
        (staff(Grant(Role.SUPERVISOR)), Permission.READ_SECRET, False),
        (staff(Grant(Role.SUPERVISOR), account=11), Permission.READ_SECRET, False),
        (staff(Grant(Role.HANDLER, "CO"), account=11), Permission.READ_SECRET, True),
    ],
)
def test_rights_on_a_case(actor: Actor, permission: Permission, allowed: bool) -> None:
    assert may(actor, permission, FACTS) is allowed


@pytest.mark.parametrize(("party", "reads"), [(3, True), (2, False), (9, False)])
def test_an_outside_party_reads_as_its_role_says_and_nothing_else(party: int, reads: bool) -> None:
    actor = Actor(ActorKind.PARTY, "x", Door.LINK, party_ids=frozenset({party}))
    assert may(actor, Permission.READ_SECRET, FACTS) is reads
    assert not may(actor, Permission.READ_CASE, FACTS)
    assert not may(actor, Permission.OWN_STEP, FACTS)
