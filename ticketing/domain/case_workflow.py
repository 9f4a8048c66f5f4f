"""The life of a coordination case and of its steps as two tables: sources, action, target, who may, the word.

One function (`services.cases.move`) takes a row of the first table, and with it the row of the second that bears
the same name where the action is about a step. Pages draw buttons from them; docs/case-workflow.md is printed
from them. Source: domain.md section 7.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from ticketing.domain.errors import WrongState
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_


class CaseState(StrEnum):
    """Where a case is; *open* is planning and running."""

    PLANNING = "planning"
    RUNNING = "running"
    CLOSED = "closed"
    DISSOLVED = "dissolved"


CASE_STATE_WORDS = {
    CaseState.PLANNING: N_("拟定方案"),
    CaseState.RUNNING: N_("推进中"),
    CaseState.CLOSED: N_("已统一答复"),
    CaseState.DISSOLVED: N_("已撤销"),
}
OPEN_CASE_STATES = frozenset({CaseState.PLANNING, CaseState.RUNNING})


class StepState(StrEnum):
    """Where a step is; the last two are *settled*, the first waits for others."""

    WAITING = "waiting"
    READY = "ready"
    HANDED_IN = "handed_in"
    DISPUTED = "disputed"
    MATCHED = "matched"
    DONE = "done"
    SKIPPED = "skipped"


STEP_STATE_WORDS = {
    StepState.WAITING: N_("等待前序环节"),
    StepState.READY: N_("进行中"),
    StepState.HANDED_IN: N_("已提交，等另一方"),
    StepState.DISPUTED: N_("两方不一致"),
    StepState.MATCHED: N_("两方一致，待确认"),
    StepState.DONE: N_("已完成"),
    StepState.SKIPPED: N_("已略过"),
}
SETTLED = frozenset({StepState.DONE, StepState.SKIPPED})
#: The states in which a step waits for its own owner.
WITH_OWNER = frozenset({StepState.READY, StepState.DISPUTED, StepState.MATCHED})


class CaseAction(StrEnum):
    """Every verb of the case; the same word on the button and in the log."""

    OPEN = auto()
    JOIN = auto()
    NAME_PARTY = auto()
    INVITE = auto()
    REVOKE = auto()
    AGREE = auto()
    CONFIRM_PLAN = auto()
    CHANGE_LEAD = auto()
    ADD_STEP = auto()
    SKIP = auto()
    REORDER = auto()
    START = auto()
    HOLD = auto()
    FILE = auto()
    COMPLETE = auto()
    HAND_IN = auto()
    DISPUTE = auto()
    MATCH = auto()
    CONFIRM = auto()
    SETTLE = auto()
    REDRAW = auto()
    MEET = auto()
    LIFT_SECRECY = auto()
    ANSWER = auto()
    DISSOLVE = auto()
    NOTE = auto()


@dataclass(frozen=True)
class CaseMove:
    """One row of the case's table; `target` None: the state stays."""

    action: CaseAction
    sources: frozenset[CaseState]
    target: CaseState | None
    permission: Permission
    word: str


@dataclass(frozen=True)
class StepMove:
    """One row of the steps' table; `target` None: the state stays."""

    action: CaseAction
    sources: frozenset[StepState]
    target: StepState | None


A, C, S, P = CaseAction, CaseState, StepState, Permission
_RUNNING = frozenset({C.RUNNING})
_ANY = frozenset(C)

