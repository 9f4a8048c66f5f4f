"""The life of a ticket: every State × Action pair against the rules written out once more, by hand."""

import pytest

from config import ROOT
from ticketing.domain import diagram
from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.errors import WrongState
from ticketing.domain.permissions import PERMISSIONS, Permission, may
from ticketing.domain.vocabulary import Door, Role, State
from ticketing.domain.workflow import STEPS, TABLE, Action, Target, step_from

ALLOWED = {
    "open": "",
    "answer_on_call": "new",
    "reject": "new dispatched",
    "dispatch": "new dispatched in_progress",
    "accept": "dispatched",
    "contact": "in_progress",
    "return": "dispatched in_progress",
    "adjudicate": "new",
    "assign": "dispatched in_progress",
    "reclassify": "new dispatched in_progress",
    "ask_requester": "in_progress coordinating",
    "resume_unsupplied": "awaiting_requester",
    "supply": "awaiting_requester",
    "attach": "OPEN",
    "suspend": "in_progress",
    "resume": "suspended",
    "extend": "in_progress coordinating",
    "open_case": "new dispatched in_progress",
    "dissolve": "coordinating",
    "answer": "in_progress coordinating",
    "submit": "OPEN",
    "approve": "OPEN",
    "refuse": "OPEN",
    "confirm": "answered",
    "contest": "answered closed",
    "follow_up": "answered",
    "silence": "answered",
    "withdraw": "OPEN",
    "merge": "OPEN",
    "unmerge": "OPEN closed",
    "remind": "dispatched in_progress coordinating",
    "supervise": "OPEN",
    "reply_order": "OPEN",
    "list": "OPEN closed",
    "spare": "OPEN closed",
    "note": "OPEN closed",
    "message": "OPEN",
}
TARGETS = {
    "answer_on_call": "closed", "reject": "closed", "dispatch": "dispatched", "accept": "in_progress",
    "return": "new", "adjudicate": "dispatched", "ask_requester": "awaiting_requester",
    "resume_unsupplied": "back", "supply": "back", "suspend": "suspended", "resume": "in_progress",
    "open_case": "coordinating", "dissolve": "restore", "answer": "answered", "confirm": "closed",
    "contest": "reopen", "silence": "closed", "withdraw": "closed", "open": "new",
}  # fmt: skip
OPEN = "new dispatched in_progress awaiting_requester suspended coordinating answered"


def sources(action: str) -> set[str]:
    return set(ALLOWED[action].replace("OPEN", OPEN).split())


def test_every_action_is_written_out() -> None:
    assert set(ALLOWED) == {action.value for action in Action} == {step.action.value for step in STEPS}


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("state", list(State))
def test_every_pair(state: State, action: Action) -> None:
    if state.value in sources(action.value):
        assert str(step_from(state, action).target) == TARGETS.get(action.value, Target.STAY.value)
    else:
        with pytest.raises(WrongState):
            step_from(state, action)


def test_every_step_has_its_word_and_a_permission_of_the_map() -> None:
    assert all(step.word and step.permission in PERMISSIONS for step in TABLE.values())


def test_the_printed_diagram_is_fresh() -> None:
    assert (ROOT / "docs" / "workflow.md").read_text() == diagram.page()


def test_every_permission_has_a_row() -> None:
    assert set(PERMISSIONS) == set(Permission)


class Facts:
    id, type, bureau_code, touched_bureaus = 7, "report", "B", ["A", "B"]


@pytest.mark.parametrize(
    ("grant", "permission", "allowed"),
    [
        (Grant(Role.HANDLER, "B"), Permission.HANDLE, True),
        (Grant(Role.HANDLER, "A"), Permission.HANDLE, False),
        (Grant(Role.HANDLER, "A"), Permission.READ_TICKET, True),
        (Grant(Role.HANDLER, "C"), Permission.READ_TICKET, False),
        (Grant(Role.OPERATOR), Permission.READ_TICKET, False),
        (Grant(Role.SUPERVISOR), Permission.READ_TICKET, True),
        (Grant(Role.ADMIN), Permission.READ_TICKET, False),
        (Grant(Role.SUPERVISOR), Permission.HANDLE, False),
        (Grant(Role.HEAD, "B"), Permission.APPROVE_AT_BUREAU, True),
        (Grant(Role.HEAD, "B"), Permission.APPROVE_AS_SUPERVISOR, False),
    ],
)
def test_rights_on_a_report(grant: Grant, permission: Permission, allowed: bool) -> None:
    actor = Actor(ActorKind.STAFF, "x", Door.DESK, account_id=1, grants=frozenset({grant}))
    assert may(actor, permission, Facts()) is allowed


def test_an_enterprise_acts_on_its_own_ticket_alone() -> None:
    own = Actor(ActorKind.REQUESTER, "x", Door.WEB, ticket_ids=frozenset({7}))
    other = Actor(ActorKind.REQUESTER, "x", Door.WEB, ticket_ids=frozenset({8}))
    assert may(own, Permission.JUDGE_ANSWER, Facts())
    assert not may(other, Permission.JUDGE_ANSWER, Facts())
    assert not may(own, Permission.HANDLE, Facts())