CASE_MOVES: tuple[CaseMove, ...] = (
    CaseMove(A.OPEN, frozenset(), C.PLANNING, P.OPEN_CASE, N_("启动协调")),
    CaseMove(A.JOIN, OPEN_CASE_STATES, None, P.OPEN_CASE, N_("并入工单")),
    CaseMove(A.NAME_PARTY, OPEN_CASE_STATES, None, P.LEAD_CASE, N_("明确参与方")),
    CaseMove(A.INVITE, OPEN_CASE_STATES, None, P.LEAD_CASE, N_("发送专用链接")),
    CaseMove(A.REVOKE, OPEN_CASE_STATES, None, P.LEAD_CASE, N_("收回专用链接")),
    CaseMove(A.AGREE, OPEN_CASE_STATES, None, P.LEAD_CASE, N_("约定时间")),
    CaseMove(A.CONFIRM_PLAN, frozenset({C.PLANNING}), C.RUNNING, P.CONFIRM_PLAN, N_("确认方案")),
    CaseMove(A.CHANGE_LEAD, OPEN_CASE_STATES, None, P.DIRECT_CASE, N_("变更牵头单位")),
    CaseMove(A.ADD_STEP, OPEN_CASE_STATES, None, P.DIRECT_CASE, N_("增加环节")),
    CaseMove(A.SKIP, OPEN_CASE_STATES, None, P.DIRECT_CASE, N_("略过环节")),
    CaseMove(A.REORDER, OPEN_CASE_STATES, None, P.DIRECT_CASE, N_("调整顺序")),
    CaseMove(A.START, OPEN_CASE_STATES, None, P.RUN_CLOCKWORK, N_("环节开始")),
    CaseMove(A.HOLD, _RUNNING, None, P.RUN_CLOCKWORK, N_("环节等待")),
    CaseMove(A.FILE, OPEN_CASE_STATES, None, P.OWN_STEP, N_("提交材料")),
    CaseMove(A.COMPLETE, OPEN_CASE_STATES, None, P.OWN_STEP, N_("完成环节")),
    CaseMove(A.HAND_IN, _RUNNING, None, P.OWN_STEP, N_("提交名单")),
    CaseMove(A.DISPUTE, _RUNNING, None, P.RUN_CLOCKWORK, N_("比对不一致")),
    CaseMove(A.MATCH, _RUNNING, None, P.RUN_CLOCKWORK, N_("比对一致")),
    CaseMove(A.CONFIRM, _RUNNING, None, P.OWN_STEP, N_("确认名单")),
    CaseMove(A.SETTLE, _RUNNING, None, P.RUN_CLOCKWORK, N_("两方确认完毕")),
    CaseMove(A.REDRAW, _RUNNING, None, P.READ_SECRET, N_("补抽")),
    CaseMove(A.MEET, OPEN_CASE_STATES, None, P.LEAD_CASE, N_("会商纪要")),
    CaseMove(A.LIFT_SECRECY, _RUNNING, None, P.LEAD_CASE, N_("解除保密")),
    CaseMove(A.ANSWER, _RUNNING, C.CLOSED, P.LEAD_CASE, N_("统一答复")),
    CaseMove(A.DISSOLVE, OPEN_CASE_STATES, C.DISSOLVED, P.DIRECT_CASE, N_("撤销协调")),
    CaseMove(A.NOTE, _ANY, None, P.READ_CASE, N_("备注")),
)

_PAIR = frozenset({S.HANDED_IN, S.DISPUTED, S.MATCHED})

STEP_MOVES: tuple[StepMove, ...] = (
    StepMove(A.AGREE, frozenset({S.WAITING, S.READY}), None),
    StepMove(A.START, frozenset({S.WAITING}), S.READY),
    # A redraw sends back to waiting what had begun behind the pair; its clock stands meanwhile.
    StepMove(A.HOLD, frozenset({S.READY, *_PAIR, S.DONE}), S.WAITING),
    StepMove(A.FILE, frozenset({S.READY}), None),
    StepMove(A.COMPLETE, frozenset({S.READY}), S.DONE),
    StepMove(A.HAND_IN, frozenset({S.READY, S.HANDED_IN, S.DISPUTED}), S.HANDED_IN),
    StepMove(A.DISPUTE, frozenset({S.HANDED_IN, S.DISPUTED}), S.DISPUTED),
    StepMove(A.MATCH, frozenset({S.HANDED_IN, S.DISPUTED}), S.MATCHED),
    StepMove(A.CONFIRM, frozenset({S.MATCHED}), None),
    StepMove(A.SETTLE, frozenset({S.MATCHED}), S.DONE),
    StepMove(A.REDRAW, frozenset({*_PAIR, S.DONE}), S.READY),
    StepMove(A.SKIP, frozenset(S) - SETTLED, S.SKIPPED),
)

CASE_TABLE: dict[CaseAction, CaseMove] = {row.action: row for row in CASE_MOVES}
STEP_TABLE: dict[CaseAction, StepMove] = {row.action: row for row in STEP_MOVES}


class WrongCaseState(WrongState):
    """The table has no such move of the case or the step from here."""

    message = N_("协调事项或环节现在的状态不能进行这一步，请刷新后再看。")


def case_move(state: CaseState, action: CaseAction) -> CaseMove:
    """Return the row for `action` from `state`.

    Raises:
        WrongCaseState: when the table has no such move.
    """
    row = CASE_TABLE[action]
    if state not in row.sources:
        raise WrongCaseState
    return row


def step_move(state: StepState, action: CaseAction) -> StepMove:
    """Return the row for `action` on a step in `state`.

    Raises:
        WrongCaseState: when the table has no such move.
    """
    row = STEP_TABLE.get(action)
    if row is None or state not in row.sources:
        raise WrongCaseState
    return row


def case_actions(state: CaseState) -> tuple[CaseMove, ...]:
    """Return the rows whose action can begin in `state`, in the table's order."""
    return tuple(row for row in CASE_MOVES if state in row.sources)
